/*
 * Sessions: see `nhipol.h`.
 *
 * All are in one instance. If it fails, it is not called again: decisions are engine errors, changes are refused, and each
 * sweep reports all sessions as denied.
 */
#include "internal.h"

#include <search.h>

#define EVERY_PART (NHIPOL_PART_SUBJECT | NHIPOL_PART_ACTION | NHIPOL_PART_RESOURCE | NHIPOL_PART_CONTEXT)

/* An open session, in a tree by its id, and in a list. */
typedef struct session session;
struct session {
    const char *id;
    size_t length;
    uint32_t handle;
    int effect; /* of the last answer that was returned or reported */
    session *next, **link;
    char stored[];
};

struct nhipol_sessions {
    nhipol_policy *policy;
    nhipol_instance *instance;
    void *tree;
    session *first;
    size_t count;
    pthread_mutex_t lock;
};

static int by_id(const void *a, const void *b) {
    const session *x = a, *y = b;
    if (x->length != y->length) return x->length < y->length ? -1 : 1;
    return memcmp(x->id, y->id, x->length);
}

static session *find(const nhipol_sessions *sessions, const char *id, size_t length) {
    session wanted = {.id = id, .length = length};
    session **found = tfind(&wanted, &sessions->tree, by_id);
    return found == NULL ? NULL : *found;
}

static void discard(nhipol_sessions *sessions, session *one) {
    tdelete(one, &sessions->tree, by_id);
    *one->link = one->next;
    if (one->next != NULL) one->next->link = one->link;
    sessions->count--;
    free(one);
}

nhipol_sessions *nhipol_sessions_new(nhipol_policy *policy, nhipol_answer *answer) {
    nhipol_answer_start(answer);
    if (policy->module->session_open == NULL) {
        nhipol_engine_error(answer, "a module that was compiled with sessions", "one without");
        return NULL;
    }
    nhipol_sessions *sessions = nhipol_allocate(sizeof *sessions, answer);
    if (sessions == NULL) return NULL;
    *sessions = (nhipol_sessions){.policy = policy, .lock = PTHREAD_MUTEX_INITIALIZER};
    sessions->instance = nhipol_instance_new(policy->module, policy->table_bytes + policy->session_bytes, answer);
    if (sessions->instance != NULL) return sessions;
    nhipol_sessions_free(sessions);
    return NULL;
}

void nhipol_sessions_free(nhipol_sessions *sessions) {
    if (sessions == NULL) return;
    while (sessions->first != NULL) discard(sessions, sessions->first);
    nhipol_instance_free(sessions->instance);
    pthread_mutex_destroy(&sessions->lock);
    free(sessions);
}

/* Starts a call about a session, unless `one` is NULL. False: the module must not be called, and the answer says why. */
static bool begin(nhipol_sessions *sessions, session **one, const char *id, size_t length, nhipol_answer *answer) {
    nhipol_answer_start(answer);
    pthread_mutex_lock(&sessions->lock);
    if (one != NULL && (*one = find(sessions, id, length)) == NULL) {
        nhipol_deny(answer, "invalid_request", NHIPOL_ERROR_NO_SESSION, "$", NHIPOL_TEXT_OPEN_SESSION,
                    NHIPOL_TEXT_UNKNOWN_SESSION);
        return false;
    }
    if (!sessions->instance->failed) return nhipol_update_tables(sessions->policy, sessions->instance, answer);
    nhipol_engine_error(answer, NHIPOL_ENGINE_ANSWER, NHIPOL_ENGINE_NO_ANSWER);
    return false;
}

static int end(nhipol_sessions *sessions, int result) {
    pthread_mutex_unlock(&sessions->lock);
    return result;
}

/* Refuses to open a session whose id is in use. */
static int refuse(nhipol_sessions *sessions, nhipol_answer *answer) {
    uint32_t address = NHIPOL_CALL(sessions->instance, refuse, NHIPOL_NUMBER_SESSION_EXISTS);
    nhipol_read(sessions->instance, address, NHIPOL_FORM_RESPONSE, answer);
    return end(sessions, 0);
}

/* Ends a call that opened a session. */
static int opened(nhipol_sessions *sessions, const char *id, size_t length, uint32_t handle, nhipol_answer *answer) {
    session *one = nhipol_allocate(sizeof *one + length, answer);
    if (one != NULL) {
        *one = (session){one->stored, length, handle, NHIPOL_DENY, sessions->first, &sessions->first};
        if (length > 0) memcpy(one->stored, id, length);
    }
    if (one == NULL || tsearch(one, &sessions->tree, by_id) == NULL) {
        free(one);
        NHIPOL_CALL(sessions->instance, session_close, handle);
        nhipol_engine_error(answer, "memory", "none");
        return end(sessions, 0);
    }
    if (one->next != NULL) one->next->link = &one->next;
    sessions->first = one;
    sessions->count++;
    return end(sessions, 1);
}

int nhipol_session_open(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                        double now, nhipol_answer *answer) {
    nhipol_instance *instance = sessions->instance;
    if (!begin(sessions, NULL, id, id_length, answer)) return end(sessions, 0);
    if (find(sessions, id, id_length) != NULL) return refuse(sessions, answer);
    uint32_t name = nhipol_put_name(instance, id, id_length), size = nhipol_put_request(instance, json, length);
    uint32_t handle = NHIPOL_CALL(instance, session_open, name, size, now);
    if (handle == 0) return end(sessions, nhipol_read_refusal(instance, answer));
    return opened(sessions, id, id_length, handle, answer);
}

static int patch(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                 uint32_t whole, nhipol_answer *answer) {
    session *one;
    if (!begin(sessions, &one, id, id_length, answer)) return end(sessions, 0);
    uint32_t size = nhipol_put_request(sessions->instance, json, length);
    uint32_t refused = NHIPOL_CALL(sessions->instance, session_patch, one->handle, size, whole);
    int is_done = nhipol_read_change(sessions->instance, refused, answer);
    if (nhipol_answer_effect(answer) == NHIPOL_REVOKE) one->effect = NHIPOL_REVOKE; /* it ends the session */
    return end(sessions, is_done);
}

int nhipol_session_patch(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                         nhipol_answer *answer) {
    return patch(sessions, id, id_length, json, length, 0, answer);
}

int nhipol_session_replace(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                           nhipol_answer *answer) {
    return patch(sessions, id, id_length, json, length, EVERY_PART, answer);
}

int nhipol_session_record(nhipol_sessions *sessions, const char *id, size_t id_length, const char *signal,
                          size_t signal_length, const char *json, size_t length, double time, double now,
                          nhipol_answer *answer) {
    session *one;
    nhipol_instance *instance = sessions->instance;
    if (!begin(sessions, &one, id, id_length, answer)) return end(sessions, 0);
    uint32_t number = NHIPOL_CALL(instance, signal_find, nhipol_put_name(instance, signal, signal_length));
    uint32_t size = nhipol_put_request(instance, json, length);
    uint32_t refused = NHIPOL_CALL(instance, session_record, one->handle, number, size, time, now);
    return end(sessions, nhipol_read_change(instance, refused, answer));
}

static int decide(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length, double now,
                  uint32_t ask, nhipol_answer *answer) {
    session *one;
    int effect = NHIPOL_DENY;
    if (begin(sessions, &one, id, id_length, answer)) {
        uint32_t form = answer == NULL ? NHIPOL_FORM_HEADER : NHIPOL_FORM_UNLESS_KEYED;
        uint32_t size = ask == NHIPOL_ASK_GIVEN ? nhipol_put_request(sessions->instance, json, length) : 0;
        uint32_t address = NHIPOL_CALL(sessions->instance, session_decide, one->handle, size, now, ask, form);
        effect = nhipol_read(sessions->instance, address, form, answer);
    }
    if (one != NULL) one->effect = effect;
    return end(sessions, effect);
}

int nhipol_session_decide(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                          double now, nhipol_answer *answer) {
    return decide(sessions, id, id_length, json, length, now, json == NULL ? NHIPOL_ASK_LATEST : NHIPOL_ASK_GIVEN, answer);
}

int nhipol_session_reevaluate(nhipol_sessions *sessions, const char *id, size_t id_length, double now,
                              nhipol_answer *answer) {
    return decide(sessions, id, id_length, NULL, 0, now, NHIPOL_ASK_AGAIN, answer);
}

int nhipol_session_could(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                         double now, nhipol_answer *answer) {
    session *one;
    nhipol_instance *instance = sessions->instance;
    if (!begin(sessions, &one, id, id_length, answer)) return end(sessions, 0);
    if (instance->module->session_could == NULL) {
        nhipol_engine_error(answer, NHIPOL_ENGINE_POSSIBILITY, NHIPOL_ENGINE_NO_POSSIBILITY);
        return end(sessions, 0);
    }
    uint32_t form = answer == NULL ? NHIPOL_FORM_HEADER : NHIPOL_FORM_UNLESS_KEYED;
    uint32_t size = json == NULL ? 0 : nhipol_put_request(instance, json, length);
    uint32_t address = NHIPOL_CALL(instance, session_could, one->handle, size, now, form);
    return end(sessions, nhipol_read_possibility(instance, address, answer));
}

/* Adds a change to the text of the answer. */
static void report(nhipol_text *text, session *one, int before, int after) {
    static const char *const names[] = {NHIPOL_EFFECT_NAMES};
    char effects[64];
    nhipol_text_put(text, text->length > 1 ? ",{\"session\":" : "{\"session\":");
    nhipol_text_quote(text, one->id, one->length);
    snprintf(effects, sizeof effects, ",\"before\":\"%s\",\"after\":\"%s\"}", names[before], names[after]);
    nhipol_text_put(text, effects);
    one->effect = after;
}

/* Reads the id of a session from the module; NULL, and the instance has failed: there is none. */
static const char *read_id(nhipol_instance *instance, uint32_t handle, size_t *length) {
    *length = NHIPOL_CALL(instance, session_name, handle);
    if (nhipol_trapped(instance, NULL) || *length > NHIPOL_MAX_NAME_BYTES) {
        instance->failed = true;
        return NULL;
    }
    return (const char *)nhipol_memory(instance, *instance->module->name(instance->it), *length);
}

/* Reads one change of a sweep; false: it is not one that the ABI allows. */
static bool read_change(nhipol_sessions *sessions, uint32_t index, nhipol_answer *answer) {
    nhipol_instance *instance = sessions->instance;
    uint32_t address = *instance->module->changes(instance->it) + index * NHIPOL_CHANGE_SIZE, handle;
    const uint8_t *change = nhipol_memory(instance, address, NHIPOL_CHANGE_SIZE);
    if (change == NULL) return false;
    int before = change[NHIPOL_CHANGE_BEFORE], after = change[NHIPOL_CHANGE_AFTER];
    memcpy(&handle, change + NHIPOL_CHANGE_HANDLE, sizeof handle);
    size_t length;
    const char *id = read_id(instance, handle, &length);
    session *one = id == NULL ? NULL : find(sessions, id, length);
    if (one == NULL || one->handle != handle || before > NHIPOL_REVOKE || after > NHIPOL_REVOKE) return false;
    report(&answer->text, one, before, after);
    return true;
}

int nhipol_sessions_sweep(nhipol_sessions *sessions, double now, int all, nhipol_answer *answer) {
    nhipol_instance *instance = sessions->instance;
    uint32_t count = begin(sessions, NULL, NULL, 0, answer) ? NHIPOL_MAX_CHANGES : 0;
    if (count > 0) nhipol_text_put(&answer->text, "[");
    while (count == NHIPOL_MAX_CHANGES && !instance->failed) {
        count = NHIPOL_CALL(instance, session_sweep, now, all != 0);
        if (nhipol_trapped(instance, answer)) break;
        if (count == UINT32_MAX) return end(sessions, nhipol_read_refusal(instance, answer));
        instance->failed = count > NHIPOL_MAX_CHANGES;
        for (uint32_t i = 0; i < count && !instance->failed; i++) {
            if (!read_change(sessions, i, answer)) instance->failed = true;
        }
    }
    if (instance->failed) {
        nhipol_answer_start(answer);
        nhipol_text_put(&answer->text, "[");
        for (session *one = sessions->first; one != NULL; one = one->next) {
            report(&answer->text, one, one->effect, NHIPOL_DENY);
        }
    }
    nhipol_text_put(&answer->text, "]");
    return end(sessions, 1);
}

double nhipol_sessions_due(nhipol_sessions *sessions) {
    nhipol_instance *instance = sessions->instance;
    double due = begin(sessions, NULL, NULL, 0, NULL) ? instance->module->session_due(instance->it) : 0;
    if (nhipol_trapped(instance, NULL) || instance->failed) due = sessions->count > 0 ? 0 : INFINITY;
    end(sessions, 1);
    return due;
}

size_t nhipol_sessions_count(nhipol_sessions *sessions) {
    pthread_mutex_lock(&sessions->lock);
    size_t count = sessions->count;
    pthread_mutex_unlock(&sessions->lock);
    return count;
}

int nhipol_session_snapshot(nhipol_sessions *sessions, const char *id, size_t id_length, nhipol_answer *answer) {
    session *one;
    nhipol_instance *instance = sessions->instance;
    if (!begin(sessions, &one, id, id_length, answer)) return end(sessions, 0);
    uint32_t length = NHIPOL_CALL(instance, session_snapshot, one->handle);
    if (length == 0) return end(sessions, nhipol_read_refusal(instance, answer));
    const uint8_t *text = nhipol_memory(instance, NHIPOL_CALL(instance, session_buffer, 0), length);
    if (nhipol_trapped(instance, answer)) return end(sessions, 0);
    if (text == NULL) {
        nhipol_engine_error(answer, NHIPOL_ENGINE_CONFORMING_ANSWER, NHIPOL_VIOLATION_OUTSIDE_MEMORY);
    } else {
        nhipol_text_add(&answer->text, (const char *)text, length);
    }
    return end(sessions, text != NULL && !answer->text.failed);
}

int nhipol_session_restore(nhipol_sessions *sessions, const char *text, size_t length, char id[256], size_t *id_length,
                           nhipol_answer *answer) {
    nhipol_instance *instance = sessions->instance;
    if (!begin(sessions, NULL, NULL, 0, answer)) return end(sessions, 0);
    uint32_t size = nhipol_put_text(instance, instance->module->session_buffer, text, length);
    uint32_t handle = NHIPOL_CALL(instance, session_restore, size);
    nhipol_read_refusal(instance, answer);
    if (handle == 0 || instance->failed) return end(sessions, 0);
    const char *name = read_id(instance, handle, id_length);
    if (name == NULL) {
        nhipol_engine_error(answer, NHIPOL_ENGINE_CONFORMING_ANSWER, NHIPOL_VIOLATION_OUTSIDE_MEMORY);
        return end(sessions, 0);
    }
    memcpy(id, name, *id_length);
    if (find(sessions, id, *id_length) == NULL) return opened(sessions, id, *id_length, handle, answer);
    NHIPOL_CALL(instance, session_close, handle);
    return refuse(sessions, answer);
}

int nhipol_session_close(nhipol_sessions *sessions, const char *id, size_t id_length, nhipol_answer *answer) {
    session *one;
    bool is_ready = begin(sessions, &one, id, id_length, answer);
    if (one == NULL) return end(sessions, 0);
    if (is_ready) NHIPOL_CALL(sessions->instance, session_close, one->handle);
    nhipol_trapped(sessions->instance, NULL);
    discard(sessions, one);
    nhipol_answer_start(answer);
    return end(sessions, 1);
}
