/*
 * Values of JSON: see `tool.h`.
 */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

/* A string's characters; must be freed. */
static char *characters(const nhipol_value *string, size_t *length) {
    char *text = malloc(string->length + 1);
    *length = text == NULL ? 0 : nhipol_string(string, text, string->length + 1);
    return text;
}

static void add(tool_value *value, tool_call call) { value->calls[value->count++] = call; }

static void add_string(tool_value *value, char kind, const nhipol_value *string) {
    tool_call call = {.kind = kind};
    call.text = characters(string, &call.length);
    add(value, call);
}

static void add_number(tool_value *value, const nhipol_value *json) {
    char digits[400] = "";
    memcpy(digits, json->text, json->length < sizeof digits ? json->length : sizeof digits - 1);
    if (strpbrk(digits, ".eE") == NULL && json->length < 19) {
        add(value, (tool_call){.kind = 'i', .integer = strtoll(digits, NULL, 10)});
    } else {
        add(value, (tool_call){.kind = 'd', .number = strtod(digits, NULL)});
    }
}

static void add_value(tool_value *value, const nhipol_value *json) {
    nhipol_value rest = *json, name, item;
    char first = json->text[0];
    if (first == '"') {
        add_string(value, first, json);
    } else if (strchr("{[ntf", first) == NULL) {
        add_number(value, json);
    } else {
        add(value, (tool_call){.kind = first});
        if (first != '{' && first != '[') return;
        while (nhipol_next(&rest, &name, &item)) {
            if (first == '{') add_string(value, ':', &name);
            add_value(value, &item);
        }
        add(value, (tool_call){.kind = 'e'});
    }
}

/* Each call takes at least one byte of JSON. The rest is released: a program has its values close together. */
tool_value tool_value_of(const nhipol_value *json) {
    tool_value value = {calloc(json->length + 1, sizeof(tool_call)), 0};
    if (value.calls != NULL) add_value(&value, json);
    tool_call *calls = realloc(value.calls, (value.count + 1) * sizeof(tool_call));
    if (calls != NULL) value.calls = calls;
    return value;
}

void tool_value_write(nhipol_writer *writer, const tool_value *value) {
    for (size_t i = 0; i < value->count; i++) {
        const tool_call *call = &value->calls[i];
        switch (call->kind) {
        case '{': nhipol_write_object(writer); break;
        case '[': nhipol_write_array(writer); break;
        case 'e': nhipol_write_end(writer); break;
        case ':': nhipol_write_name(writer, call->text, call->length); break;
        case '"': nhipol_write_string(writer, call->text, call->length); break;
        case 'i': nhipol_write_integer(writer, call->integer); break;
        case 'd': nhipol_write_double(writer, call->number); break;
        case 'n': nhipol_write_null(writer); break;
        default: nhipol_write_bool(writer, call->kind == 't');
        }
    }
}

void tool_value_free(tool_value *value) {
    for (size_t i = 0; i < value->count; i++) free(value->calls[i].text);
    free(value->calls);
}

static bool same_string(const nhipol_value *a, const nhipol_value *b) {
    size_t x_length, y_length;
    char *x = characters(a, &x_length), *y = characters(b, &y_length);
    bool same = x_length == y_length && memcmp(x, y, x_length) == 0;
    free(x);
    free(y);
    return same;
}

/* A number as its digits without zeros at the ends, and the power of ten of the last one. */
typedef struct {
    char digits[512];
    size_t count;
    long power;
    bool is_negative;
} decimal;

static void read_decimal(const nhipol_value *value, decimal *d) {
    *d = (decimal){.count = 0};
    bool has_point = false;
    for (size_t i = 0; i < value->length && d->count < sizeof d->digits; i++) {
        char each = value->text[i];
        if (each == '-') d->is_negative = true;
        if (each == '.') has_point = true;
        if (each == 'e' || each == 'E') {
            d->power += strtol(value->text + i + 1, NULL, 10);
            break;
        }
        if (each < '0' || each > '9') continue;
        if (has_point) d->power--;
        if (each != '0' || d->count > 0) d->digits[d->count++] = each;
    }
    while (d->count > 0 && d->digits[d->count - 1] == '0') d->count--, d->power++;
    if (d->count == 0) *d = (decimal){.count = 0};
}

static bool same_number(const nhipol_value *a, const nhipol_value *b) {
    decimal x, y;
    read_decimal(a, &x);
    read_decimal(b, &y);
    return x.count == y.count && x.power == y.power && x.is_negative == y.is_negative &&
           memcmp(x.digits, y.digits, x.count) == 0;
}

/* The member of the object with this name, in any spelling. */
static bool member(const nhipol_value *object, const nhipol_value *name, nhipol_value *found) {
    nhipol_value rest = *object, other;
    while (nhipol_next(&rest, &other, found)) {
        if (same_string(&other, name)) return true;
    }
    return false;
}

bool tool_same(const nhipol_value *a, const nhipol_value *b) {
    char first = 0;
    if (a->length > 0) first = a->text[0];
    bool is_object = first == '{';
    if (a->length == b->length && memcmp(a->text, b->text, a->length) == 0) return true;
    if (b->length == 0 || first == 0) return false;
    if (first == '-' || (first >= '0' && first <= '9'))
        return strchr("-0123456789", b->text[0]) != NULL && same_number(a, b);
    if (b->text[0] != first) return false;
    if (first == '"') return same_string(a, b);
    if (!is_object && first != '[') return false;
    nhipol_value x = *a, y = *b, name, item, other;
    size_t count = 0;
    for (; nhipol_next(&x, &name, &item); count++) {
        bool is_there = is_object ? member(b, &name, &other) : nhipol_next(&y, NULL, &other);
        if (!is_there || !tool_same(&item, &other)) return false;
    }
    y = *b;
    while (nhipol_next(&y, NULL, &other)) count--;
    return count == 0;
}
