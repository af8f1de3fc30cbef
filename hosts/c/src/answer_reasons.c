/*
 * Why: the ids of the reasons, and of each what it says, whether a fact was missing, and where it stands.
 */
#include "contract.h"
#include "answering.h"

#include "cells.h"

#include <stdlib.h>

static const nhipol_value *file_of(const nhipol_answering *a, const nhipol_reason_row *row) {
    return a->manifest->files.items[nhipol_get(row->row, "source")->list.first->integer];
}

/* By id, then by file, line and column. */
static bool comes_before(const nhipol_answering *a, const nhipol_reason_row *x, const nhipol_reason_row *y) {
    int order = nhipol_bytes_order(nhipol_get(x->row, "id")->text, nhipol_get(y->row, "id")->text);
    if (order == 0) order = nhipol_bytes_order(file_of(a, x)->text, file_of(a, y)->text);
    if (order != 0) return order < 0;
    const nhipol_value *line = nhipol_get(x->row, "source")->list.first->next;
    const nhipol_value *other = nhipol_get(y->row, "source")->list.first->next;
    if (line->integer != other->integer) return line->integer < other->integer;
    return line->next->integer < other->next->integer;
}

/* The reasons that fired, in order. */
static void fired(nhipol_answering *a) {
    uint32_t count = a->result->reason_count;
    a->fired = nhipol_arena_take(a->arena, count * sizeof *a->fired);
    if (a->fired == NULL) return;
    for (uint32_t i = 0; i < count; i++) {
        nhipol_reason told = nhipol_reason_at(a->n, i);
        if (told.index >= a->manifest->reason_count) {
            a->wrong = NHIPOL_VIOLATION_UNKNOWN_REASON;
            return;
        }
        nhipol_fired one = {told, &a->manifest->reasons[told.index]};
        uint32_t at = i;
        for (; at > 0 && comes_before(a, one.row, a->fired[at - 1].row); at--) a->fired[at] = a->fired[at - 1];
        a->fired[at] = one;
    }
}

static nhipol_value *message(nhipol_answering *a, const nhipol_value *parts) {
    nhipol_text text = {0};
    for (const nhipol_value *part = parts->list.first; part != NULL; part = part->next) {
        if (part->kind == NHIPOL_STRING) {
            nhipol_text_add(&text, part->text.data, part->text.length);
            continue;
        }
        nhipol_cell cell = nhipol_cell_at(a->n, a->n->module->placeholders, (uint32_t)part->integer);
        if (!cell.there || !cell.known) {
            nhipol_text_put(&text, "(unknown)");
        } else if (!nhipol_cell_words(a->n, &text, &cell, a->manifest->placeholders.items[part->integer])) {
            a->wrong = "a placeholder that is no value of its type";
        }
    }
    if (text.failed) a->arena->failed = true;
    nhipol_value *said = nhipol_string_of(a->arena, (nhipol_bytes){text.data, text.length});
    nhipol_text_free(&text);
    return said;
}

static void unknown(nhipol_answering *a, const nhipol_fired *one, nhipol_value *detail) {
    nhipol_bytes texts[64];
    size_t count = 0;
    for (uint32_t bit = 0; bit < 64; bit++) {
        if ((one->told.unknown >> bit & 1) == 0) continue;
        if (bit >= one->row->unknown.count) {
            a->wrong = NHIPOL_VIOLATION_UNLISTED_UNKNOWN_PATH;
            return;
        }
        texts[count++] = a->manifest->reads.items[one->row->unknown.items[bit]->integer]->text;
    }
    if (count == 0) return;
    nhipol_sort(texts, count);
    nhipol_value *array = nhipol_put(a->arena, detail, "unknown", nhipol_new(a->arena, NHIPOL_ARRAY));
    for (size_t i = 0; i < count; i++) nhipol_push(a->arena, array, nhipol_string_of(a->arena, texts[i]));
}

static void detail(nhipol_answering *a, const nhipol_fired *one, nhipol_value *details) {
    nhipol_value *told = nhipol_push(a->arena, details, nhipol_new(a->arena, NHIPOL_OBJECT));
    const nhipol_value *said = nhipol_get(one->row->row, "message"),
                       *source = nhipol_get(one->row->row, "source")->list.first;
    bool on_unknown = (one->told.bits & 1) != 0;
    nhipol_put(a->arena, told, "id", nhipol_string_of(a->arena, nhipol_get(one->row->row, "id")->text));
    nhipol_put(a->arena, told, "effect", nhipol_string_of(a->arena, nhipol_get(a->context, "effect")->text));
    if (said != NULL) nhipol_put(a->arena, told, "message", message(a, said));
    nhipol_put(a->arena, told, "fired_on", nhipol_string(a->arena, on_unknown ? "unknown" : "true"));
    if (on_unknown) unknown(a, one, told);
    nhipol_value *place = nhipol_put(a->arena, told, "source", nhipol_new(a->arena, NHIPOL_OBJECT));
    nhipol_put(a->arena, place, "file", nhipol_string_of(a->arena, file_of(a, one->row)->text));
    nhipol_put(a->arena, place, "line", nhipol_integer(a->arena, source->next->integer));
    nhipol_put(a->arena, place, "column", nhipol_integer(a->arena, source->next->next->integer));
}

/* The one reason of an answer that no rule gave. */
static const char *standing(const nhipol_result *r) {
    if ((r->flags & NHIPOL_REVOKED_BEFORE) != 0) return "revoked_before";
    if ((r->flags & NHIPOL_CLOCK_WENT_BACK) != 0) return "clock_went_back";
    if ((r->flags & NHIPOL_INVALID) != 0 && r->effect == NHIPOL_DENY) return "invalid_request";
    return (r->flags & NHIPOL_DEFAULTED) != 0 ? "default_deny" : NULL;
}

void nhipol_answer_reasons(nhipol_answering *a) {
    nhipol_value *ids = nhipol_put(a->arena, a->context, "reasons", nhipol_new(a->arena, NHIPOL_ARRAY));
    nhipol_value *details = nhipol_put(a->arena, a->context, "reason_details", nhipol_new(a->arena, NHIPOL_ARRAY));
    const char *id = standing(a->result);
    bool revokes = (a->result->flags & NHIPOL_REVOKED_BEFORE) != 0;
    if ((id != NULL) != (a->result->reason_count == 0)) {
        a->wrong = NHIPOL_VIOLATION_EFFECT_REASONS;
    } else if (id != NULL && a->result->effect != (revokes ? NHIPOL_REVOKE : NHIPOL_DENY)) {
        a->wrong = NHIPOL_VIOLATION_EFFECT_FLAGS;
    } else if (id != NULL) {
        nhipol_push(a->arena, ids, nhipol_string(a->arena, id));
        nhipol_value *told = nhipol_push(a->arena, details, nhipol_new(a->arena, NHIPOL_OBJECT));
        nhipol_put(a->arena, told, "id", nhipol_string(a->arena, id));
        nhipol_put(a->arena, told, "effect", nhipol_string_of(a->arena, nhipol_get(a->context, "effect")->text));
        nhipol_put(a->arena, told, "fired_on", nhipol_string(a->arena, "true"));
    } else {
        fired(a);
        for (uint32_t i = 0; a->wrong == NULL && !a->arena->failed && i < a->result->reason_count; i++) {
            nhipol_bytes name = nhipol_get(a->fired[i].row->row, "id")->text;
            if (i == 0 || !nhipol_bytes_equal(name, ids->list.last->text)) {
                nhipol_push(a->arena, ids, nhipol_string_of(a->arena, name));
            }
            detail(a, &a->fired[i], details);
        }
    }
}
