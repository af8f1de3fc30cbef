/*
 * An answer from the module's result: see `answering.h` and `nhipol_answer.h`.
 */
#include "contract.h"
#include "answering.h"

#include "cells.h"
#include "forms.h"

static const char *const effects[] = {"permit", "narrow", "challenge", "deny", "revoke"};

void nhipol_sort(nhipol_bytes *texts, size_t count) {
    for (size_t i = 1; i < count; i++) {
        nhipol_bytes one = texts[i];
        size_t at = i;
        for (; at > 0 && nhipol_bytes_order(one, texts[at - 1]) < 0; at--) texts[at] = texts[at - 1];
        texts[at] = one;
    }
}

/* What the numbers of a result must hold to, besides those that its parts check. */
static const char *fault_of(const nhipol_manifest *m, const nhipol_result *r) {
    bool invalid = (r->flags & NHIPOL_INVALID) != 0;
    if (invalid != (r->error != 0)) return NHIPOL_VIOLATION_ERROR_FLAG;
    if (invalid && r->effect != NHIPOL_DENY && r->effect != NHIPOL_REVOKE) return NHIPOL_VIOLATION_GRANTED_INVALID;
    if (r->subject > m->subjects.count || r->action > m->actions.count || r->resource > m->resources.count) {
        return NHIPOL_VIOLATION_UNKNOWN_SELECTOR;
    }
    if (r->reason_count > m->reason_count) return NHIPOL_VIOLATION_TOO_MANY_REASONS;
    bool ends = r->valid_until != INFINITY;
    if (ends && !(fabs(r->valid_until) <= NHIPOL_LAST_INSTANT && floor(r->valid_until) == r->valid_until)) {
        return NHIPOL_VIOLATION_INVALID_INSTANT;
    }
    return NULL;
}

static bool has_to_explain(nhipol_answering *a) {
    for (uint32_t i = 0; i < a->result->reason_count; i++) {
        nhipol_reason told = nhipol_reason_at(a->n, i);
        if (told.index >= a->manifest->reason_count) return false;
        const nhipol_reason_row *row = &a->manifest->reasons[told.index];
        if ((told.bits & 1) != 0 || row->speaks || row->asks == (int)a->result->effect) return true;
    }
    return false;
}

/* The digest that was judged, where the answer depends on it. */
static void call_digest(nhipol_answering *a) {
    if (a->result->effect != NHIPOL_CHALLENGE || a->n->module->judged_digest == NULL || a->arena->failed) return;
    bool read = false;
    for (const nhipol_value *item = nhipol_get(a->context, "read")->list.first; item != NULL; item = item->next) {
        read = read || nhipol_bytes_equal(item->text, nhipol_bytes_of("context.call_digest"));
    }
    nhipol_cell cell = nhipol_cell_at(a->n, a->n->module->judged_digest, 0);
    nhipol_bytes text;
    if (!read || !cell.there || !cell.known) return;
    if (nhipol_cell_text(a->n, &cell, &text)) {
        nhipol_put(a->arena, a->context, "call_digest", nhipol_string_of(a->arena, text));
    } else {
        a->wrong = "a digest that is no text";
    }
}

nhipol_bytes nhipol_judged_digest(nhipol *n) {
    nhipol_bytes text = {NULL, 0};
    if (n->failed || n->module->judged_digest == NULL) return text;
    nhipol_cell cell = nhipol_cell_at(n, n->module->judged_digest, 0);
    return cell.there && cell.known && nhipol_cell_text(n, &cell, &text) ? text : (nhipol_bytes){NULL, 0};
}

/* The parts in the order of the response's members, but that constraints are read before `explain` writes over them. */
static void put_together(nhipol_answering *a) {
    const char *effect = effects[a->result->effect];
    a->wrong = fault_of(a->manifest, a->result);
    nhipol_put(a->arena, a->context, "effect", nhipol_string(a->arena, effect));
    if (a->wrong != NULL || a->arena->failed) return;
    nhipol_value *early = a->context;
    nhipol_value *constraints = nhipol_new(a->arena, NHIPOL_OBJECT);
    a->context = constraints;
    nhipol_answer_constraints(a);
    a->context = early;
    if (a->wrong == NULL && has_to_explain(a) && nhipol_explain(a->n) != NHIPOL_OK) return;
    if (a->wrong == NULL) nhipol_answer_reasons(a);
    if (a->wrong != NULL || a->arena->failed) return;
    if (constraints->list.first != NULL) nhipol_push(a->arena, a->context, constraints->list.first);
    nhipol_answer_obligations(a);
    if (a->wrong != NULL || a->n->failed) return;
    nhipol_answer_reads(a);
    call_digest(a);
    nhipol_value *error = a->result->error != 0 && a->wrong == NULL ? nhipol_error_told(a) : NULL;
    if (error != NULL) nhipol_put(a->arena, a->context, "error", error);
}

bool nhipol_answer_fill(nhipol_answer *answer, nhipol *n, const nhipol_manifest *manifest, const nhipol_result *result) {
    *answer = (nhipol_answer){.effect = (nhipol_effect)result->effect,
                              .decision = result->effect <= NHIPOL_NARROW,
                              .valid_until = result->valid_until};
    nhipol_answering a = {.n = n, .manifest = manifest, .result = result, .arena = &answer->arena};
    a.context = nhipol_new(a.arena, NHIPOL_OBJECT);
    answer->context = a.context;
    put_together(&a);
    answer->single_use = a.single_use;
    if (a.wrong == NULL && !n->failed && !a.arena->failed) return true;
    const char *wrong = a.wrong != NULL ? a.wrong
                        : n->failed     ? "a trap or an address outside of memory"
                                        : "no memory left";
    n->failed = true;
    nhipol_answer_clear(answer);
    nhipol_answer_engine_error(answer, NHIPOL_ENGINE_CONFORMING_ANSWER, wrong);
    return false;
}

bool nhipol_answer_is_plain(nhipol *n, const nhipol_manifest *manifest, const nhipol_result *result) {
    if (result->error != 0 || result->effect == NHIPOL_NARROW) return false;
    if (result->effect == NHIPOL_CHALLENGE && n->module->judged_digest != NULL) return false;
    nhipol_answering a = {.n = n, .manifest = manifest, .result = result};
    return !has_to_explain(&a) && fault_of(manifest, result) == NULL;
}

void nhipol_answer_clear(nhipol_answer *answer) {
    nhipol_arena_clear(&answer->arena);
    answer->context = NULL;
}

bool nhipol_answer_has(const nhipol_answer *answer, const char *reason) {
    const nhipol_value *ids = nhipol_get(answer->context, "reasons");
    for (const nhipol_value *item = ids == NULL ? NULL : ids->list.first; item != NULL; item = item->next) {
        if (nhipol_bytes_equal(item->text, nhipol_bytes_of(reason))) return true;
    }
    return false;
}

nhipol_bytes nhipol_answer_error(const nhipol_answer *answer) {
    const nhipol_value *code = nhipol_get(nhipol_get(answer->context, "error"), "code");
    return code == NULL ? (nhipol_bytes){"", 0} : code->text;
}

void nhipol_answer_write(const nhipol_answer *answer, nhipol_text *text) {
    nhipol_text_put(text, answer->decision ? "{\"decision\":true,\"context\":{" : "{\"decision\":false,\"context\":{");
    for (const nhipol_value *member = answer->context->list.first; member != NULL; member = member->next) {
        if (nhipol_bytes_equal(member->name, nhipol_bytes_of("read")) && answer->valid_until != INFINITY) {
            char room[NHIPOL_FORM_ROOM];
            nhipol_text_put(text, "\"valid_until\":\"");
            nhipol_text_add(text, room, nhipol_write_instant(room, (int64_t)answer->valid_until));
            nhipol_text_put(text, "\",");
        }
        nhipol_write_string(text, member->name);
        nhipol_text_add(text, ":", 1);
        nhipol_write_value(text, member);
        if (member->next != NULL) nhipol_text_add(text, ",", 1);
    }
    nhipol_text_put(text, "}}");
}
