/*
 * Errors as the answer tells them: codes, paths and what stood there.
 */
#include "contract.h"
#include "answering.h"

#include <stdio.h>

static const nhipol_error_row rows[] = {NHIPOL_ERROR_ROWS};

static const char *const found_texts[] = {NHIPOL_FOUND_TEXTS};

/* The headers that callers include repeat these. */
_Static_assert(NHIPOL_PAGE == NHIPOL_PAGE_BYTES && NHIPOL_REQUEST_ROOM == NHIPOL_MAX_REQUEST_BYTES, "as in the contract");
_Static_assert(NHIPOL_DIGEST_ROOM == NHIPOL_DIGEST_BYTES, "as in the contract");
_Static_assert(offsetof(nhipol_result, error) == NHIPOL_RESULT_ERROR_CODE, "as in the contract");
_Static_assert(offsetof(nhipol_result, reason_count) == NHIPOL_RESULT_REASON_COUNT, "as in the contract");
_Static_assert(sizeof(nhipol_result) == NHIPOL_RESULT_SIZE && sizeof(nhipol_reason) == NHIPOL_REASON_SIZE, "as in the contract");
_Static_assert(sizeof(nhipol_cell) == NHIPOL_CELL_SIZE && sizeof(nhipol_outcome) == NHIPOL_OUTCOME_SIZE, "as in the contract");
_Static_assert(NHIPOL_DEFAULTED == NHIPOL_FLAG_DEFAULT_DENY && NHIPOL_INVALID == NHIPOL_FLAG_INVALID, "as in the contract");
_Static_assert(NHIPOL_CLOCK_WENT_BACK == NHIPOL_FLAG_CLOCK_WENT_BACK, "as in the contract");
_Static_assert(NHIPOL_REVOKED_BEFORE == NHIPOL_FLAG_REVOKED_BEFORE, "as in the contract");

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
        a->wrong = NHIPOL_VIOLATION_UNKNOWN_ERROR;
        return NULL;
    }
    const nhipol_value *expected = a->manifest->paths.items[r->error_path]->list.last;
    nhipol_bytes wanted =
        row->expected != NULL ? nhipol_bytes_of(row->expected) : a->manifest->expected.items[expected->integer]->text;
    const char *found = row->found != NULL ? row->found : nhipol_found_text(r->error_found);
    if (found == NULL) {
        a->wrong = NHIPOL_VIOLATION_UNKNOWN_ERROR;
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
