/*
 * What an answer depends on: `read`, and whether it is good for one action alone.
 */
#include "contract.h"
#include "answering.h"

enum { FIRST_OF_PATHS = 16, LAST_OF_PATHS = 21 }; /* codes of errors that name a member */

static bool lists(const nhipol_value *rule, const char *name, uint32_t number) {
    const nhipol_value *numbers = nhipol_get(rule, name);
    if (numbers == NULL) return true;
    for (const nhipol_value *item = numbers->list.first; item != NULL; item = item->next) {
        if (item->integer == number) return true;
    }
    return false;
}

static bool applies(const nhipol_answering *a, const nhipol_value *rule) {
    return lists(rule, "subjects", a->result->subject) && lists(rule, "actions", a->result->action) &&
           lists(rule, "resources", a->result->resource);
}

/* Whether one of a rule's effects could have made the answer another. */
static bool bears(const nhipol_result *result, const nhipol_value *rule) {
    if ((result->flags & NHIPOL_DEFAULTED) != 0) return true;
    bool looser = result->effect == NHIPOL_NARROW || result->effect == NHIPOL_CHALLENGE;
    for (const nhipol_value *item = nhipol_get(rule, "effects")->list.first; item != NULL; item = item->next) {
        int effect = nhipol_effect_named(item);
        if (effect >= (int)result->effect || (looser && effect == NHIPOL_PERMIT)) return true;
    }
    return false;
}

static bool may_revoke(const nhipol_value *rule) {
    for (const nhipol_value *item = nhipol_get(rule, "effects")->list.first; item != NULL; item = item->next) {
        if (nhipol_effect_named(item) == NHIPOL_REVOKE) return true;
    }
    return false;
}

static bool among(const nhipol_rows *indexes, int64_t index) {
    for (uint32_t i = 0; i < indexes->count; i++) {
        if (indexes->items[i]->integer == index) return true;
    }
    return false;
}

/* Marks the entries of `reads` that the answer depends on by its rules. */
static void mark(nhipol_answering *a, bool *read) {
    const nhipol_result *r = a->result;
    bool faulty = (r->flags & NHIPOL_INVALID) != 0;
    bool named = faulty && r->error >= FIRST_OF_PATHS && r->error <= LAST_OF_PATHS;
    for (uint32_t i = 0; i < a->manifest->rules.count; i++) {
        const nhipol_value *rule = a->manifest->rules.items[i];
        if (!applies(a, rule) || !(named ? may_revoke(rule) : bears(r, rule))) continue;
        for (const nhipol_value *item = nhipol_get(rule, "read")->list.first; item != NULL; item = item->next) {
            if (named && !among(&a->manifest->terms, item->integer)) continue;
            read[item->integer] = true;
            if (among(&a->manifest->decisions, item->integer)) a->single_use = true;
        }
    }
}

void nhipol_answer_reads(nhipol_answering *a) {
    static const char *const all[] = {NHIPOL_REQUEST_MEMBERS};
    const nhipol_manifest *m = a->manifest;
    const nhipol_result *r = a->result;
    nhipol_bytes *texts = nhipol_arena_take(a->arena, (m->reads.count + m->choosers.count + 4) * sizeof *texts);
    bool *read = nhipol_arena_take(a->arena, m->reads.count * sizeof *read);
    if (texts == NULL || read == NULL) return;
    for (uint32_t i = 0; i < m->reads.count; i++) read[i] = false;
    size_t count = 0;
    if ((r->flags & (NHIPOL_INVALID | NHIPOL_CLOCK_WENT_BACK)) != 0) {
        for (size_t i = 0; i < 4; i++) texts[count++] = nhipol_bytes_of(all[i]);
    } else {
        for (uint32_t i = 0; i < m->choosers.count; i++) texts[count++] = m->choosers.items[i]->text;
    }
    if ((r->flags & NHIPOL_CLOCK_WENT_BACK) == 0 && ((r->flags & NHIPOL_INVALID) == 0 || r->error >= FIRST_OF_PATHS)) {
        if ((r->flags & NHIPOL_INVALID) == 0 || r->error <= LAST_OF_PATHS) mark(a, read);
    }
    for (uint32_t i = 0; i < m->reads.count; i++) {
        if (read[i]) texts[count++] = m->reads.items[i]->text;
    }
    nhipol_sort(texts, count);
    nhipol_value *array = nhipol_put(a->arena, a->context, "read", nhipol_new(a->arena, NHIPOL_ARRAY));
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && nhipol_bytes_equal(texts[i], texts[i - 1])) continue;
        nhipol_push(a->arena, array, nhipol_string_of(a->arena, texts[i]));
    }
    if (a->single_use) nhipol_put(a->arena, a->context, "single_use", nhipol_bool(a->arena, true));
}
