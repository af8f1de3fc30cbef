/*
 * Errors as the answer tells them: codes, paths and what stood there.
 */
#include "answering.h"

#include <stdio.h>

static const nhipol_error_row rows[] = {
    [1] = {"not_json", "JSON text", "a byte that cannot stand there"},
    [2] = {"not_utf8", "UTF-8", "bytes that are not UTF-8"},
    [3] = {"lone_surrogate", "paired surrogates", "a lone surrogate"},
    [4] = {"too_deep", "at most 16 levels", "a deeper nesting"},
    [5] = {"too_large", "at most 65536 bytes", "a longer text"},
    [6] = {"duplicate_name", "each name once", "a name twice"},
    [7] = {"out_of_memory", "a smaller request", "more than fits"},
    [16] = {"wrong_type", NULL, NULL},
    [17] = {"missing", NULL, NULL},
    [18] = {"too_long", "at most 4096 bytes", "a longer string"},
    [19] = {"too_many", "at most 256 elements", "more elements"},
    [20] = {"wrong_key", NULL, NULL},
    [21] = {"duplicate_key", "each key once", "a key twice"},
    [22] = {"no_room", "room for another session", "none, until more memory is reserved"},
    [23] = {"no_session", "the handle of an open session", "another"},
    [24] = {"other_type", "the same as the session was opened with", "another"},
    [25] = {"no_signal", "a signal that the policy declares", "another"},
    [26] = {"no_snapshot", "a session's text, as a module writes it", "another"},
};

static const char *const found_texts[] = {"nothing",
                                          "an object",
                                          "an array",
                                          "a string",
                                          "a number",
                                          "true or false",
                                          "null",
                                          "a fraction",
                                          "text that is no instant",
                                          "a value outside of it"};

const nhipol_error_row *nhipol_error_of(uint32_t code) {
    return code < sizeof rows / sizeof *rows && rows[code].name != NULL ? &rows[code] : NULL;
}

const char *nhipol_found_text(uint32_t found) {
    return found < sizeof found_texts / sizeof *found_texts ? found_texts[found] : NULL;
}

nhipol_value *nhipol_error_value(nhipol_arena *arena, const char *code, nhipol_bytes path, nhipol_bytes expected,
                                 nhipol_bytes found, uint32_t offset) {
    nhipol_value *error = nhipol_new(arena, NHIPOL_OBJECT);
    nhipol_put(arena, error, "code", nhipol_string(arena, code));
    nhipol_put(arena, error, "path", nhipol_string_of(arena, path));
    nhipol_put(arena, error, "expected", nhipol_string_of(arena, expected));
    nhipol_put(arena, error, "found", nhipol_string_of(arena, found));
    nhipol_put(arena, error, "offset", nhipol_integer(arena, offset));
    return error;
}

/* A row goes on from an earlier one, the first stands for itself. */
static void whole_path(const nhipol_manifest *manifest, uint32_t index, nhipol_text *text) {
    const nhipol_value *before = manifest->paths.items[index]->list.first, *step = before->next;
    if (index > 0) whole_path(manifest, (uint32_t)before->integer, text);
    nhipol_text_add(text, step->text.data, step->text.length);
}

/* Fills in what the `[]` outside of quotes stand for. */
static void filled(const nhipol_text *path, const uint32_t places[4], nhipol_text *text) {
    char quote = 0;
    int place = 0;
    for (size_t i = 0; i < path->length; i++) {
        char c = path->data[i];
        nhipol_text_add(text, &c, 1);
        if (quote != 0 && c == '\\' && i + 1 < path->length) {
            nhipol_text_add(text, &path->data[++i], 1);
        } else if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '[' && i + 1 < path->length && path->data[i + 1] == ']') {
            char number[16] = "*";
            if (place < 4 && places[place] != NHIPOL_NONE) snprintf(number, sizeof number, "%u", (unsigned)places[place]);
            nhipol_text_put(text, number);
            place++;
        }
    }
}

nhipol_value *nhipol_error_told(nhipol_answering *a) {
    const nhipol_result *r = a->result;
    const nhipol_error_row *row = nhipol_error_of(r->error);
    if (row == NULL || r->error_path >= a->manifest->paths.count) {
        a->wrong = "an error that is none";
        return NULL;
    }
    const nhipol_value *expected = a->manifest->paths.items[r->error_path]->list.last;
    nhipol_bytes wanted =
        row->expected != NULL ? nhipol_bytes_of(row->expected) : a->manifest->expected.items[expected->integer]->text;
    const char *found = row->found != NULL ? row->found : nhipol_found_text(r->error_found);
    if (found == NULL) {
        a->wrong = "an error that found what is none";
        return NULL;
    }
    nhipol_text path = {0}, text = {0};
    whole_path(a->manifest, r->error_path, &path);
    filled(&path, r->error_places, &text);
    if (path.failed || text.failed) a->arena->failed = true;
    nhipol_value *error = nhipol_error_value(a->arena, row->name, (nhipol_bytes){text.data, text.length}, wanted,
                                             nhipol_bytes_of(found), r->error_offset);
    nhipol_text_free(&path);
    nhipol_text_free(&text);
    return error;
}
