/*
 * From values to JSON text: see `nhipol_write_value`. Strings have only the escapes that RFC 8785 has.
 */
#include "nhipol_value.h"

#include "number.h"

#include <math.h>
#include <stdio.h>

/* Whether the three bytes are a lone surrogate, as `nhipol_parse` keeps it. */
static bool surrogate(const unsigned char *at, size_t left) {
    return left >= 3 && at[0] == 0xed && at[1] >= 0xa0 && at[1] <= 0xbf && (at[2] & 0xc0) == 0x80;
}

/* A byte that is not written as it is: a control character, a quote, a backslash, or the first of a lone surrogate. */
static bool special(unsigned char byte) { return byte < 0x20 || byte == '"' || byte == '\\' || byte == 0xed; }

/* Adds what is written for a special byte; gives how many bytes that was. */
static size_t write_special(nhipol_text *text, const unsigned char *at, size_t left) {
    static const char letters[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char written[8] = {'\\', (char)*at};
    if (*at == 0xed) {
        if (!surrogate(at, left)) {
            nhipol_text_add(text, (const char *)at, 1);
            return 1;
        }
        snprintf(written, sizeof written, "\\u%04x", 0xd000u | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu));
        nhipol_text_put(text, written);
        return 3;
    }
    if (*at < 0x20 && letters[*at] != 0) {
        written[1] = letters[*at];
    } else if (*at < 0x20) {
        snprintf(written, sizeof written, "\\u%04x", (unsigned)*at);
    }
    nhipol_text_put(text, written);
    return 1;
}

void nhipol_write_string(nhipol_text *text, nhipol_bytes string) {
    const unsigned char *bytes = (const unsigned char *)string.data;
    nhipol_text_add(text, "\"", 1);
    for (size_t at = 0; at < string.length;) {
        size_t plain = at;
        while (plain < string.length && !special(bytes[plain])) plain++;
        nhipol_text_add(text, string.data + at, plain - at);
        at = plain < string.length ? plain + write_special(text, bytes + plain, string.length - plain) : plain;
    }
    nhipol_text_add(text, "\"", 1);
}

static void write_integer(nhipol_text *text, int64_t integer) {
    char room[24], *at = room + sizeof room;
    uint64_t size = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    do {
        *--at = (char)('0' + size % 10);
        size /= 10;
    } while (size > 0);
    if (integer < 0) *--at = '-';
    nhipol_text_add(text, at, (size_t)(room + sizeof room - at));
}

void nhipol_write_step(nhipol_text *text, nhipol_bytes name) {
    bool plain = name.length > 0 && !(name.data[0] >= '0' && name.data[0] <= '9');
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];
        plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_');
    }
    nhipol_text_put(text, plain ? "." : "[");
    if (plain) {
        nhipol_text_add(text, name.data, name.length);
    } else {
        nhipol_write_string(text, name);
        nhipol_text_put(text, "]");
    }
}

void nhipol_write_value(nhipol_text *text, const nhipol_value *value) {
    char room[NHIPOL_NUMBER_ROOM];
    switch (value->kind) {
    case NHIPOL_NULL: nhipol_text_put(text, "null"); break;
    case NHIPOL_BOOL: nhipol_text_put(text, value->truth ? "true" : "false"); break;
    case NHIPOL_INTEGER: write_integer(text, value->integer); break;
    case NHIPOL_DOUBLE:
        if (isfinite(value->number)) {
            nhipol_text_add(text, room, nhipol_write_double(room, value->number));
        } else {
            nhipol_text_put(text, "null");
        }
        break;
    case NHIPOL_DECIMAL: nhipol_text_add(text, value->text.data, value->text.length); break;
    case NHIPOL_STRING: nhipol_write_string(text, value->text); break;
    case NHIPOL_ARRAY:
    case NHIPOL_OBJECT:
        nhipol_text_put(text, value->kind == NHIPOL_ARRAY ? "[" : "{");
        for (const nhipol_value *item = value->list.first; item != NULL; item = item->next) {
            if (item != value->list.first) nhipol_text_add(text, ",", 1);
            if (value->kind == NHIPOL_OBJECT) {
                nhipol_write_string(text, item->name);
                nhipol_text_add(text, ":", 1);
            }
            nhipol_write_value(text, item);
        }
        nhipol_text_put(text, value->kind == NHIPOL_ARRAY ? "]" : "}");
        break;
    }
}
