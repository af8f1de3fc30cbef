/*
 * What an answer asks of its reader: constraints of a narrow, obligations of its reasons, an access request.
 */
#include "contract.h"
#include "answering.h"

#include "cells.h"
#include "forms.h"

#include <stdio.h>

/* Puts members in ASCII order of their names. */
static void put_sorted(nhipol_arena *arena, nhipol_value *object, nhipol_value *member) {
    nhipol_value **at = &object->list.first;
    if (arena->failed) return;
    while (*at != NULL && nhipol_bytes_order((*at)->name, member->name) < 0) at = &(*at)->next;
    member->next = *at;
    *at = member;
    if (member->next == NULL) object->list.last = member;
    object->list.count++;
}

void nhipol_answer_constraints(nhipol_answering *a) {
    if (a->result->effect != NHIPOL_NARROW) return;
    nhipol_value *told = nhipol_put(a->arena, a->context, "constraints", nhipol_new(a->arena, NHIPOL_OBJECT));
    for (uint32_t i = 0; i < a->manifest->constraints.count; i++) {
        nhipol_cell cell = nhipol_cell_at(a->n, a->n->module->constraints, i);
        if (!cell.there) continue;
        const nhipol_value *row = a->manifest->constraints.items[i];
        nhipol_value *value = cell.known ? nhipol_cell_value(a->n, a->arena, &cell, nhipol_get(row, "type")) : NULL;
        if (value == NULL) {
            a->wrong = "a constraint that is no value of its type";
            return;
        }
        value->name = nhipol_get(row, "name")->text;
        put_sorted(a->arena, told, value);
    }
}

static nhipol_value *instant_text(nhipol_arena *arena, int64_t instant) {
    char room[NHIPOL_FORM_ROOM];
    size_t length = nhipol_write_instant(room, instant);
    return nhipol_string_of(arena, (nhipol_bytes){room, length});
}

/* The properties that a reason asks for, by name; NULL: one of them can't be used. With an instant they are those of an
   access request: in the place of how long it waits stands until when. */
static nhipol_value *properties(nhipol_answering *a, const nhipol_value *asked, const nhipol_value *row,
                                const double *instant) {
    nhipol_value *told = nhipol_new(a->arena, NHIPOL_OBJECT);
    const nhipol_value *places = nhipol_get(asked, "properties");
    for (const nhipol_value *declared = nhipol_get(row, "properties")->list.first; declared != NULL;
         declared = declared->next) {
        nhipol_bytes name = nhipol_get(declared, "name")->text;
        const nhipol_value *place = nhipol_get_of(places, name), *optional = nhipol_get(declared, "optional");
        bool may_lack = optional != NULL && optional->truth;
        nhipol_cell cell = {.there = 0};
        if (place != NULL) cell = nhipol_cell_at(a->n, a->n->module->properties, (uint32_t)place->integer);
        if (!cell.there && may_lack) continue;
        if (!cell.there || !cell.known) return NULL;
        nhipol_value *value = NULL;
        if (instant != NULL && nhipol_bytes_equal(name, nhipol_bytes_of("expires_in"))) {
            name = nhipol_bytes_of("expires_at");
            int64_t end = 0;
            bool fits = !__builtin_add_overflow((int64_t)*instant, cell.number, &end);
            value = fits ? instant_text(a->arena, end) : NULL;
        } else {
            value = nhipol_cell_value(a->n, a->arena, &cell, a->manifest->properties.items[place->integer]);
        }
        if (value == NULL) {
            a->wrong = "a property that is no value of its type";
            return NULL;
        }
        value->name = name;
        put_sorted(a->arena, told, value);
    }
    return told;
}

static bool same(const nhipol_value *a, const nhipol_value *b) {
    nhipol_text first = {0}, second = {0};
    nhipol_write_value(&first, a);
    nhipol_write_value(&second, b);
    bool equal = nhipol_bytes_equal((nhipol_bytes){first.data, first.length}, (nhipol_bytes){second.data, second.length});
    nhipol_text_free(&first);
    nhipol_text_free(&second);
    return equal;
}

static void add_reason(nhipol_answering *a, nhipol_value *obligation, nhipol_bytes id) {
    nhipol_value *ids = nhipol_get(obligation, "reasons");
    for (const nhipol_value *item = ids->list.first; item != NULL; item = item->next) {
        if (nhipol_bytes_equal(item->text, id)) return;
    }
    nhipol_push(a->arena, ids, nhipol_string_of(a->arena, id));
}

static void obligation(nhipol_answering *a, nhipol_value *list, const nhipol_value *row, nhipol_value *asked,
                       nhipol_bytes id) {
    nhipol_bytes name = nhipol_get(row, "name")->text;
    for (nhipol_value *told = list->list.first; told != NULL; told = told->next) {
        if (nhipol_bytes_equal(nhipol_get(told, "name")->text, name) && same(nhipol_get(told, "properties"), asked)) {
            add_reason(a, told, id);
            return;
        }
    }
    char digits[NHIPOL_FORM_ROOM];
    int length = snprintf(digits, sizeof digits, "obl-%zu", list->list.count + 1);
    nhipol_value *told = nhipol_push(a->arena, list, nhipol_new(a->arena, NHIPOL_OBJECT));
    nhipol_put(a->arena, told, "id", nhipol_string_of(a->arena, (nhipol_bytes){digits, (size_t)length}));
    nhipol_put(a->arena, told, "type", nhipol_string_of(a->arena, nhipol_get(row, "type")->text));
    nhipol_put(a->arena, told, "properties", asked);
    nhipol_put(a->arena, told, "name", nhipol_string_of(a->arena, name));
    nhipol_put(a->arena, told, "reasons", nhipol_new(a->arena, NHIPOL_ARRAY));
    if (!a->arena->failed) add_reason(a, told, id);
}

/* The request for access that an answer refers to: the first that is asked for. */
static void access_request(nhipol_answering *a, const nhipol_value *row, const nhipol_value *asked, nhipol_bytes id) {
    double instant = NAN;
    if (a->n->module->instant == NULL) return;
    NHIPOL_GUARDED(a->n, instant = a->n->module->instant(a->n->it));
    if (a->n->failed || isnan(instant)) return;
    if (fabs(instant) > NHIPOL_LAST_INSTANT) {
        a->wrong = NHIPOL_VIOLATION_INVALID_INSTANT;
        return;
    }
    nhipol_value *told = properties(a, asked, row, &instant);
    if (told == NULL) {
        a->wrong = "an access request that lacks a property";
        return;
    }
    nhipol_put(a->arena, a->context, "access_request", told);
    nhipol_put(a->arena, a->context, "reason", nhipol_string_of(a->arena, id));
    nhipol_put(a->arena, a->context, "evaluated_at", instant_text(a->arena, (int64_t)instant));
}

void nhipol_answer_obligations(nhipol_answering *a) {
    const nhipol_result *r = a->result;
    nhipol_value *list = nhipol_new(a->arena, NHIPOL_ARRAY);
    const nhipol_value *request = NULL, *request_row = NULL;
    nhipol_bytes requested_by = {"", 0};
    for (uint32_t i = 0; a->wrong == NULL && !a->arena->failed && i < r->reason_count; i++) {
        if (a->fired[i].row->asks != (int)r->effect) continue;
        nhipol_bytes id = nhipol_get(a->fired[i].row->row, "id")->text;
        const nhipol_value *asked = nhipol_get(nhipol_get(a->fired[i].row->row, "asks"), "obligations")->list.first;
        for (; a->wrong == NULL && asked != NULL; asked = asked->next) {
            const nhipol_value *row = a->manifest->obligations.items[nhipol_get(asked, "obligation")->integer];
            if (nhipol_bytes_equal(nhipol_get(row, "type")->text, nhipol_bytes_of("access_request"))) {
                if (request == NULL) {
                    request = asked;
                    request_row = row;
                    requested_by = id;
                }
                continue;
            }
            nhipol_value *told = properties(a, asked, row, NULL);
            if (told != NULL) {
                obligation(a, list, row, told, id);
            } else if (r->effect < NHIPOL_DENY) {
                a->wrong = "an obligation that lacks a property";
            }
        }
    }
    if (list->list.count > 0) nhipol_put(a->arena, a->context, "obligations", list);
    if (request != NULL && a->wrong == NULL) access_request(a, request_row, request, requested_by);
}
