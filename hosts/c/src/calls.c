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

/* Whether two forms of a subject identify the same caller. */
static bool same_caller(const nhipol_value *before, const nhipol_value *after) {
    nhipol_text was = {0}, is = {0};
    bool same = nhipol_caller(&was, before) && nhipol_caller(&is, after) &&
                nhipol_bytes_equal((nhipol_bytes){was.data, was.length}, (nhipol_bytes){is.data, is.length});
    nhipol_text_free(&was);
    nhipol_text_free(&is);
    return same;
}

static const nhipol_value *parsed(nhipol_arena *arena, const nhipol_text *form) {
    return form->data == NULL ? NULL : nhipol_parse(arena, form->data, form->length);
}

static bool same_form(const nhipol_text *before, const nhipol_text *after) {
    return before->data != NULL && after->data != NULL &&
           nhipol_bytes_equal((nhipol_bytes){before->data, before->length}, (nhipol_bytes){after->data, after->length});
}

void nhipol_call_changed(nhipol_call_change *change, const nhipol_call *call, const nhipol_value *part, uint32_t replaced,
                         nhipol_bytes policy) {
    *change = (nhipol_call_change){0};
    if (nhipol_get(part, "subject") == NULL && nhipol_get(part, "action") == NULL && nhipol_get(part, "resource") == NULL)
        return;
    static const char *const names[] = {"subject", "action", "resource"};
    static const uint32_t bits[] = {NHIPOL_SUBJECT_REPLACED, NHIPOL_ACTION_REPLACED, NHIPOL_RESOURCE_REPLACED};
    nhipol_arena arena = {0};
    nhipol_text *next[] = {&change->next.subject, &change->next.action, &change->next.resource};
    const nhipol_text *before[] = {&call->subject, &call->action, &call->resource};
    bool same = true;
    change->touched = true;
    for (int i = 0; i < 3; i++) {
        const nhipol_value *told;
        if (!nhipol_once(part, names[i], &told)) {
            same = false; /* it stands twice, and has no form */
            continue;
        }
        nhipol_value *value = told == NULL ? NULL : i == 0 ? nhipol_caller_members(&arena, told) : (nhipol_value *)told;
        if (told != NULL && value == NULL) {
            same = false;
            continue;
        }
        keep(next[i], before[i], value, (replaced & bits[i]) != 0, &arena);
        if (told == NULL) continue;
        same = same && (same_form(before[i], next[i]) ||
                        (i == 0 && same_caller(parsed(&arena, before[i]), parsed(&arena, next[i]))));
    }
    if (same) {
        change->next.known = call->known;
        memcpy(change->next.digest, call->digest, sizeof call->digest);
    } else {
        nhipol_call_parts parts = {parsed(&arena, next[0]), parsed(&arena, next[1]), parsed(&arena, next[2])};
        change->next.known = nhipol_digest_of(&parts, policy, change->next.digest);
    }
    if (arena.failed) change->next.known = false;
    nhipol_arena_clear(&arena);
}

/* Whether a session's text has a value there that is of no use. */
static bool has_unknown(const nhipol_value *value) {
    if (value->kind != NHIPOL_ARRAY && value->kind != NHIPOL_OBJECT) return false;
    const nhipol_value *first = value->list.first;
    if (value->kind == NHIPOL_ARRAY && value->list.count == 2 && first->kind == NHIPOL_STRING &&
        first->next->kind == NHIPOL_INTEGER && first->next->integer == 0 &&
        (nhipol_bytes_equal(first->text, nhipol_bytes_of("unknown")) ||
         nhipol_bytes_equal(first->text, nhipol_bytes_of("faulty"))))
        return true;
    for (; first != NULL; first = first->next) {
        if (has_unknown(first)) return true;
    }
    return false;
}

void nhipol_call_restored(nhipol_call *call, const nhipol_value *session, nhipol_bytes digest) {
    *call = (nhipol_call){.known = digest.length == sizeof call->digest};
    if (call->known) memcpy(call->digest, digest.data, sizeof call->digest);
    nhipol_arena arena = {0};
    const nhipol_value *subject = nhipol_get(nhipol_get(session, "request"), "subject");
    nhipol_value *caller = subject == NULL ? NULL : nhipol_caller_members(&arena, subject);
    if (caller != NULL && !has_unknown(caller) && !nhipol_canonical(&call->subject, caller)) nhipol_text_free(&call->subject);
    if (arena.failed) nhipol_text_free(&call->subject);
    nhipol_arena_clear(&arena);
}
