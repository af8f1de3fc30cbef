/*
 * What becomes of a call: see `calls.h`.
 */
#include "calls.h"

#include "digest.h"
#include "nhipol_session.h"

/* A member of the merged object: one of the target, changed by the patch where it has one. */
static void put_member(nhipol_arena *arena, nhipol_value *object, nhipol_bytes name, const nhipol_value *member) {
    nhipol_value *copy = nhipol_new(arena, NHIPOL_NULL);
    *copy = *member;
    copy->name = name;
    copy->next = NULL;
    nhipol_push(arena, object, copy);
}

/* RFC 7396. Both are read from canonical forms, in which members stand in one order: it takes time in proportion to them. */
static const nhipol_value *merged(nhipol_arena *arena, const nhipol_value *target, const nhipol_value *patch) {
    if (patch->kind != NHIPOL_OBJECT) return patch;
    nhipol_value *result = nhipol_new(arena, NHIPOL_OBJECT);
    const nhipol_value *known = target != NULL && target->kind == NHIPOL_OBJECT ? target->list.first : NULL;
    for (const nhipol_value *change = patch->list.first; change != NULL || known != NULL;) {
        int order = known == NULL ? 1 : change == NULL ? -1 : nhipol_name_order(known->name, change->name);
        if (order < 0) {
            put_member(arena, result, known->name, known);
        } else if (change->kind != NHIPOL_NULL) {
            put_member(arena, result, change->name, merged(arena, order == 0 ? known : NULL, change));
        }
        if (order <= 0) known = known->next;
        if (order >= 0) change = change->next;
    }
    return result;
}

/* Keeps the form of what a part of the call is then; nothing, where it isn't there, has none, or is longer than any request. */
static void keep(nhipol_text *next, const nhipol_text *before, const nhipol_value *part, bool replaced, nhipol_arena *arena) {
    nhipol_text form = {0};
    const nhipol_value *whole = before->data == NULL ? NULL : nhipol_parse(arena, before->data, before->length);
    bool fine = part == NULL || (part->kind != NHIPOL_NULL && nhipol_canonical(&form, part));
    if (fine && part != NULL) {
        const nhipol_value *change = nhipol_parse(arena, form.data, form.length);
        whole = replaced || whole == NULL ? (replaced ? change : NULL) : change == NULL ? NULL : merged(arena, whole, change);
    }
    if (fine && whole != NULL && (!nhipol_canonical(next, whole) || next->length > NHIPOL_REQUEST_ROOM)) nhipol_text_free(next);
    nhipol_text_free(&form);
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
    *change = (nhipol_call_change){0}; /* what is not valid JSON, or too long, changes nothing: the module refuses it */
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
