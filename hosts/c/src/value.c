/*
 * Arenas, values and texts: see `nhipol_value.h`.
 */
#include "nhipol_value.h"

#include <stdlib.h>
#include <string.h>

struct nhipol_chunk {
    struct nhipol_chunk *before;
    size_t used, size;
    _Alignas(16) char bytes[];
};

void *nhipol_arena_take(nhipol_arena *arena, size_t bytes) {
    size_t rounded = (bytes + 15) & ~(size_t)15;
    struct nhipol_chunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->size - chunk->used < rounded) {
        size_t size = chunk == NULL ? 1008 : chunk->size < 65536 ? chunk->size * 2 : chunk->size;
        if (size < rounded) size = rounded;
        chunk = rounded < bytes ? NULL : malloc(sizeof *chunk + size);
        if (chunk == NULL) {
            arena->failed = true;
            return NULL;
        }
        chunk->before = arena->chunks;
        chunk->used = 0;
        chunk->size = size;
        arena->chunks = chunk;
    }
    void *taken = chunk->bytes + chunk->used;
    chunk->used += rounded;
    return taken;
}

void nhipol_arena_clear(nhipol_arena *arena) {
    while (arena->chunks != NULL) {
        struct nhipol_chunk *before = arena->chunks->before;
        free(arena->chunks);
        arena->chunks = before;
    }
    arena->failed = false;
}

nhipol_bytes nhipol_bytes_of(const char *text) { return (nhipol_bytes){text, strlen(text)}; }

int nhipol_bytes_order(nhipol_bytes a, nhipol_bytes b) {
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static nhipol_bytes copied(nhipol_arena *arena, nhipol_bytes text) {
    char *data = nhipol_arena_take(arena, text.length);
    if (data == NULL) return (nhipol_bytes){"", 0};
    if (text.length > 0) memcpy(data, text.data, text.length);
    return (nhipol_bytes){data, text.length};
}

nhipol_value *nhipol_new(nhipol_arena *arena, nhipol_kind kind) {
    nhipol_value *value = nhipol_arena_take(arena, sizeof *value);
    if (value == NULL) value = &arena->spare;
    memset(value, 0, sizeof *value);
    value->kind = kind;
    return value;
}

nhipol_value *nhipol_bool(nhipol_arena *arena, bool truth) {
    nhipol_value *value = nhipol_new(arena, NHIPOL_BOOL);
    value->truth = truth;
    return value;
}

nhipol_value *nhipol_integer(nhipol_arena *arena, int64_t integer) {
    nhipol_value *value = nhipol_new(arena, NHIPOL_INTEGER);
    value->integer = integer;
    return value;
}

nhipol_value *nhipol_double(nhipol_arena *arena, double number) {
    nhipol_value *value = nhipol_new(arena, NHIPOL_DOUBLE);
    value->number = number;
    return value;
}

nhipol_value *nhipol_string_of(nhipol_arena *arena, nhipol_bytes text) {
    nhipol_value *value = nhipol_new(arena, NHIPOL_STRING);
    value->text = copied(arena, text);
    return value;
}

nhipol_value *nhipol_string(nhipol_arena *arena, const char *text) {
    return nhipol_string_of(arena, nhipol_bytes_of(text));
}

nhipol_value *nhipol_push(nhipol_arena *arena, nhipol_value *array, nhipol_value *element) {
    if (arena->failed) return element; /* it may be the spare one, which must not stand in two places */
    if (array->list.last == NULL) {
        array->list.first = element;
    } else {
        array->list.last->next = element;
    }
    array->list.last = element;
    array->list.count++;
    return element;
}

nhipol_value *nhipol_put_of(nhipol_arena *arena, nhipol_value *object, nhipol_bytes name, nhipol_value *member) {
    member->name = copied(arena, name);
    return nhipol_push(arena, object, member);
}

nhipol_value *nhipol_put(nhipol_arena *arena, nhipol_value *object, const char *name, nhipol_value *member) {
    return nhipol_put_of(arena, object, nhipol_bytes_of(name), member);
}

nhipol_value *nhipol_get_of(const nhipol_value *object, nhipol_bytes name) {
    if (object == NULL || object->kind != NHIPOL_OBJECT) return NULL;
    nhipol_value *member = object->list.first;
    while (member != NULL && !nhipol_bytes_equal(member->name, name)) member = member->next;
    return member;
}

nhipol_value *nhipol_get(const nhipol_value *object, const char *name) {
    return nhipol_get_of(object, nhipol_bytes_of(name));
}

bool nhipol_text_grow(nhipol_text *text, size_t length) {
    size_t capacity = text->capacity < 128 ? 256 : text->capacity * 2;
    while (capacity - text->length < length) capacity *= 2;
    char *grown = text->failed ? NULL : realloc(text->data, capacity);
    if (grown == NULL) {
        text->failed = true;
        return false;
    }
    text->data = grown;
    text->capacity = capacity;
    return true;
}

void nhipol_text_free(nhipol_text *text) {
    free(text->data);
    *text = (nhipol_text){0};
}
