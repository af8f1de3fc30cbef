/*
 * Reads JSON in place: see `nhipol.h`. In: a text of any content. Nothing outside of it is read, and text that is not JSON
 * ends a list or has no members.
 */
#include "internal.h"

static const char *skip_space(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

/* The end of a value that starts here; NULL: it has none. */
static const char *skip_value(const char *at, const char *end) {
    const char *start = at;
    bool in_string = false;
    for (size_t depth = 0; at < end; at++) {
        if (in_string) {
            if (*at == '\\')
                at++;
            else if (*at == '"' && depth == 0)
                return at + 1;
            else
                in_string = *at != '"';
        } else if (*at == '"') {
            in_string = true;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if (depth > 0) {
            if ((*at == '}' || *at == ']') && --depth == 0) return at + 1;
        } else if (strchr(",]} \n\r\t", *at) != NULL) {
            return at > start ? at : NULL;
        }
    }
    return NULL;
}

int nhipol_next(nhipol_value *rest, nhipol_value *name, nhipol_value *value) {
    const char *end = rest->text + rest->length, *at = skip_space(rest->text, end);
    if (at >= end || (*at != '[' && *at != '{' && *at != ',')) return 0;
    at = skip_space(at + 1, end);
    if (at >= end || *at == ']' || *at == '}') return 0;
    const char *start = at;
    at = skip_value(at, end);
    const char *colon = at == NULL ? NULL : skip_space(at, end);
    bool is_member = colon != NULL && colon < end && *colon == ':' && *start == '"';
    if (name != NULL) *name = (nhipol_value){start, is_member ? (size_t)(at - start) : 0};
    if (is_member) {
        start = skip_space(colon + 1, end);
        at = skip_value(start, end);
    }
    if (at == NULL) return 0;
    *value = (nhipol_value){start, (size_t)(at - start)};
    at = skip_space(at, end);
    *rest = (nhipol_value){at, (size_t)(end - at)};
    return 1;
}

int nhipol_get(const nhipol_value *object, const char *name, nhipol_value *member) {
    nhipol_value rest = *object, key, value;
    while (nhipol_next(&rest, &key, &value)) {
        if (!nhipol_equals(&key, name)) continue;
        *member = value;
        return 1;
    }
    return 0;
}

static uint32_t hex4(const char *at, const char *end) {
    char digits[5] = {0};
    if (end - at < 4) return 0xfffd;
    memcpy(digits, at, 4);
    return (uint32_t)strtoul(digits, NULL, 16);
}

static size_t encode(uint32_t code, char bytes[4]) {
    size_t rest = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
    bytes[0] = (char)(first[rest] | code >> 6 * rest);
    for (size_t i = 1; i <= rest; i++) bytes[i] = (char)(0x80 | (code >> 6 * (rest - i) & 0x3f));
    return rest + 1;
}

/* Decodes the next character of a string; returns its length in UTF-8. */
static size_t decode(const char **next, const char *end, char bytes[4]) {
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *at = *next;
    bytes[0] = *at;
    *next = at + 1;
    if (*at != '\\' || ++at == end) return 1;
    const char *place = *at == 0 ? NULL : strchr(from, *at);
    bytes[0] = *at;
    if (place != NULL) bytes[0] = to[place - from];
    *next = at + 1;
    if (*at != 'u') return 1;
    uint32_t code = hex4(at + 1, end);
    ptrdiff_t used = 5;
    if (code >> 10 == 0x36 && end - at >= 11 && at[5] == '\\' && at[6] == 'u') {
        code = 0x10000 + ((code & 0x3ff) << 10 | (hex4(at + 7, end) & 0x3ff));
        used = 11;
    }
    *next = used < end - at ? at + used : end;
    return encode(code, bytes);
}

size_t nhipol_string(const nhipol_value *value, char *buffer, size_t size) {
    size_t length = 0;
    char bytes[4];
    const char *at = value->text + 1, *end = value->text + value->length - 1;
    if (value->length < 2 || value->text[0] != '"') end = at;
    while (at < end) {
        size_t count = decode(&at, end, bytes);
        for (size_t i = 0; i < count; i++, length++) {
            if (length + 1 < size) buffer[length] = bytes[i];
        }
    }
    if (size > 0) buffer[length < size ? length : size - 1] = 0;
    return length;
}

int nhipol_equals(const nhipol_value *string, const char *text) {
    if (string->length < 2 || string->text[0] != '"') return 0;
    char bytes[4];
    const char *at = string->text + 1, *end = string->text + string->length - 1;
    while (at < end) {
        size_t count = decode(&at, end, bytes);
        if (strncmp(text, bytes, count) != 0) return 0;
        text += count;
    }
    return *text == 0;
}

double nhipol_number(const nhipol_value *value) {
    char digits[400];
    if (value->length == 0 || value->length >= sizeof digits || strchr("-0123456789", value->text[0]) == NULL) return NAN;
    memcpy(digits, value->text, value->length);
    digits[value->length] = 0;
    return strtod(digits, NULL);
}
