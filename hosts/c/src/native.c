/*
 * From values to the request that a module reads: see `native.h`.
 *
 * Members that the policy doesn't declare are not looked at, and not written.
 */
#include "contract.h"
#include "native.h"

#include "digest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LAST_EXACT 9007199254740991.0 /* whole numbers beyond may have been rounded */

struct nhipol_declared {
    nhipol_bytes name; /* a member's; of elements it is empty, and `elements` of the array names them */
    nhipol_declared *first, *next, *elements;
};

static nhipol_declared *fresh(nhipol_arena *arena, nhipol_bytes name, nhipol_declared *next) {
    nhipol_declared *added = nhipol_arena_take(arena, sizeof *added);
    if (added != NULL) *added = (nhipol_declared){.name = name, .next = next};
    return added;
}

static nhipol_declared *find(const nhipol_declared *of, nhipol_bytes name) {
    nhipol_declared *one = of->first;
    while (one != NULL && !nhipol_bytes_equal(one->name, name)) one = one->next;
    return one;
}

static nhipol_declared *child(nhipol_arena *arena, nhipol_declared *of, nhipol_bytes name) {
    nhipol_declared *found = find(of, name);
    if (found != NULL) return found;
    nhipol_declared *added = fresh(arena, name, of->first);
    if (added != NULL) of->first = added;
    return added;
}

/* The JSON string between brackets, with what is behind it. */
static nhipol_bytes quoted(nhipol_arena *arena, const char **at, const char *end) {
    const char *start = *at + 1, *close = start + 1;
    while (close < end && *close != '"') close += *close == '\\' ? 2 : 1;
    *at = close + 2 < end ? close + 2 : end;
    nhipol_value *name = close < end ? nhipol_parse(arena, start, (size_t)(close + 1 - start)) : NULL;
    return name == NULL || name->kind != NHIPOL_STRING ? (nhipol_bytes){"", 0} : name->text;
}

/* Goes on by the step of a path: `.name`, `["name"]` and `[]`, any number of them; `$` stays. */
static nhipol_declared *follow(nhipol_arena *arena, nhipol_declared *at, nhipol_bytes step) {
    const char *p = step.data, *end = step.data + step.length;
    while (at != NULL && p < end) {
        if (*p == '.') {
            const char *start = ++p;
            while (p < end && *p != '.' && *p != '[') p++;
            at = child(arena, at, (nhipol_bytes){start, (size_t)(p - start)});
        } else if (end - p >= 2 && p[0] == '[' && p[1] == ']') {
            if (at->elements == NULL) at->elements = fresh(arena, (nhipol_bytes){"", 0}, NULL);
            at = at->elements;
            p += 2;
        } else if (*p == '[') {
            at = child(arena, at, quoted(arena, &p, end));
        } else {
            p++;
        }
    }
    return at;
}

nhipol_declared *nhipol_declared_of(nhipol_arena *arena, const nhipol_manifest *manifest) {
    nhipol_declared **rows = nhipol_arena_take(arena, manifest->paths.count * sizeof(nhipol_declared *));
    nhipol_declared *root = fresh(arena, (nhipol_bytes){"", 0}, NULL);
    if (rows == NULL || root == NULL) return NULL;
    for (uint32_t i = 0; i < manifest->paths.count; i++) {
        const nhipol_value *before = manifest->paths.items[i]->list.first;
        rows[i] = follow(arena, i == 0 ? root : rows[before->integer], before->next->text);
        if (rows[i] == NULL) return NULL;
    }
    return root;
}

/* Where the writer is, from the innermost on. */
typedef struct place {
    const struct place *around;
    const nhipol_value *member; /* NULL: an element */
    size_t index;
} place;

typedef struct {
    nhipol_text *text;
    nhipol_misfit *misfit;
} writer;

static size_t told(const place *at, char *path, size_t size) {
    if (at == NULL) return (size_t)snprintf(path, size, "$");
    size_t length = told(at->around, path, size);
    if (length >= size) return length;
    if (at->member == NULL) return length + (size_t)snprintf(path + length, size - length, "[%zu]", at->index);
    nhipol_text step = {0};
    nhipol_write_step(&step, at->member->name);
    length += (size_t)snprintf(path + length, size - length, "%.*s", (int)step.length, step.data == NULL ? "" : step.data);
    nhipol_text_free(&step);
    return length;
}

static void number(writer *w, const nhipol_value *value, const place *at) {
    const char *found = isnan(value->number)               ? "NaN"
                        : isinf(value->number)             ? "Infinity"
                        : fabs(value->number) > LAST_EXACT ? NHIPOL_TEXT_LARGE_INTEGER
                                                           : NULL;
    if (found != NULL && w->misfit->found == NULL) {
        w->misfit->found = found;
        told(at, w->misfit->path, sizeof w->misfit->path);
    }
    nhipol_write_value(w->text, value);
}

/* Where a member stands whose value, or a part of it, the digest of the call covers. */
typedef enum { NOWHERE, OF_REQUEST, OF_SUBJECT, OF_PROPERTIES, WHOLE } covered;

static covered within(covered at, nhipol_bytes name) {
    bool acts = nhipol_bytes_equal(name, nhipol_bytes_of("action")) || nhipol_bytes_equal(name, nhipol_bytes_of("resource"));
    if (at == OF_REQUEST && acts) return WHOLE;
    if (at == OF_REQUEST && nhipol_bytes_equal(name, nhipol_bytes_of("subject"))) return OF_SUBJECT;
    if (at == OF_SUBJECT && nhipol_bytes_equal(name, nhipol_bytes_of("properties"))) return OF_PROPERTIES;
    return at == OF_PROPERTIES && nhipol_bytes_equal(name, nhipol_bytes_of(NHIPOL_PRINCIPAL)) ? WHOLE : NOWHERE;
}

/* With `declared` NULL all of the value is written. */
static void write(writer *w, const nhipol_declared *declared, const nhipol_value *value, covered call, const place *around) {
    static const nhipol_declared nothing = {.name = {"", 0}};
    if (value->kind == NHIPOL_DOUBLE) {
        number(w, value, around);
        return;
    }
    if (value->kind != NHIPOL_ARRAY && value->kind != NHIPOL_OBJECT) {
        nhipol_write_value(w->text, value);
        return;
    }
    bool object = value->kind == NHIPOL_OBJECT, first = true;
    place at = {.around = around};
    nhipol_text_put(w->text, object ? "{" : "[");
    for (const nhipol_value *item = value->list.first; item != NULL; item = item->next, at.index++) {
        const nhipol_declared *inner = declared == NULL ? NULL : object ? find(declared, item->name) : declared->elements;
        covered part = object ? within(call, item->name) : NOWHERE;
        if (declared != NULL && object && inner == NULL && part == NOWHERE) continue;
        if (!first) nhipol_text_add(w->text, ",", 1);
        first = false;
        if (object) {
            at.member = item;
            nhipol_write_string(w->text, item->name);
            nhipol_text_add(w->text, ":", 1);
        }
        if (part == WHOLE) inner = NULL;
        if (part == OF_SUBJECT || part == OF_PROPERTIES) inner = inner == NULL ? &nothing : inner;
        write(w, inner, item, part, &at);
    }
    nhipol_text_put(w->text, object ? "}" : "]");
}

void nhipol_write_request(nhipol_text *text, const nhipol_declared *declared, const nhipol_value *request, bool whole_call,
                          nhipol_misfit *misfit) {
    writer w = {text, misfit};
    misfit->found = NULL;
    write(&w, declared, request, whole_call ? OF_REQUEST : NOWHERE, NULL);
}
