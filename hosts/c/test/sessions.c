/*
 * Sessions: their life, changes, the limit on their memory, and threads.
 */
#include "check.h"
#include "nhipol.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

NHIPOL_MODULE(sessions_live);
NHIPOL_MODULE(tables_external);

static const double noon = 1772532000000;
static const char request[] =
    "{\"subject\":{\"type\":\"agent\",\"id\":\"a\",\"properties\":{\"expires_at\":\"2026-03-03T11:00:00Z\"}},"
    "\"action\":{\"name\":\"call\",\"properties\":{\"tool\":\"t\"}},\"resource\":{\"type\":\"file\",\"id\":\"f\"},"
    "\"context\":{\"risk\":1}}";

static int opens(nhipol_sessions *sessions, const char *id, nhipol_answer *answer) {
    return nhipol_session_open(sessions, id, strlen(id), request, sizeof request - 1, noon, answer);
}

static int effect_of(nhipol_sessions *sessions, const char *id, nhipol_answer *answer) {
    return nhipol_session_reevaluate(sessions, id, strlen(id), noon, answer);
}

static int has_code(nhipol_answer *answer, const char *code) {
    nhipol_value error, value;
    return nhipol_answer_get(answer, "error", &error) && nhipol_get(&error, "code", &value) && nhipol_equals(&value, code);
}

static int has_text(nhipol_answer *answer, const char *text) {
    size_t length = 0;
    const char *found = nhipol_answer_text(answer, &length);
    return length == strlen(text) && memcmp(found, text, length) == 0;
}

static void life(nhipol_policy *policy, nhipol_answer *answer) {
    static const char part[] = "{\"context\":{\"risk\":99}}";
    char id[256], snapshot[8192];
    size_t length = 0, id_length = 0;
    nhipol_sessions *sessions = nhipol_sessions_new(policy, answer);
    CHECK(sessions != NULL && opens(sessions, "one", answer));
    CHECK(!opens(sessions, "one", answer) && has_code(answer, "session_exists"));
    CHECK(effect_of(sessions, "one", answer) == NHIPOL_PERMIT && effect_of(sessions, "none", answer) == NHIPOL_DENY);
    CHECK(has_code(answer, "no_session") && nhipol_sessions_count(sessions) == 1);
    CHECK(nhipol_sessions_sweep(sessions, noon, 0, answer) && has_text(answer, "[]"));
    CHECK(nhipol_sessions_due(sessions) > noon);
    CHECK(nhipol_session_patch(sessions, "one", 3, part, sizeof part - 1, answer) && nhipol_sessions_due(sessions) == 0);
    CHECK(nhipol_sessions_sweep(sessions, noon, 0, answer));
    CHECK(strncmp(nhipol_answer_text(answer, &length), "[{\"session\":\"one\",\"before\":\"permit\",", 36) == 0);
    CHECK(nhipol_session_snapshot(sessions, "one", 3, answer));
    const char *text = nhipol_answer_text(answer, &length);
    CHECK(length < sizeof snapshot);
    memcpy(snapshot, text, length);
    CHECK(!nhipol_session_restore(sessions, snapshot, length, id, &id_length, answer) &&
          has_code(answer, "session_exists"));
    CHECK(nhipol_session_close(sessions, "one", 3, answer) && nhipol_sessions_count(sessions) == 0);
    CHECK(nhipol_session_restore(sessions, snapshot, length, id, &id_length, answer) && !has_code(answer, "no_snapshot"));
    CHECK(id_length == 3 && memcmp(id, "one", 3) == 0 && nhipol_sessions_count(sessions) == 1);
    CHECK(!nhipol_session_restore(sessions, "{}", 2, id, &id_length, answer) && has_code(answer, "no_snapshot"));
    CHECK(!nhipol_sessions_sweep(sessions, NAN, 0, answer) && has_code(answer, "wrong_type"));
    nhipol_sessions_free(sessions);
}

/* Thousands fit. When the limit is reached, the next one is refused, and the others answer. */
static void limits(nhipol_answer *answer) {
    nhipol_policy *policy = nhipol_load(&nhipol_module_sessions_live, 1 << 16, 8 << 20, 0, answer);
    nhipol_sessions *sessions = nhipol_sessions_new(policy, answer);
    char id[32], other[32];
    int count = 0;
    do snprintf(id, sizeof id, "session-%d", count++);
    while (count < 100000 && opens(sessions, id, answer));
    CHECK(count > 3000 && count < 100000 && has_code(answer, "no_room"));
    CHECK(effect_of(sessions, "session-7", answer) == NHIPOL_PERMIT);
    CHECK(effect_of(sessions, "session-3000", answer) == NHIPOL_PERMIT);
    snprintf(other, sizeof other, "session-%d", count - 3); /* its block is as long as that of the new one */
    CHECK(nhipol_session_close(sessions, other, strlen(other), answer) && opens(sessions, id, answer));
    nhipol_sessions_free(sessions);
    nhipol_free(policy);
}

typedef struct {
    nhipol_sessions *sessions;
    int number;
    size_t wrong;
} user;

static void *use(void *argument) {
    user *one = argument;
    nhipol_answer *answer = nhipol_answer_new();
    char id[32];
    for (int i = 0; i < 300; i++) {
        snprintf(id, sizeof id, "user-%d-%d", one->number, i % 7);
        one->wrong += !opens(one->sessions, id, answer) || effect_of(one->sessions, id, answer) != NHIPOL_PERMIT ||
                      !nhipol_session_close(one->sessions, id, strlen(id), answer);
    }
    nhipol_answer_free(answer);
    return NULL;
}

static void threads(nhipol_policy *policy, nhipol_answer *answer) {
    nhipol_sessions *sessions = nhipol_sessions_new(policy, answer);
    pthread_t ids[4];
    user users[4];
    for (int i = 0; i < 4; i++) {
        users[i] = (user){sessions, i, 0};
        CHECK(pthread_create(&ids[i], NULL, use, &users[i]) == 0);
    }
    for (int i = 0; i < 4; i++) CHECK(pthread_join(ids[i], NULL) == 0 && users[i].wrong == 0);
    CHECK(nhipol_sessions_count(sessions) == 0);
    nhipol_sessions_free(sessions);
}

int main(void) {
    nhipol_answer *answer = nhipol_answer_new();
    nhipol_policy *policy = nhipol_load(&nhipol_module_sessions_live, 0, 0, 0, answer);
    nhipol_policy *without = nhipol_load(&nhipol_module_tables_external, 0, 0, 0, answer);
    CHECK(policy != NULL && without != NULL && nhipol_sessions_new(without, answer) == NULL);
    life(policy, answer);
    threads(policy, answer);
    limits(answer);
    nhipol_free(policy);
    nhipol_free(without);
    nhipol_answer_free(answer);
    return checked();
}
