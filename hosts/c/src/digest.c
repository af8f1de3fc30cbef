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
int nhipol_name_order(nhipol_bytes a, nhipol_bytes b) {
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
    return nhipol_name_order((*(const nhipol_value *const *)a)->name, (*(const nhipol_value *const *)b)->name);
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
        fine = well_formed(members[i]->name) && (i == 0 || nhipol_name_order(members[i - 1]->name, members[i]->name) != 0);
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

static const nhipol_value *own(const nhipol_value *object, const char *name) {
    const nhipol_value *member = nhipol_get(object, name);
    return member == NULL || member->kind == NHIPOL_NULL ? NULL : member;
}

static void named(nhipol_text *text, const char *name) {
    if (text->data[text->length - 1] != '{') nhipol_text_put(text, ",");
    nhipol_write_string(text, nhipol_bytes_of(name));
    nhipol_text_put(text, ":");
}

/* With an id its type and id, so that other members, such as its scopes, may change. Anything else is taken as sent. */
static bool principal(nhipol_text *text, const nhipol_value *value) {
    nhipol_text whole = {0};
    bool fine = nhipol_canonical(&whole, value);
    nhipol_text_free(&whole);
    const nhipol_value *id = own(value, "id"), *type = nhipol_get(value, "type");
    if (!fine || id == NULL) return fine && canonical(text, value, 1);
    nhipol_text_put(text, "{");
    named(text, "id");
    fine = canonical(text, id, 1);
    if (type != NULL) {
        named(text, "type");
        fine = fine && canonical(text, type, 1);
    }
    nhipol_text_put(text, "}");
    return fine;
}

bool nhipol_caller(nhipol_text *text, const nhipol_value *subject) {
    const nhipol_value *id = own(subject, "id"), *type = own(subject, "type");
    const nhipol_value *acts_for = own(own(subject, "properties"), NHIPOL_PRINCIPAL);
    if (id == NULL || type == NULL || id->kind != NHIPOL_STRING || type->kind != NHIPOL_STRING) return false;
    nhipol_text_put(text, "{");
    if (text->failed) return false;
    named(text, "id");
    bool fine = canonical(text, id, 1);
    if (acts_for != NULL) {
        named(text, NHIPOL_PRINCIPAL);
        fine = fine && principal(text, acts_for);
    }
    named(text, "type");
    fine = fine && canonical(text, type, 1);
    nhipol_text_put(text, "}");
    return fine && !text->failed;
}

bool nhipol_once(const nhipol_value *object, const char *name, const nhipol_value **found) {
    *found = NULL;
    if (object == NULL || object->kind != NHIPOL_OBJECT) return true;
    for (const nhipol_value *member = object->list.first; member != NULL; member = member->next) {
        if (!nhipol_bytes_equal(member->name, nhipol_bytes_of(name))) continue;
        if (*found != NULL) return false;
        *found = member;
    }
    return true;
}

/* Puts a member once more, into another object. */
static void put_again(nhipol_arena *arena, nhipol_value *object, const nhipol_value *member) {
    if (member == NULL) return;
    nhipol_value *copy = nhipol_new(arena, NHIPOL_NULL);
    *copy = *member;
    copy->next = NULL;
    nhipol_push(arena, object, copy);
}

nhipol_value *nhipol_caller_members(nhipol_arena *arena, const nhipol_value *subject) {
    nhipol_value *selected = nhipol_new(arena, NHIPOL_OBJECT);
    if (subject->kind != NHIPOL_OBJECT) {
        *selected = *subject;
        selected->next = NULL;
        return selected;
    }
    const nhipol_value *id, *type, *properties, *acts_for;
    if (!nhipol_once(subject, "id", &id) || !nhipol_once(subject, "type", &type)) return NULL;
    if (!nhipol_once(subject, "properties", &properties) || !nhipol_once(properties, NHIPOL_PRINCIPAL, &acts_for)) return NULL;
    put_again(arena, selected, id);
    put_again(arena, selected, type);
    if (properties != NULL && properties->kind == NHIPOL_OBJECT) {
        put_again(arena, nhipol_put(arena, selected, "properties", nhipol_new(arena, NHIPOL_OBJECT)), acts_for);
    } else {
        put_again(arena, selected, properties);
    }
    return selected;
}

bool nhipol_digest_of(const nhipol_call_parts *parts, nhipol_bytes policy, char digest[NHIPOL_DIGEST_ROOM]) {
    if (parts->subject == NULL || parts->action == NULL || parts->resource == NULL) return false;
    nhipol_text text = {0};
    nhipol_text_put(&text, "{\"action\":");
    bool fine = canonical(&text, parts->action, 1);
    nhipol_text_put(&text, ",\"policy\":");
    nhipol_write_string(&text, policy);
    nhipol_text_put(&text, ",\"resource\":");
    fine = fine && canonical(&text, parts->resource, 1);
    nhipol_text_put(&text, ",\"subject\":");
    fine = fine && !text.failed && nhipol_caller(&text, parts->subject);
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

bool nhipol_digest_of_text(const char *json, size_t length, nhipol_bytes policy, char digest[NHIPOL_DIGEST_ROOM]) {
    if (length > NHIPOL_REQUEST_ROOM) return false;
    nhipol_arena arena = {0};
    nhipol_call_parts parts = {0};
    const nhipol_value *request = nhipol_parse(&arena, json, length);
    bool found = nhipol_once(request, "subject", &parts.subject) && nhipol_once(request, "action", &parts.action) &&
                 nhipol_once(request, "resource", &parts.resource) && parts.subject != NULL;
    if (found) parts.subject = nhipol_caller_members(&arena, parts.subject);
    found = found && nhipol_digest_of(&parts, policy, digest);
    nhipol_arena_clear(&arena);
    return found;
}
