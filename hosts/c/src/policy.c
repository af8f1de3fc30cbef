/*
 * Policies and decisions: see `nhipol.h`.
 */
#include "internal.h"

#include <time.h>

enum { DEFAULT_INSTANCES = 64, DEFAULT_TABLE_BYTES = 64 << 20, DEFAULT_SESSION_BYTES = 1 << 30 };

/* Copies a string of the manifest, which is empty if there is none. */
static void copy_string(const nhipol_policy *policy, const char *member, char *buffer, size_t size) {
    nhipol_value manifest = {policy->module->manifest, policy->module->manifest_length}, part, string = {"", 0};
    if (nhipol_get(&manifest, "policy", &part)) nhipol_get(&part, member, &string);
    nhipol_string(&string, buffer, size);
}

nhipol_policy *nhipol_load(const nhipol_module *module, size_t table_bytes, size_t session_bytes, uint32_t max_instances,
                           nhipol_answer *answer) {
    nhipol_answer_start(answer);
    nhipol_policy *policy = nhipol_allocate(sizeof *policy, answer);
    if (policy == NULL) return NULL;
    *policy = (nhipol_policy){
        .module = module,
        .table_bytes = table_bytes == 0 ? DEFAULT_TABLE_BYTES : table_bytes,
        .session_bytes = session_bytes == 0 ? DEFAULT_SESSION_BYTES : session_bytes,
        .max_instances = max_instances == 0 ? DEFAULT_INSTANCES : max_instances,
        .instances = 1,
        .pool_lock = PTHREAD_MUTEX_INITIALIZER,
        .tables_lock = PTHREAD_MUTEX_INITIALIZER,
        .returned = PTHREAD_COND_INITIALIZER,
    };
    copy_string(policy, "name", policy->name, sizeof policy->name);
    copy_string(policy, "version", policy->version, sizeof policy->version);
    policy->idle = nhipol_instance_new(module, policy->table_bytes, answer);
    if (policy->idle != NULL) return policy;
    nhipol_free(policy);
    return NULL;
}

void nhipol_free(nhipol_policy *policy) {
    if (policy == NULL) return;
    while (policy->idle != NULL) {
        nhipol_instance *next = policy->idle->next;
        nhipol_instance_free(policy->idle);
        policy->idle = next;
    }
    while (policy->tables != NULL) {
        nhipol_table *next = policy->tables->next;
        free(policy->tables);
        policy->tables = next;
    }
    pthread_cond_destroy(&policy->returned);
    pthread_mutex_destroy(&policy->tables_lock);
    pthread_mutex_destroy(&policy->pool_lock);
    free(policy);
}

const char *nhipol_manifest(const nhipol_policy *policy, size_t *length) {
    *length = policy->module->manifest_length;
    return policy->module->manifest;
}

const char *nhipol_name(const nhipol_policy *policy) { return policy->name; }
const char *nhipol_version(const nhipol_policy *policy) { return policy->version; }

double nhipol_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return floor((double)time.tv_sec * 1000 + (double)time.tv_nsec / 1e6);
}

static void give(nhipol_policy *policy, nhipol_instance *instance) {
    bool is_dropped = instance == NULL || instance->failed;
    if (is_dropped) nhipol_instance_free(instance);
    pthread_mutex_lock(&policy->pool_lock);
    if (is_dropped) {
        policy->instances--;
    } else {
        instance->next = policy->idle;
        policy->idle = instance;
    }
    pthread_cond_signal(&policy->returned);
    pthread_mutex_unlock(&policy->pool_lock);
}

/* An instance with the current tables; waits while as many as allowed are in use. NULL: it could not be made. */
static nhipol_instance *take(nhipol_policy *policy, nhipol_answer *answer) {
    pthread_mutex_lock(&policy->pool_lock);
    while (policy->idle == NULL && policy->instances >= policy->max_instances) {
        pthread_cond_wait(&policy->returned, &policy->pool_lock);
    }
    nhipol_instance *instance = policy->idle;
    if (instance != NULL) {
        policy->idle = instance->next;
    } else {
        policy->instances++;
    }
    pthread_mutex_unlock(&policy->pool_lock);
    if (instance == NULL) instance = nhipol_instance_new(policy->module, policy->table_bytes, answer);
    if (instance != NULL && nhipol_update_tables(policy, instance, answer)) return instance;
    give(policy, instance);
    return NULL;
}

int nhipol_decide(nhipol_policy *policy, const char *json, size_t length, double now, int clock, nhipol_answer *answer) {
    nhipol_instance *instance = take(policy, answer);
    if (instance == NULL) return NHIPOL_DENY;
    uint32_t form = answer == NULL ? NHIPOL_FORM_HEADER : NHIPOL_FORM_UNLESS_KEYED;
    uint32_t size = nhipol_put_request(instance, json, length);
    uint32_t address = NHIPOL_CALL(instance, decide, size, now, clock == NHIPOL_REQUEST_CLOCK, form);
    int effect = nhipol_read(instance, address, form, answer);
    give(policy, instance);
    return effect;
}

int nhipol_could(nhipol_policy *policy, const char *json, size_t length, double now, int clock, nhipol_answer *answer) {
    if (policy->module->could == NULL) {
        nhipol_engine_error(answer, NHIPOL_ENGINE_POSSIBILITY, NHIPOL_ENGINE_NO_POSSIBILITY);
        return 0;
    }
    nhipol_instance *instance = take(policy, answer);
    if (instance == NULL) return 0;
    uint32_t form = answer == NULL ? NHIPOL_FORM_HEADER : NHIPOL_FORM_UNLESS_KEYED;
    uint32_t size = nhipol_put_request(instance, json, length);
    uint32_t address = NHIPOL_CALL(instance, could, size, now, clock == NHIPOL_REQUEST_CLOCK, form);
    int is_possible = nhipol_read_possibility(instance, address, answer);
    give(policy, instance);
    return is_possible;
}

/* Fills a table of an instance, or empties it; returns 0 and the error if the module refuses. */
static int change_table(nhipol_instance *instance, const nhipol_table *table, nhipol_answer *answer) {
    if (!table->is_loaded) return nhipol_read_change(instance, NHIPOL_CALL(instance, table_drop, table->number), answer);
    nhipol_put_text(instance, instance->module->table_text, table->contents, table->length);
    return nhipol_read_change(instance, NHIPOL_CALL(instance, table_load, table->number), answer);
}

bool nhipol_update_tables(nhipol_policy *policy, nhipol_instance *instance, nhipol_answer *answer) {
    if (atomic_load_explicit(&policy->tables_state, memory_order_acquire) == instance->tables) return true;
    pthread_mutex_lock(&policy->tables_lock);
    for (const nhipol_table *table = policy->tables; table != NULL && !instance->failed; table = table->next) {
        if (table->state > instance->tables && !change_table(instance, table, answer)) instance->failed = true;
    }
    instance->tables = policy->tables_state;
    pthread_mutex_unlock(&policy->tables_lock);
    return !instance->failed;
}

/* Keeps what a table contains now, for the other instances. */
static void replace_table(nhipol_policy *policy, nhipol_table *table) {
    nhipol_table **at = &policy->tables;
    while (*at != NULL && (*at)->number != table->number) at = &(*at)->next;
    table->next = *at == NULL ? NULL : (*at)->next;
    free(*at);
    *at = table;
}

static int set_table(nhipol_policy *policy, const char *name, size_t name_length, bool is_loaded, const char *json,
                     size_t length, nhipol_answer *answer) {
    nhipol_answer_start(answer);
    if (policy->module->table_load == NULL) {
        nhipol_deny(answer, "invalid_request", NHIPOL_ERROR_UNKNOWN_TABLE, "$", NHIPOL_TEXT_NO_TABLE,
                    NHIPOL_TEXT_UNKNOWN_TABLE);
        return 0;
    }
    nhipol_table *table = nhipol_allocate(sizeof *table + length, answer);
    nhipol_instance *instance = table == NULL ? NULL : take(policy, answer);
    if (instance == NULL) {
        free(table);
        return 0;
    }
    *table = (nhipol_table){.is_loaded = is_loaded, .length = length};
    if (length > 0) memcpy(table->contents, json, length);
    pthread_mutex_lock(&policy->tables_lock);
    table->number = NHIPOL_CALL(instance, table_find, nhipol_put_name(instance, name, name_length));
    int is_done = change_table(instance, table, answer);
    if (is_done) {
        replace_table(policy, table);
        table->state = policy->tables_state + 1;
        if (instance->tables == policy->tables_state) instance->tables = table->state;
        policy->tables_state = table->state;
    } else {
        free(table);
    }
    pthread_mutex_unlock(&policy->tables_lock);
    give(policy, instance);
    return is_done;
}

int nhipol_load_table(nhipol_policy *policy, const char *name, size_t name_length, const char *json, size_t length,
                      nhipol_answer *answer) {
    return set_table(policy, name, name_length, true, json, length, answer);
}

int nhipol_drop_table(nhipol_policy *policy, const char *name, size_t name_length, nhipol_answer *answer) {
    return set_table(policy, name, name_length, false, NULL, 0, answer);
}
