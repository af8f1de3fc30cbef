/*
 * From cells to values and words: see `cells.h`.
 */
#include "cells.h"

#include "forms.h"
#include "number.h"

#include <inttypes.h>
#include <stdio.h>

typedef enum { BOOL, INT, DECIMAL, STRING, TIMESTAMP, DURATION, IP, CIDR, ENUM, SET } sort;

/* The manifest was checked: a type has one of these kinds. */
static sort sort_of(const nhipol_value *type) {
    static const struct {
        const char *kind;
        sort sort;
    } sorts[] = {
        {"Bool", BOOL},           {"Int", INT},           {"Decimal", DECIMAL}, {"String", STRING}, {"SpiffeId", STRING},
        {"Timestamp", TIMESTAMP}, {"Duration", DURATION}, {"Ip", IP},           {"Cidr", CIDR},     {"Enum", ENUM}};
    nhipol_bytes kind = nhipol_get(type, "kind")->text;
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        if (nhipol_bytes_equal(kind, nhipol_bytes_of(sorts[i].kind))) return sorts[i].sort;
    }
    return SET;
}

bool nhipol_cell_text(nhipol *n, const nhipol_cell *cell, nhipol_bytes *text) {
    const uint8_t *bytes = nhipol_at(n, cell->bytes.pointer, cell->bytes.length);
    *text = (nhipol_bytes){(const char *)bytes, cell->bytes.length};
    return bytes != NULL && nhipol_is_utf8(*text);
}

static const nhipol_value *member_of(const nhipol_cell *cell, const nhipol_value *type) {
    const nhipol_value *member = cell->number < 0 ? NULL : nhipol_get(type, "members")->list.first;
    for (int64_t i = 0; member != NULL && i < cell->number; i++) member = member->next;
    return member;
}

/* An address as text; 0 for what cannot be. */
static size_t address(nhipol *n, char room[NHIPOL_FORM_ROOM], const nhipol_cell *cell, sort sort) {
    uint32_t length = sort == CIDR ? 17 : 16;
    const uint8_t *bytes = cell->bytes.length == length ? nhipol_at(n, cell->bytes.pointer, length) : NULL;
    if (bytes == NULL || (sort == CIDR && bytes[16] > 128)) return 0;
    return nhipol_write_address(room, bytes, sort == CIDR ? bytes[16] : -1);
}

/* What a set's elements are ordered by: numbers, or texts by code points. */
typedef struct {
    int64_t number;
    nhipol_value *value;
} element;

static bool before(const element *a, const element *b) {
    if (a->value->kind == NHIPOL_STRING && a->number == b->number)
        return nhipol_bytes_order(a->value->text, b->value->text) < 0;
    return a->number < b->number;
}

static nhipol_value *set(nhipol *n, nhipol_arena *arena, const nhipol_cell *cell, const nhipol_value *type) {
    uint32_t count = cell->bytes.length;
    const uint8_t *cells = nhipol_at(n, cell->bytes.pointer, (uint64_t)count * sizeof *cell);
    element *elements = cells == NULL ? NULL : nhipol_arena_take(arena, count * sizeof *elements);
    if (elements == NULL) return NULL;
    const nhipol_value *inner = nhipol_get(type, "element");
    sort of = sort_of(inner);
    bool numbers = of == INT || of == DECIMAL || of == DURATION || of == TIMESTAMP || of == ENUM || of == BOOL;
    for (uint32_t i = 0; i < count; i++) {
        nhipol_cell one;
        memcpy(&one, cells + (size_t)i * sizeof one, sizeof one);
        element added = {numbers ? one.number : 0, nhipol_cell_value(n, arena, &one, inner)};
        if (added.value == NULL) return NULL;
        uint32_t at = i;
        for (; at > 0 && before(&added, &elements[at - 1]); at--) elements[at] = elements[at - 1];
        elements[at] = added;
    }
    nhipol_value *array = nhipol_new(arena, NHIPOL_ARRAY);
    for (uint32_t i = 0; i < count; i++) nhipol_push(arena, array, elements[i].value);
    return array;
}

static nhipol_value *decimal(nhipol_arena *arena, int64_t value, int decimals) {
    char room[NHIPOL_NUMBER_ROOM];
    nhipol_value *number = nhipol_string_of(arena, (nhipol_bytes){room, nhipol_write_scaled(room, value, decimals)});
    number->kind = NHIPOL_DECIMAL;
    return number;
}

nhipol_value *nhipol_cell_value(nhipol *n, nhipol_arena *arena, const nhipol_cell *cell, const nhipol_value *type) {
    char room[NHIPOL_FORM_ROOM];
    nhipol_bytes text = {room, 0};
    const nhipol_value *member = NULL;
    sort sort = sort_of(type);
    switch (sort) {
    case BOOL: return cell->number == 0 || cell->number == 1 ? nhipol_bool(arena, cell->number == 1) : NULL;
    case INT: return nhipol_integer(arena, cell->number);
    case DECIMAL: return decimal(arena, cell->number, 6);
    case DURATION: return decimal(arena, cell->number, 3);
    case STRING: return nhipol_cell_text(n, cell, &text) ? nhipol_string_of(arena, text) : NULL;
    case TIMESTAMP: text.length = nhipol_write_instant(room, cell->number); return nhipol_string_of(arena, text);
    case IP:
    case CIDR: text.length = address(n, room, cell, sort); return text.length > 0 ? nhipol_string_of(arena, text) : NULL;
    case ENUM: member = member_of(cell, type); return member != NULL ? nhipol_string_of(arena, member->text) : NULL;
    case SET: return set(n, arena, cell, type);
    }
    return NULL;
}

bool nhipol_cell_words(nhipol *n, nhipol_text *text, const nhipol_cell *cell, const nhipol_value *type) {
    char room[NHIPOL_FORM_ROOM];
    nhipol_bytes words = {room, 0};
    const nhipol_value *member = NULL;
    sort sort = sort_of(type);
    switch (sort) {
    case BOOL:
        if (cell->number == 0 || cell->number == 1) words = nhipol_bytes_of(cell->number == 1 ? "true" : "false");
        break;
    case INT: words.length = (size_t)snprintf(room, sizeof room, "%" PRId64, cell->number); break;
    case DECIMAL: words.length = nhipol_write_scaled(room, cell->number, 6); break;
    case DURATION: words.length = nhipol_write_duration(room, cell->number); break;
    case TIMESTAMP: words.length = nhipol_write_instant(room, cell->number); break;
    case IP:
    case CIDR: words.length = address(n, room, cell, sort); break;
    case STRING:
        if (!nhipol_cell_text(n, cell, &words)) return false;
        nhipol_text_add(text, words.data, words.length);
        return true;
    case ENUM:
        member = member_of(cell, type);
        if (member == NULL) return false;
        nhipol_text_add(text, member->text.data, member->text.length);
        return true;
    case SET: break;
    }
    nhipol_text_add(text, words.data, words.length);
    return words.length > 0;
}
