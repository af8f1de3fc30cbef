/*
 * Sessions: the limit on their memory, changes that asking would hide, and threads.
 */
#include "nhipol_sessions.h"

#include "check.h"

#include <pthread.h>

NHIPOL_MODULE(sessions_live);
NHIPOL_MODULE(tables_external);

static const nhipol_when noon = {.source = NHIPOL_GIVEN_NOW, .now = 1772532000000};
static const char request[] =
    "{\"subject\":{\"type\":\"agent\",\"id\":\"a\",\"properties\":{\"expires_at\":\"2026-03-03T11:00:00Z\"}},"
    "\"action\":{\"name\":\"call\",\"properties\":{\"tool\":\"t\"}},\"resource\":{\"type\":\"file\",\"id\":\"f\"},"
    "\"context\":{\"risk\":1}}";

static bool opens(nhipol_sessions *sessions, const char *id, nhipol_fault *fault) {
    return nhipol_sessions_open(sessions, nhipol_bytes_of(id), nhipol_bytes_of(request), noon, fault);
}

static nhipol_effect effect_of(nhipol_sessions *sessions, const char *id) {
    nhipol_answer answer;
    nhipol_sessions_reevaluate(sessions, nhipol_bytes_of(id), noon, &answer);
    nhipol_effect effect = answer.effect;
    nhipol_answer_clear(&answer);
    return effect;
}

static void life(nhipol_policy *policy) {
    nhipol_sessions *sessions = nhipol_sessions_new(policy);
    nhipol_fault fault, misfit;
    nhipol_text text = {0}, id = {0};
    nhipol_session_changes changes;
    CHECK(sessions != NULL && opens(sessions, "one", &fault) && !opens(sessions, "one", &fault));
    nhipol_fault_clear(&fault);
    CHECK(effect_of(sessions, "one") == NHIPOL_PERMIT && effect_of(sessions, "none") == NHIPOL_DENY);
    CHECK(nhipol_sessions_count(sessions) == 1);
    CHECK(nhipol_sessions_sweep(sessions, noon, false, &changes, &fault) && changes.count == 0);
    nhipol_session_changes_clear(&changes);
    CHECK(nhipol_sessions_due(sessions) > noon.now);
    CHECK(nhipol_sessions_patch(sessions, nhipol_bytes_of("one"), nhipol_bytes_of("{\"context\":{\"risk\":99}}"), &fault));
    CHECK(nhipol_sessions_due(sessions) == 0);
    CHECK(nhipol_sessions_sweep(sessions, noon, false, &changes, &fault) && changes.count == 1);
    CHECK(changes.count == 1 && changes.items[0].before == NHIPOL_PERMIT && changes.items[0].after != NHIPOL_PERMIT);
    nhipol_session_changes_clear(&changes);
    CHECK(nhipol_sessions_snapshot(sessions, nhipol_bytes_of("one"), &text, &fault));
    CHECK(nhipol_sessions_close(sessions, nhipol_bytes_of("one"), &fault) && nhipol_sessions_count(sessions) == 0);
    CHECK(nhipol_sessions_restore(sessions, (nhipol_bytes){text.data, text.length}, &id, &fault, &misfit));
    CHECK(id.length == 3 && misfit.error == NULL && nhipol_sessions_count(sessions) == 1);
    CHECK(!nhipol_sessions_sweep(sessions, (nhipol_when){.source = NHIPOL_WITHOUT_NOW}, false, &changes, &fault));
    nhipol_fault_clear(&fault);
    nhipol_text_free(&text);
    nhipol_text_free(&id);
    nhipol_sessions_free(sessions);
}

/* Thousands fit, by reserving; where the limit is reached the next is refused, and the others answer. */
static void limits(void) {
    char why[160], id[32];
    nhipol_fault fault = {0};
    nhipol_policy *policy =
        nhipol_policy_load(&nhipol_module_sessions_live, &(nhipol_limits){.sessions_bytes = 8 << 20}, why);
    nhipol_sessions *sessions = nhipol_sessions_new(policy);
    int count = 0;
    do snprintf(id, sizeof id, "session-%d", count++);
    while (count < 100000 && opens(sessions, id, &fault));
    CHECK(count > 3000 && count < 100000);
    CHECK(fault.error != NULL && nhipol_bytes_equal(nhipol_get(fault.error, "code")->text, nhipol_bytes_of("no_room")));
    nhipol_fault_clear(&fault);
    CHECK(effect_of(sessions, "session-7") == NHIPOL_PERMIT && effect_of(sessions, "session-3000") == NHIPOL_PERMIT);
    /* The id of the one that makes room is as long as the other's: a longer one takes a larger block. */
    char other[32];
    snprintf(other, sizeof other, "session-%d", count - 3);
    CHECK(nhipol_sessions_close(sessions, nhipol_bytes_of(other), &fault) && opens(sessions, id, &fault));
    nhipol_fault_clear(&fault);
    nhipol_sessions_free(sessions);
    nhipol_policy_free(policy);
}

typedef struct {
    nhipol_sessions *sessions;
    int number;
    size_t wrong;
} user;

static void *use(void *told) {
    user *one = told;
    char id[32];
    nhipol_fault fault;
    for (int i = 0; i < 300; i++) {
        snprintf(id, sizeof id, "user-%d-%d", one->number, i % 7);
        one->wrong += !opens(one->sessions, id, &fault);
        one->wrong += effect_of(one->sessions, id) != NHIPOL_PERMIT;
        one->wrong += !nhipol_sessions_close(one->sessions, nhipol_bytes_of(id), &fault);
    }
    return NULL;
}

static void threads(nhipol_policy *policy) {
    nhipol_sessions *sessions = nhipol_sessions_new(policy);
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
    char why[160];
    nhipol_policy *policy = nhipol_policy_load(&nhipol_module_sessions_live, NULL, why);
    nhipol_policy *without = nhipol_policy_load(&nhipol_module_tables_external, NULL, why);
    CHECK(policy != NULL && without != NULL && nhipol_sessions_new(without) == NULL);
    life(policy);
    threads(policy);
    limits();
    nhipol_policy_free(policy);
    nhipol_policy_free(without);
    return checked();
}
