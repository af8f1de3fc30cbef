/*
 * Values compared as the conformance cases compare them: see `compare.h`.
 */
#include "compare.h"

#include "number.h"

static bool same_number(const nhipol_value *a, const nhipol_value *b) {
    nhipol_text first = {0}, second = {0};
    nhipol_write_value(&first, a);
    nhipol_write_value(&second, b);
    bool same = nhipol_same_number((nhipol_bytes){first.data, first.length}, (nhipol_bytes){second.data, second.length});
    nhipol_text_free(&first);
    nhipol_text_free(&second);
    return same;
}

static bool is_number(const nhipol_value *value) {
    return value->kind == NHIPOL_INTEGER || value->kind == NHIPOL_DECIMAL || value->kind == NHIPOL_DOUBLE;
}

bool tool_same(const nhipol_value *a, const nhipol_value *b) {
    if (a == NULL || b == NULL) return a == b;
    if (is_number(a) && is_number(b)) return same_number(a, b);
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case NHIPOL_BOOL: return a->truth == b->truth;
    case NHIPOL_STRING: return nhipol_bytes_equal(a->text, b->text);
    case NHIPOL_ARRAY:
    case NHIPOL_OBJECT: break;
    default: return true;
    }
    if (a->list.count != b->list.count) return false;
    const nhipol_value *other = b->list.first;
    for (const nhipol_value *item = a->list.first; item != NULL; item = item->next) {
        if (!tool_same(item, a->kind == NHIPOL_ARRAY ? other : nhipol_get_of(b, item->name))) return false;
        other = other->next;
    }
    return true;
}
