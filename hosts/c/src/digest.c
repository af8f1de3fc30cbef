/*
 * The digest of a call: see `digest.h`, and the contract for what has none.
 */
#include "digest.h"

#include "number.h"
#include "sha256.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_LEVELS = 64 };

/* By UTF-16 code units: characters beyond the first plane begin with surrogates, which come before U+E000. */
static int order(nhipol_bytes a, nhipol_bytes b) {
    for (size_t i = 0; i < a.length && i < b.length; i++) {
        int x = (unsigned char)a.data[i], y = (unsigned char)b.data[i];
        if (x == y) continue;
        if (x >= 0xf0 && (y == 0xee || y == 0xef)) return -1;
        if (y >= 0xf0 && (x == 0xee || x == 0xef)) return 1;
        return x - y;
    }
    return (a.length > b.length) - (a.length < b.length);
}

static int by_name(const void *a, const void *b) {
    return order((*(const nhipol_value *const *)a)->name, (*(const nhipol_value *const *)b)->name);
}

static bool well_formed(nhipol_bytes string) {
    for (size_t i = 0; i + 1 < string.length; i++) {
        if ((unsigned char)string.data[i] == 0xed && (unsigned char)string.data[i + 1] >= 0xa0) return false;
    }
    return true;
}

static bool canonical(nhipol_text *text, const nhipol_value *value, int level);

static bool object(nhipol_text *text, const nhipol_value *value, int level) {
    size_t count = value->list.count, i = 0;
    const nhipol_value **members = malloc((count + 1) * sizeof *members);
    if (members == NULL) return false;
    bool fine = true;
    for (const nhipol_value *member = value->list.first; member != NULL; member = member->next) members[i++] = member;
    qsort(members, count, sizeof *members, by_name);
    nhipol_text_add(text, "{", 1);
    for (i = 0; fine && i < count; i++) {
        fine = well_formed(members[i]->name) && (i == 0 || order(members[i - 1]->name, members[i]->name) != 0);
        if (i > 0) nhipol_text_add(text, ",", 1);
        nhipol_write_string(text, members[i]->name);
        nhipol_text_add(text, ":", 1);
        fine = fine && canonical(text, members[i], level + 1);
    }
    nhipol_text_add(text, "}", 1);
    free(members);
    return fine;
}

static bool canonical(nhipol_text *text, const nhipol_value *value, int level) {
    char room[NHIPOL_NUMBER_ROOM], digits[NHIPOL_NUMBER_ROOM];
    size_t length = 0;
    switch (value->kind) {
    case NHIPOL_INTEGER:
        length = (size_t)snprintf(digits, sizeof digits, "%" PRId64, value->integer);
        length = nhipol_write_canonical(room, (nhipol_bytes){digits, length});
        nhipol_text_add(text, room, length);
        return length > 0;
    case NHIPOL_DOUBLE:
        if (!isfinite(value->number)) return false;
        nhipol_text_add(text, room, nhipol_write_double(room, value->number));
        return true;
    case NHIPOL_DECIMAL:
        length = nhipol_write_canonical(room, value->text);
        nhipol_text_add(text, room, length);
        return length > 0;
    case NHIPOL_STRING: nhipol_write_string(text, value->text); return well_formed(value->text);
    case NHIPOL_ARRAY:
        if (level > MOST_LEVELS) return false;
        nhipol_text_add(text, "[", 1);
        for (const nhipol_value *item = value->list.first; item != NULL; item = item->next) {
            if (item != value->list.first) nhipol_text_add(text, ",", 1);
            if (!canonical(text, item, level + 1)) return false;
        }
        nhipol_text_add(text, "]", 1);
        return true;
    case NHIPOL_OBJECT: return level <= MOST_LEVELS && object(text, value, level);
    default: nhipol_write_value(text, value); return true;
    }
}

bool nhipol_canonical(nhipol_text *text, const nhipol_value *value) { return canonical(text, value, 1) && !text->failed; }

bool nhipol_digest_of(const nhipol_value *action, const nhipol_value *resource, char digest[NHIPOL_DIGEST_ROOM]) {
    if (action == NULL || resource == NULL) return false;
    nhipol_text text = {0};
    nhipol_text_put(&text, "{\"action\":");
    bool fine = canonical(&text, action, 1);
    nhipol_text_put(&text, ",\"resource\":");
    fine = fine && canonical(&text, resource, 1);
    nhipol_text_put(&text, "}");
    char digits[65] = "";
    if (fine && !text.failed) {
        nhipol_sha256(text.data, text.length, digits);
        memcpy(digest, "sha-256:", 8);
        memcpy(digest + 8, digits, 64);
    }
    nhipol_text_free(&text);
    return digits[0] != 0;
}

bool nhipol_digest_of_request(const nhipol_value *request, char digest[NHIPOL_DIGEST_ROOM]) {
    if (request == NULL || request->kind != NHIPOL_OBJECT) return false;
    const nhipol_value *action = NULL, *resource = NULL;
    for (const nhipol_value *member = request->list.first; member != NULL; member = member->next) {
        const nhipol_value **found = nhipol_bytes_equal(member->name, nhipol_bytes_of("action"))     ? &action
                                     : nhipol_bytes_equal(member->name, nhipol_bytes_of("resource")) ? &resource
                                                                                                     : NULL;
        if (found != NULL && *found != NULL) return false;
        if (found != NULL) *found = member;
    }
    return nhipol_digest_of(action, resource, digest);
}

bool nhipol_digest_of_text(const char *json, size_t length, char digest[NHIPOL_DIGEST_ROOM]) {
    nhipol_arena arena = {0};
    bool found = length <= NHIPOL_REQUEST_ROOM && nhipol_digest_of_request(nhipol_parse(&arena, json, length), digest);
    nhipol_arena_clear(&arena);
    return found;
}
