/*
 * Data as JSON has it: values that are built by a caller or read from a text, and written as JSON.
 *
 * Values live in an arena and go with it. A builder never fails on the spot: where memory is missing the arena is marked
 * as failed, and whoever takes the values looks there once. Numbers that were read keep the digits they were written
 * with; strings have a length and may hold any byte.
 */
#ifndef NHIPOL_VALUE_H
#define NHIPOL_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum {
    NHIPOL_NULL,
    NHIPOL_BOOL,
    NHIPOL_INTEGER,
    NHIPOL_DOUBLE,
    NHIPOL_DECIMAL, /* a number by its text */
    NHIPOL_STRING,
    NHIPOL_ARRAY,
    NHIPOL_OBJECT
} nhipol_kind;

typedef struct {
    const char *data;
    size_t length;
} nhipol_bytes;

typedef struct nhipol_value nhipol_value;
struct nhipol_value {
    nhipol_kind kind;
    nhipol_bytes name; /* of a member of an object */
    nhipol_value *next;
    union {
        bool truth;
        int64_t integer;
        double number;
        nhipol_bytes text; /* of a string or a decimal */
        struct {
            nhipol_value *first, *last;
            size_t count;
        } list; /* of an array's elements or an object's members */
    };
};

typedef struct nhipol_arena {
    struct nhipol_chunk *chunks;
    bool failed;
    nhipol_value spare; /* what a builder gives where memory is missing */
} nhipol_arena;

/* Text that grows; begin with zeros. */
typedef struct {
    char *data; /* not ended by a zero */
    size_t length, capacity;
    bool failed;
} nhipol_text;

static inline bool nhipol_bytes_equal(nhipol_bytes a, nhipol_bytes b) {
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

void *nhipol_arena_take(nhipol_arena *arena, size_t bytes); /* NULL: the arena has failed */
void nhipol_arena_clear(nhipol_arena *arena);

nhipol_bytes nhipol_bytes_of(const char *text);
int nhipol_bytes_order(nhipol_bytes a, nhipol_bytes b); /* by bytes, which is by code points */

nhipol_value *nhipol_new(nhipol_arena *arena, nhipol_kind kind); /* null, false, 0, empty */
nhipol_value *nhipol_bool(nhipol_arena *arena, bool truth);
nhipol_value *nhipol_integer(nhipol_arena *arena, int64_t integer);
nhipol_value *nhipol_double(nhipol_arena *arena, double number);
nhipol_value *nhipol_string(nhipol_arena *arena, const char *text); /* copies it, as all of these do */
nhipol_value *nhipol_string_of(nhipol_arena *arena, nhipol_bytes text);

/* Puts a value at the end of an array or an object, and gives it. A value has one place. */
nhipol_value *nhipol_push(nhipol_arena *arena, nhipol_value *array, nhipol_value *element);
nhipol_value *nhipol_put(nhipol_arena *arena, nhipol_value *object, const char *name, nhipol_value *member);
nhipol_value *nhipol_put_of(nhipol_arena *arena, nhipol_value *object, nhipol_bytes name, nhipol_value *member);

/* The first member of such a name, or NULL. */
nhipol_value *nhipol_get(const nhipol_value *object, const char *name);
nhipol_value *nhipol_get_of(const nhipol_value *object, nhipol_bytes name);

/* Reads one JSON text (RFC 8259), nested in at most 128 levels; NULL if it is none. A lone surrogate becomes the three
   bytes that UTF-8 would have for it. */
nhipol_value *nhipol_parse(nhipol_arena *arena, const char *json, size_t length);

/* Makes room for so many bytes more; false: there is no memory, and the text has failed. */
bool nhipol_text_grow(nhipol_text *text, size_t length);
void nhipol_text_free(nhipol_text *text);

static inline void nhipol_text_add(nhipol_text *text, const char *data, size_t length) {
    if (text->capacity - text->length < length && !nhipol_text_grow(text, length)) return;
    if (length > 0) memcpy(text->data + text->length, data, length);
    text->length += length;
}

static inline void nhipol_text_put(nhipol_text *text, const char *words) { nhipol_text_add(text, words, strlen(words)); }

void nhipol_write_string(nhipol_text *text, nhipol_bytes string);
/* A member's step of a path: `.name`, or `["any name"]`. */
void nhipol_write_step(nhipol_text *text, nhipol_bytes name);
/* A number that is none in JSON is written as null: `nhipol_write_request` refuses it before. */
void nhipol_write_value(nhipol_text *text, const nhipol_value *value);

#endif
