/*
 * Policies: instants, long requests, tables for all instances, limits, and threads.
 */
#include "check.h"
#include "nhipol.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

NHIPOL_MODULE(tables_external);

static const double noon = 1772532000000;
static const char paying[] =
    "{\"subject\":{\"type\":\"agent\",\"id\":\"s\",\"properties\":{\"team\":\"a\"}},"
    "\"action\":{\"name\":\"pay\",\"properties\":{\"amount\":5}},\"resource\":{\"type\":\"thing\",\"id\":\"r\"}}";
static const char may[] = "{\"a\":{\"low\":[\"pay\"],\"high\":[]}}";

static nhipol_policy *load(size_t table_bytes, uint32_t max_instances) {
    nhipol_policy *policy = nhipol_load(&nhipol_module_tables_external, table_bytes, 0, max_instances, NULL);
    CHECK(policy != NULL);
    return policy;
}

static int fill(nhipol_policy *policy, const char *name, const char *contents, nhipol_answer *answer) {
    return nhipol_load_table(policy, name, strlen(name), contents, strlen(contents), answer);
}

static int answers(nhipol_policy *policy, const char *request, double now, const char *reason) {
    nhipol_answer *answer = nhipol_answer_new();
    nhipol_decide(policy, request, strlen(request), now, NHIPOL_HOST_CLOCK, answer);
    int same = nhipol_answer_has_reason(answer, reason);
    nhipol_answer_free(answer);
    return same;
}

static int has_code(nhipol_answer *answer, const char *code) {
    nhipol_value error, value;
    return nhipol_answer_get(answer, "error", &error) && nhipol_get(&error, "code", &value) && nhipol_equals(&value, code);
}

static void requests(void) {
    nhipol_policy *policy = load(0, 0);
    size_t length = 0;
    const char *manifest = nhipol_manifest(policy, &length);
    CHECK(length > 2 && manifest[0] == '{' && strlen(nhipol_name(policy)) > 0 && nhipol_version(policy) != NULL);
    CHECK(answers(policy, paying, nhipol_now(), "over_quota") && answers(policy, paying, NAN, "over_quota"));
    CHECK(answers(policy, paying, INFINITY, "engine_error") && answers(policy, paying, 8.65e15, "engine_error"));
    CHECK(answers(policy, paying, noon, "over_quota"));
    CHECK(answers(policy, "{", noon, "invalid_request") && answers(policy, "\xff", noon, "invalid_request"));
    CHECK(nhipol_decide(policy, NULL, 0, noon, NHIPOL_HOST_CLOCK, NULL) == NHIPOL_DENY);
    static char text[65538];
    memset(text, ' ', sizeof text - 1);
    memcpy(text, paying, strlen(paying));
    CHECK(answers(policy, text, noon, "invalid_request"));
    text[65536] = 0;
    CHECK(answers(policy, text, noon, "over_quota"));
    nhipol_free(policy);
}

static void tables(void) {
    nhipol_policy *policy = load(1 << 20, 0);
    nhipol_answer *answer = nhipol_answer_new();
    CHECK(fill(policy, "quotas", "{\"a\":9}", answer) && fill(policy, "may", may, answer));
    CHECK(answers(policy, paying, noon, "allowed"));
    CHECK(!fill(policy, "quotas", "{\"a\":", answer) && has_code(answer, "not_json"));
    CHECK(answers(policy, paying, noon, "allowed"));
    CHECK(!fill(policy, "other", "{}", answer) && has_code(answer, "unknown_table"));
    char *large = malloc(2 << 20), *at = large;
    at += sprintf(at, "{\"a\":9");
    for (int i = 0; i < 100000; i++) at += sprintf(at, ",\"k%d\":%d", i, i % 1000);
    sprintf(at, "}");
    CHECK(!fill(policy, "quotas", large, answer) && has_code(answer, "out_of_memory"));
    CHECK(answers(policy, paying, noon, "allowed"));
    CHECK(nhipol_drop_table(policy, "quotas", 6, answer) && answers(policy, paying, noon, "over_quota"));
    CHECK(!nhipol_drop_table(policy, "other", 5, answer) && has_code(answer, "unknown_table"));
    free(large);
    nhipol_answer_free(answer);
    nhipol_free(policy);
}

/* One decision for both reasons: a decision for each could see the table before and after a change. */
static void *ask_often(void *policy) {
    nhipol_answer *answer = nhipol_answer_new();
    size_t wrong = 0;
    for (int i = 0; i < 2000; i++) {
        nhipol_decide(policy, paying, strlen(paying), noon, NHIPOL_HOST_CLOCK, answer);
        wrong += !nhipol_answer_has_reason(answer, "over_quota") && !nhipol_answer_has_reason(answer, "allowed");
    }
    nhipol_answer_free(answer);
    return wrong == 0 ? policy : NULL;
}

static void threads(void) {
    nhipol_policy *policy = load(0, 2);
    nhipol_answer *answer = nhipol_answer_new();
    pthread_t asking[4];
    CHECK(fill(policy, "may", may, answer));
    for (int i = 0; i < 4; i++) CHECK(pthread_create(&asking[i], NULL, ask_often, policy) == 0);
    for (int i = 0; i < 50; i++) {
        CHECK(fill(policy, "quotas", "{\"a\":9}", answer) && nhipol_drop_table(policy, "quotas", 6, answer));
    }
    for (int i = 0; i < 4; i++) {
        void *ended = NULL;
        CHECK(pthread_join(asking[i], &ended) == 0 && ended == policy);
    }
    nhipol_answer_free(answer);
    nhipol_free(policy);
}

int main(void) {
    requests();
    tables();
    threads();
    return checked();
}
