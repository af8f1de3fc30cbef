/*
 * What becomes of a call: see `calls.h`.
 */
#include "calls.h"

#include "digest.h"
#include "nhipol_session.h"

/* RFC 7396; what stands in neither list twice keeps its place. */
static nhipol_value *merged(nhipol_arena *arena, const nhipol_value *target, nhipol_value *patch) {
    if (patch->kind != NHIPOL_OBJECT) return patch;
    nhipol_value *result = nhipol_new(arena, NHIPOL_OBJECT);
    for (const nhipol_value *member = target != NULL && target->kind == NHIPOL_OBJECT ? target->list.first : NULL;
         member != NULL; member = member->next) {
        if (nhipol_get_of(patch, member->name) != NULL) continue;
        nhipol_value *copy = nhipol_new(arena, NHIPOL_NULL);
        *copy = *member;
        copy->next = NULL;
        nhipol_push(arena, result, copy);
    }
    for (nhipol_value *member = patch->list.first; member != NULL; member = member->next) {
        if (member->kind == NHIPOL_NULL) continue;
        nhipol_value *copy = nhipol_new(arena, NHIPOL_NULL);
        nhipol_bytes name = member->name;
        *copy = *merged(arena, nhipol_get_of(target, name), member);
        copy->name = name;
        copy->next = NULL;
        nhipol_push(arena, result, copy);
    }
    return result;
}

/* What a member of the call is then; NULL: it isn't there, or isn't known. */
static nhipol_value *then(nhipol_arena *arena, const nhipol_text *before, nhipol_value *part, bool replaced) {
    nhipol_value *known = before->data == NULL ? NULL : nhipol_parse(arena, before->data, before->length);
    if (part == NULL) return known;
    if (part->kind == NHIPOL_NULL) return NULL;
    return replaced ? part : known == NULL ? NULL : merged(arena, known, part);
}

void nhipol_call_changed(nhipol_call_change *change, const nhipol_call *call, const nhipol_value *part, uint32_t replaced) {
    *change = (nhipol_call_change){0};
    nhipol_value *action = nhipol_get(part, "action"), *resource = nhipol_get(part, "resource");
    if (action == NULL && resource == NULL) return;
    nhipol_arena arena = {0};
    change->touched = true;
    action = then(&arena, &call->action, action, (replaced & NHIPOL_ACTION_REPLACED) != 0);
    resource = then(&arena, &call->resource, resource, (replaced & NHIPOL_RESOURCE_REPLACED) != 0);
    if (action != NULL) nhipol_write_value(&change->next.action, action);
    if (resource != NULL) nhipol_write_value(&change->next.resource, resource);
    change->known = !arena.failed && nhipol_digest_of(action, resource, change->digest);
    nhipol_arena_clear(&arena);
}
