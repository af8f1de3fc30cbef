/*
 * The ids of reasons, straight from the manifest's bytes: for programs that ask by `nhipol.h` alone.
 *
 * The manifest is in the form of RFC 8785, without space. Nothing is allocated, nothing is kept: each look-up goes through
 * the manifest, so whoever needs a name often keeps it.
 */
#ifndef NHIPOL_REASON_H
#define NHIPOL_REASON_H

#include "nhipol_module.h"

#include <string.h>

/* Behind the string that begins at its quote; never beyond the end. */
static inline const char *nhipol_behind_string(const char *at, const char *end) {
    for (at++; at < end && *at != '"'; at++) {
        if (*at == '\\') at++;
    }
    return at < end ? at + 1 : end;
}

/* Behind the value that begins there. */
static inline const char *nhipol_behind_value(const char *at, const char *end) {
    for (int depth = 0; at < end;) {
        if (*at == '"') {
            at = nhipol_behind_string(at, end);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            if (depth == 0) return at;
            depth--;
            at++;
        } else if (*at == ',' && depth == 0) {
            return at;
        } else {
            at++;
            continue;
        }
        if (depth == 0) return at;
    }
    return at;
}

/* The value of an object's member, or NULL. */
static inline const char *nhipol_member_value(const char *object, const char *end, const char *name) {
    size_t length = strlen(name);
    const char *at = object + 1;
    while (at < end && *at == '"') {
        const char *behind = nhipol_behind_string(at, end);
        if ((size_t)(behind - at) == length + 2 && memcmp(at + 1, name, length) == 0)
            return behind + 1 < end ? behind + 1 : NULL;
        at = nhipol_behind_value(behind + 1, end) + 1;
    }
    return NULL;
}

/* The id of the reason that a result tells by index, not ended by a zero; NULL: there is none. */
static inline const char *nhipol_reason_id(const nhipol_module *module, uint32_t index, size_t *length) {
    const char *end = module->manifest + module->manifest_length;
    const char *at = nhipol_member_value(module->manifest, end, "reasons");
    if (at == NULL || *at != '[') return NULL;
    at++;
    for (; index > 0 && at < end && *at == '{'; index--) at = nhipol_behind_value(at, end) + 1;
    const char *id = index == 0 && at < end && *at == '{' ? nhipol_member_value(at, end, "id") : NULL;
    if (id == NULL || *id != '"') return NULL;
    *length = (size_t)(nhipol_behind_string(id, end) - id) - 2;
    return id + 1;
}

#endif
