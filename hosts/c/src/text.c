/*
 * Texts that grow: see `internal.h`.
 */
#include "internal.h"

void nhipol_text_clear(nhipol_text *text) {
    text->length = 0;
    text->failed = false;
}

/* Makes room for more bytes; returns where they start. NULL: there is no memory. */
static char *reserve(nhipol_text *text, size_t length) {
    if (length > text->capacity - text->length) {
        size_t capacity = (text->length + length) * 2 + 256;
        char *data = text->failed ? NULL : realloc(text->data, capacity);
        text->failed = data == NULL;
        if (data == NULL) return NULL;
        text->data = data;
        text->capacity = capacity;
    }
    return text->data + text->length;
}

void nhipol_text_add(nhipol_text *text, const char *bytes, size_t length) {
    char *at = reserve(text, length);
    if (at == NULL || length == 0) return;
    memcpy(at, bytes, length);
    text->length += length;
}

void nhipol_text_byte(nhipol_text *text, char byte) {
    char *at = reserve(text, 1);
    if (at == NULL) return;
    *at = byte;
    text->length++;
}

void nhipol_text_put(nhipol_text *text, const char *string) { nhipol_text_add(text, string, strlen(string)); }

void nhipol_text_quote(nhipol_text *text, const char *bytes, size_t length) {
    char *at = reserve(text, 6 * length + 2); /* as if all were escaped */
    if (at == NULL) return;
    *at++ = '"';
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte < 0x20) {
            at += sprintf(at, "\\u%04x", byte);
        } else {
            if (byte == '"' || byte == '\\') *at++ = '\\';
            *at++ = (char)byte;
        }
    }
    *at++ = '"';
    text->length = (size_t)(at - text->data);
}

/* The length of the sequence that a byte starts, and the range of its second byte (Unicode, table 3-7); 0: none. */
static size_t sequence(unsigned char first, unsigned char *low, unsigned char *high) {
    *low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    *high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first < 0xc2 || first > 0xf4) return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

bool nhipol_is_utf8(const char *bytes, size_t length) {
    size_t i = 0;
    while (i < length) {
        uint64_t eight;
        if (length - i >= 8 && (memcpy(&eight, bytes + i, 8), (eight & 0x8080808080808080) == 0)) {
            i += 8;
            continue;
        }
        unsigned char first = (unsigned char)bytes[i++], low, high;
        if (first < 0x80) continue;
        size_t rest = sequence(first, &low, &high);
        if (rest == 0 || rest - 1 > length - i) return false;
        for (; rest > 1; rest--, low = 0x80, high = 0xbf) {
            unsigned char next = (unsigned char)bytes[i++];
            if (next < low || next > high) return false;
        }
    }
    return true;
}
