/*
 * What becomes of a call: see `calls.h`.
 */
#include "calls.h"

#include "digest.h"
#include "nhipol_session.h"

/* RFC 7396. */
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

/* Keeps the form of what a member of the call is then; nothing, where it isn't there or has none. */
static void keep(nhipol_text *next, const nhipol_text *before, nhipol_value *part, bool replaced, nhipol_arena *arena) {
    nhipol_text form = {0};
    nhipol_value *known = before->data == NULL ? NULL : nhipol_parse(arena, before->data, before->length);
    bool fine = part == NULL || nhipol_canonical(&form, part); /* what has no form takes that of the whole away */
    if (part != NULL && part->kind == NHIPOL_NULL) {
        fine = false;
    } else if (part != NULL && !replaced) {
        part = known == NULL ? NULL : merged(arena, known, part);
    } else if (part == NULL) {
        part = known;
    }
    nhipol_text_free(&form);
    if (fine && part != NULL && !nhipol_canonical(next, part)) nhipol_text_free(next);
}

/* Whether a name stands in an object more than once. */
static bool twice(const nhipol_value *object, const char *name) {
    size_t found = 0;
    for (const nhipol_value *member = object->list.first; member != NULL; member = member->next) {
        found += nhipol_bytes_equal(member->name, nhipol_bytes_of(name));
    }
    return found > 1;
}

void nhipol_call_changed(nhipol_call_change *change, const nhipol_call *call, const nhipol_value *part, uint32_t replaced) {
    *change = (nhipol_call_change){0};
    nhipol_value *action = nhipol_get(part, "action"), *resource = nhipol_get(part, "resource");
    if (action == NULL && resource == NULL) return;
    nhipol_arena arena = {0};
    change->touched = true;
    if (!twice(part, "action")) {
        keep(&change->next.action, &call->action, action, (replaced & NHIPOL_ACTION_REPLACED) != 0, &arena);
    }
    if (!twice(part, "resource")) {
        keep(&change->next.resource, &call->resource, resource, (replaced & NHIPOL_RESOURCE_REPLACED) != 0, &arena);
    }
    nhipol_text *texts[] = {&change->next.action, &change->next.resource};
    const nhipol_value *forms[] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        if (texts[i]->data != NULL) forms[i] = nhipol_parse(&arena, texts[i]->data, texts[i]->length);
    }
    change->known = !arena.failed && nhipol_digest_of(forms[0], forms[1], change->digest);
    nhipol_arena_clear(&arena);
}
