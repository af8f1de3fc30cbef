/*
 * From values to JSON text: see `nhipol_write_value`. Strings have only the escapes that RFC 8785 has.
 */
#include "nhipol_value.h"

#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Whether the three bytes are a lone surrogate, as `nhipol_parse` keeps it. */
static bool surrogate(const unsigned char *at, size_t left) {
    return left >= 3 && at[0] == 0xed && at[1] >= 0xa0 && at[1] <= 0xbf && (at[2] & 0xc0) == 0x80;
}

void nhipol_write_string(nhipol_text *text, nhipol_bytes string) {
    static const char letters[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    nhipol_text_add(text, "\"", 1);
    size_t plain = 0; /* bytes before this one are written */
    for (size_t i = 0; i < string.length; i++) {
        const unsigned char *at = (const unsigned char *)string.data + i;
        if (*at >= 0x20 && *at != '"' && *at != '\\' && *at != 0xed) continue;
        char written[8] = {'\\', (char)*at};
        size_t read = 1;
        if (*at == 0xed) {
            if (!surrogate(at, string.length - i)) continue;
            snprintf(written, sizeof written, "\\u%04x", 0xd000u | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu));
            read = 3;
        } else if (*at < 0x20) {
            if (letters[*at] != 0) {
                written[1] = letters[*at];
            } else {
                snprintf(written, sizeof written, "\\u%04x", (unsigned)*at);
            }
        }
        nhipol_text_add(text, string.data + plain, i - plain);
        nhipol_text_put(text, written);
        plain = i + read;
        i = plain - 1;
    }
    nhipol_text_add(text, string.data + plain, string.length - plain);
    nhipol_text_add(text, "\"", 1);
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
    case NHIPOL_NULL:
        nhipol_text_put(text, "null");
        break;
    case NHIPOL_BOOL:
        nhipol_text_put(text, value->truth ? "true" : "false");
        break;
    case NHIPOL_INTEGER:
        nhipol_text_add(text, room, (size_t)snprintf(room, sizeof room, "%" PRId64, value->integer));
        break;
    case NHIPOL_DOUBLE:
        if (isfinite(value->number)) {
            nhipol_text_add(text, room, nhipol_write_double(room, value->number));
        } else {
            nhipol_text_put(text, "null");
        }
        break;
    case NHIPOL_DECIMAL:
        nhipol_text_add(text, value->text.data, value->text.length);
        break;
    case NHIPOL_STRING:
        nhipol_write_string(text, value->text);
        break;
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
