/*
 * From JSON text to values: see `nhipol_parse`.
 *
 * In: bytes. Out: values in the arena, or NULL for anything but one JSON text in UTF-8. Names may come twice: whoever
 * reads the values says what that means.
 */
#include "nhipol_value.h"

#include "forms.h"

#include <string.h>

enum { MOST_LEVELS = 128 };

typedef struct {
    nhipol_arena *arena;
    const char *at, *end;
    int level;
} reader;

static nhipol_value *value(reader *r);

static void space(reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r')) r->at++;
}

static bool taken(reader *r, char byte) {
    if (r->at == r->end || *r->at != byte) return false;
    r->at++;
    return true;
}

static bool word(reader *r, const char *letters) {
    size_t length = strlen(letters);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, letters, length) != 0) return false;
    r->at += length;
    return true;
}

/* Four hexadecimal digits, or -1. */
static long unit(reader *r) {
    long code = 0;
    if (r->end - r->at < 4) return -1;
    for (int i = 0; i < 4; i++, r->at++) {
        char c = *r->at;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code;
}

static char *encoded(char *out, long code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        if (code < 0x10000) {
            *out++ = (char)(0xe0 | code >> 12);
        } else {
            *out++ = (char)(0xf0 | code >> 18);
            *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

/* What follows a backslash; the text that it stands for is never longer than it. */
static char *escape(reader *r, char *out) {
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end) return NULL;
    char letter = *r->at++;
    const char *found = letter == 0 ? NULL : strchr(letters, letter);
    if (found != NULL) {
        *out++ = meanings[found - letters];
        return out;
    }
    if (letter != 'u') return NULL;
    long code = unit(r);
    if (code < 0) return NULL;
    if (code >= 0xd800 && code < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u') {
        const char *before = r->at;
        r->at += 2;
        long low = unit(r);
        if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        } else {
            r->at = before; /* a lone one: what follows is read for itself */
        }
    }
    return encoded(out, code);
}

static bool string(reader *r, nhipol_bytes *read) {
    if (!taken(r, '"')) return false;
    const char *close = r->at;
    while (close < r->end && *close != '"') close += *close == '\\' && close + 1 < r->end ? 2 : 1;
    if (close >= r->end) return false;
    char *out = nhipol_arena_take(r->arena, (size_t)(close - r->at));
    if (out == NULL) return false;
    read->data = out;
    while (r->at < close) {
        unsigned char byte = (unsigned char)*r->at;
        if (byte < 0x20) return false;
        if (byte == '\\') {
            r->at++;
            out = escape(r, out);
            if (out == NULL || r->at > close) return false;
        } else {
            size_t length = nhipol_character(r->at, close);
            if (length == 0) return false;
            memcpy(out, r->at, length);
            out += length;
            r->at += length;
        }
    }
    read->length = (size_t)(out - read->data);
    return taken(r, '"');
}

static bool digits(reader *r) {
    const char *before = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    return r->at > before;
}

static nhipol_value *number(reader *r) {
    const char *start = r->at;
    bool negative = taken(r, '-'), whole = true;
    const char *first = r->at;
    if (!digits(r) || (*first == '0' && r->at - first > 1)) return NULL;
    size_t length = (size_t)(r->at - first);
    if (taken(r, '.')) {
        whole = false;
        if (!digits(r)) return NULL;
    }
    if (taken(r, 'e') || taken(r, 'E')) {
        whole = false;
        if (!taken(r, '-')) taken(r, '+');
        if (!digits(r)) return NULL;
    }
    if (whole && length <= 18 && !(negative && *first == '0')) {
        int64_t integer = 0;
        for (size_t i = 0; i < length; i++) integer = integer * 10 + (first[i] - '0');
        return nhipol_integer(r->arena, negative ? -integer : integer);
    }
    nhipol_value *read = nhipol_string_of(r->arena, (nhipol_bytes){start, (size_t)(r->at - start)});
    read->kind = NHIPOL_DECIMAL;
    return read;
}

static nhipol_value *list(reader *r, nhipol_kind kind, char close) {
    nhipol_value *read = nhipol_new(r->arena, kind);
    space(r);
    if (taken(r, close)) return read;
    do {
        nhipol_bytes name = {"", 0};
        space(r);
        if (kind == NHIPOL_OBJECT) {
            if (!string(r, &name)) return NULL;
            space(r);
            if (!taken(r, ':')) return NULL;
        }
        nhipol_value *element = value(r);
        if (element == NULL) return NULL;
        element->name = name;
        nhipol_push(r->arena, read, element);
        space(r);
    } while (taken(r, ','));
    return taken(r, close) ? read : NULL;
}

static nhipol_value *value(reader *r) {
    space(r);
    if (r->at == r->end || r->level == MOST_LEVELS) return NULL;
    nhipol_value *read = NULL;
    nhipol_bytes text;
    r->level++;
    if (taken(r, '{')) {
        read = list(r, NHIPOL_OBJECT, '}');
    } else if (taken(r, '[')) {
        read = list(r, NHIPOL_ARRAY, ']');
    } else if (*r->at == '"') {
        if (string(r, &text)) {
            read = nhipol_new(r->arena, NHIPOL_STRING);
            read->text = text;
        }
    } else if (word(r, "null")) {
        read = nhipol_new(r->arena, NHIPOL_NULL);
    } else if (word(r, "true")) {
        read = nhipol_bool(r->arena, true);
    } else if (word(r, "false")) {
        read = nhipol_bool(r->arena, false);
    } else {
        read = number(r);
    }
    r->level--;
    return r->arena->failed ? NULL : read;
}

nhipol_value *nhipol_parse(nhipol_arena *arena, const char *json, size_t length) {
    reader r = {.arena = arena, .at = json, .end = json + length};
    nhipol_value *read = value(&r);
    space(&r);
    return r.at == r.end ? read : NULL;
}
