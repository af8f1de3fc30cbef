/*
 * External tables: the policy keeps the texts, instances load what they lack before they are asked next.
 */
#include "contract.h"
#include "nhipol_session.h"
#include "policy.h"

#include <stdio.h>

bool nhipol_faulty(nhipol_fault *fault, const char *code, const char *expected, const char *found) {
    *fault = (nhipol_fault){0};
    fault->error =
        nhipol_error_value(&fault->arena, code, nhipol_bytes_of("$"), nhipol_bytes_of(expected), nhipol_bytes_of(found), 0);
    return false;
}

void nhipol_fault_clear(nhipol_fault *fault) {
    nhipol_arena_clear(&fault->arena);
    fault->error = NULL;
}

void nhipol_tables_clear(nhipol_policy *policy) {
    for (uint32_t i = 0; policy->tables != NULL && i < policy->manifest.tables.count; i++) free(policy->tables[i].data);
    free(policy->tables);
}

nhipol_status nhipol_bring_tables(const nhipol_policy *policy, nhipol *n, uint64_t *version) {
    pthread_rwlock_t *lock = (pthread_rwlock_t *)&policy->tables_lock;
    nhipol_status status = NHIPOL_OK;
    uint64_t held = *version;
    pthread_rwlock_rdlock(lock);
    for (uint32_t i = 0; status == NHIPOL_OK && i < policy->manifest.tables.count; i++) {
        const nhipol_table_text *text = &policy->tables[i];
        nhipol_outcome outcome;
        if (text->version <= held) continue;
        status = text->data == NULL ? nhipol_drop_table(n, i) : nhipol_load_table(n, i, text->data, text->length, &outcome);
    }
    if (status == NHIPOL_OK) *version = atomic_load_explicit(&policy->version, memory_order_relaxed);
    pthread_rwlock_unlock(lock);
    return status;
}

/* The place of a table by name, or a fault. */
static bool named(const nhipol_policy *policy, const char *name, uint32_t *index, nhipol_fault *fault) {
    nhipol_text names = {0};
    nhipol_text_put(&names, NHIPOL_TEXT_TABLE_NAMES);
    for (uint32_t i = 0; i < policy->manifest.tables.count; i++) {
        nhipol_bytes one = nhipol_get(policy->manifest.tables.items[i], "name")->text;
        if (nhipol_bytes_equal(one, nhipol_bytes_of(name))) {
            nhipol_text_free(&names);
            *index = i;
            return true;
        }
        if (i > 0) nhipol_text_put(&names, ", ");
        nhipol_text_add(&names, one.data, one.length);
    }
    nhipol_text_add(&names, "", 1);
    nhipol_faulty(fault, "unknown_table", policy->manifest.tables.count == 0 ? NHIPOL_TEXT_NO_TABLE : names.data, NHIPOL_TEXT_UNKNOWN_TABLE);
    nhipol_text_free(&names);
    return false;
}

/* The string whose quotes are at an offset of the text. */
static nhipol_value *key_at(nhipol_arena *arena, const char *json, size_t length, uint32_t offset) {
    size_t end = (size_t)offset + 1;
    while (end < length && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    return end < length ? nhipol_parse(arena, json + offset, end + 1 - offset) : NULL;
}

static void add_key(nhipol_text *text, nhipol_arena *arena, const char *json, size_t length, uint32_t offset) {
    if (offset == NHIPOL_NONE) return;
    const nhipol_value *key = key_at(arena, json, length, offset);
    if (key != NULL && key->kind == NHIPOL_STRING) nhipol_write_step(text, key->text);
}

static nhipol_bytes expected_at(const nhipol_outcome *o, const nhipol_value *table) {
    const nhipol_value *value = nhipol_get(table, "value");
    const nhipol_value *told = nhipol_get(value, o->where == 3 ? "element" : "expected");
    if (o->where < 2 || told == NULL) return nhipol_bytes_of(NHIPOL_TEXT_OBJECT);
    return told->text;
}

/* What the outcome says, as an error. */
static bool told(nhipol_fault *fault, const nhipol_outcome *o, const nhipol_value *table, const char *json, size_t length) {
    *fault = (nhipol_fault){0};
    const nhipol_error_row *row = nhipol_error_of(o->code);
    if (row == NULL) return nhipol_faulty(fault, "engine_error", "an outcome that conforms to the ABI", NHIPOL_VIOLATION_UNKNOWN_ERROR);
    nhipol_text path = {0}, expected = {0}, found = {0};
    nhipol_text_put(&path, "$");
    if (o->code > NHIPOL_CODE_TOO_LARGE) {
        add_key(&path, &fault->arena, json, length, o->keys[0]);
        add_key(&path, &fault->arena, json, length, o->keys[1]);
        char place[16];
        if (o->element != NHIPOL_NONE)
            nhipol_text_add(&path, place, (size_t)snprintf(place, sizeof place, "[%u]", (unsigned)o->element));
    }
    if (row->expected != NULL) {
        nhipol_text_put(&expected, row->expected);
    } else if (o->code == NHIPOL_CODE_WRONG_KEY) {
        const nhipol_value *key = nhipol_get(table, "keys")->list.first;
        if (o->where == 1 && key->next != NULL) key = key->next;
        nhipol_text_put(&expected, NHIPOL_TEXT_KEY_THAT_IS);
        nhipol_text_add(&expected, nhipol_get(key, "expected")->text.data, nhipol_get(key, "expected")->text.length);
    } else {
        nhipol_bytes words = expected_at(o, table);
        nhipol_text_add(&expected, words.data, words.length);
    }
    const nhipol_value *key = o->code == NHIPOL_CODE_WRONG_KEY ? key_at(&fault->arena, json, length, o->offset) : NULL;
    const char *words = nhipol_found_text(o->found);
    if (row->found != NULL) {
        nhipol_text_put(&found, row->found);
    } else if (key != NULL && key->kind == NHIPOL_STRING) {
        nhipol_write_string(&found, key->text);
    } else {
        nhipol_text_put(&found, words == NULL ? NHIPOL_TEXT_OTHER_VALUE : words);
    }
    fault->error = nhipol_error_value(&fault->arena, row->name, (nhipol_bytes){path.data, path.length},
                                      (nhipol_bytes){expected.data, expected.length},
                                      (nhipol_bytes){found.data, found.length}, o->offset);
    nhipol_text_free(&path);
    nhipol_text_free(&expected);
    nhipol_text_free(&found);
    return false;
}

/* What a table holds from now on, for the instances that are behind. */
static void keep(nhipol_policy *policy, uint32_t index, char *data, size_t length) {
    pthread_rwlock_wrlock(&policy->tables_lock);
    uint64_t version = atomic_load_explicit(&policy->version, memory_order_relaxed) + 1;
    free(policy->tables[index].data);
    policy->tables[index] = (nhipol_table_text){data, length, version};
    atomic_store_explicit(&policy->version, version, memory_order_release);
    pthread_rwlock_unlock(&policy->tables_lock);
}

/* One instance loads the text first: what it refuses reaches no other. */
static bool load(nhipol_policy *policy, uint32_t index, const char *json, size_t length, nhipol_fault *fault) {
    nhipol n;
    uint64_t version = 0;
    nhipol_outcome outcome = {0};
    nhipol_status status = nhipol_policy_instance(policy, &n, policy->limits.tables_bytes);
    if (status == NHIPOL_OK) {
        status = nhipol_bring_tables(policy, &n, &version);
        if (status == NHIPOL_OK) status = nhipol_load_table(&n, index, json, length, &outcome);
        nhipol_destroy(&n);
    }
    if (status == NHIPOL_ERROR) return told(fault, &outcome, policy->manifest.tables.items[index], json, length);
    if (status == NHIPOL_NO_MEMORY) {
        char expected[64];
        snprintf(expected, sizeof expected, NHIPOL_TEXT_TABLE_BYTES, policy->limits.tables_bytes);
        return nhipol_faulty(fault, "out_of_memory", expected, NHIPOL_TEXT_OVERSIZED_DOCUMENT);
    }
    if (status != NHIPOL_OK) return nhipol_faulty(fault, "engine_error", NHIPOL_ENGINE_NO_TRAP, "a trap");
    char *copy = malloc(length + 1);
    if (copy == NULL) return nhipol_faulty(fault, "out_of_memory", "memory for the text", "none");
    memcpy(copy, json, length);
    keep(policy, index, copy, length);
    return true;
}

bool nhipol_load_table_named(nhipol_policy *policy, const char *name, const char *json, size_t length,
                             nhipol_fault *fault) {
    uint32_t index = 0;
    *fault = (nhipol_fault){0};
    if (!named(policy, name, &index, fault)) return false;
    pthread_mutex_lock(&policy->loading);
    bool loaded = load(policy, index, json, length, fault);
    pthread_mutex_unlock(&policy->loading);
    return loaded;
}

bool nhipol_drop_table_named(nhipol_policy *policy, const char *name, nhipol_fault *fault) {
    uint32_t index = 0;
    *fault = (nhipol_fault){0};
    if (!named(policy, name, &index, fault)) return false;
    pthread_mutex_lock(&policy->loading);
    keep(policy, index, NULL, 0);
    pthread_mutex_unlock(&policy->loading);
    return true;
}
