/*
 * Policies: instants, values, tables for all workers, failures that leave the policy fit, and threads.
 */
#include "nhipol_policy.h"

#include "check.h"

#include <pthread.h>

NHIPOL_MODULE(answers_canned);
NHIPOL_MODULE(requests_call_digest);
NHIPOL_MODULE(tables_external);

static const nhipol_when noon = {.source = NHIPOL_GIVEN_NOW, .now = 1772532000000};

static const char paying[] =
    "{\"subject\":{\"type\":\"agent\",\"id\":\"s\",\"properties\":{\"team\":\"a\"}},"
    "\"action\":{\"name\":\"pay\",\"properties\":{\"amount\":5}},\"resource\":{\"type\":\"thing\",\"id\":\"r\"}}";

static nhipol_policy *loaded(const nhipol_module *module) {
    char why[160] = "";
    nhipol_policy *policy = nhipol_policy_load(module, NULL, why);
    CHECK(policy != NULL && why[0] != 0);
    return policy;
}

static bool answers(nhipol_policy *policy, const char *request, nhipol_when when, const char *reason, const char *code) {
    nhipol_answer answer;
    nhipol_policy_decide(policy, request, strlen(request), when, &answer);
    bool as_told =
        nhipol_answer_has(&answer, reason) && nhipol_bytes_equal(nhipol_answer_error(&answer), nhipol_bytes_of(code));
    nhipol_answer_clear(&answer);
    return as_told;
}

static void instants(void) {
    nhipol_policy *policy = loaded(&nhipol_module_tables_external);
    CHECK(answers(policy, paying, (nhipol_when){0}, "over_quota", ""));
    CHECK(answers(policy, paying, (nhipol_when){.source = NHIPOL_WITHOUT_NOW}, "over_quota", ""));
    CHECK(answers(policy, paying, (nhipol_when){.source = NHIPOL_GIVEN_NOW, .now = NAN}, "engine_error", "engine_error"));
    CHECK(answers(policy, paying, (nhipol_when){.source = NHIPOL_GIVEN_NOW, .now = INFINITY}, "engine_error",
                  "engine_error"));
    CHECK(
        answers(policy, paying, (nhipol_when){.source = NHIPOL_GIVEN_NOW, .now = 8.65e15}, "engine_error", "engine_error"));
    CHECK(answers(policy, "{", noon, "invalid_request", "not_json"));
    CHECK(answers(policy, "\xff", noon, "invalid_request", "not_json") ||
          answers(policy, "\xff", noon, "invalid_request", "not_utf8"));
    nhipol_policy_free(policy);
}

static void long_texts(void) {
    nhipol_policy *policy = loaded(&nhipol_module_tables_external);
    static char text[NHIPOL_REQUEST_ROOM + 2];
    memset(text, ' ', sizeof text - 1);
    memcpy(text, paying, strlen(paying));
    CHECK(answers(policy, text, noon, "invalid_request", "too_large"));
    text[NHIPOL_REQUEST_ROOM] = 0;
    CHECK(answers(policy, text, noon, "over_quota", ""));
    nhipol_policy_free(policy);
}

static nhipol_value *request(nhipol_arena *arena, nhipol_value *amount) {
    nhipol_value *whole = nhipol_parse(arena, paying, strlen(paying));
    nhipol_value *properties = nhipol_get(nhipol_get(whole, "action"), "properties");
    *nhipol_get(properties, "amount") = *amount;
    properties->list.first->name = nhipol_bytes_of("amount");
    return whole;
}

/* What a value of an amount is answered with. */
static bool is_answered(nhipol_policy *policy, nhipol_value *value, const char *reason, const char *path,
                        const char *found) {
    nhipol_answer answer;
    nhipol_policy_decide_value(policy, value, noon, &answer);
    const nhipol_value *error = nhipol_get(answer.context, "error");
    bool same = nhipol_answer_has(&answer, reason) && (error == NULL) == (path == NULL);
    if (same && error != NULL) {
        same = nhipol_bytes_equal(nhipol_get(error, "path")->text, nhipol_bytes_of(path)) &&
               nhipol_bytes_equal(nhipol_get(error, "found")->text, nhipol_bytes_of(found));
    }
    nhipol_answer_clear(&answer);
    return same;
}

static void values(void) {
    nhipol_policy *policy = loaded(&nhipol_module_tables_external);
    nhipol_arena arena = {0};
    const char *path = "$.action.properties.amount";
    CHECK(is_answered(policy, request(&arena, nhipol_integer(&arena, 5)), "over_quota", NULL, NULL));
    CHECK(is_answered(policy, request(&arena, nhipol_double(&arena, 5)), "over_quota", NULL, NULL));
    CHECK(is_answered(policy, request(&arena, nhipol_double(&arena, NAN)), "invalid_request", path, "NaN"));
    CHECK(is_answered(policy, request(&arena, nhipol_double(&arena, -INFINITY)), "invalid_request", path, "Infinity"));
    CHECK(is_answered(policy, request(&arena, nhipol_double(&arena, 1e16)), "invalid_request", path,
                      "an integer beyond 2^53"));
    CHECK(is_answered(policy, request(&arena, nhipol_double(&arena, 5.5)), "invalid_request", path, "a fractional number"));
    nhipol_value *more = request(&arena, nhipol_integer(&arena, 5));
    nhipol_put(&arena, more, "undeclared", nhipol_double(&arena, NAN));
    CHECK(is_answered(policy, more, "over_quota", NULL, NULL));
    CHECK(is_answered(policy, nhipol_double(&arena, NAN), "invalid_request", "$", "NaN"));
    nhipol_policy_free(policy);
    policy = loaded(&nhipol_module_requests_call_digest);
    more = request(&arena, nhipol_integer(&arena, 5));
    nhipol_put(&arena, nhipol_get(more, "resource"), "any name", nhipol_double(&arena, NAN));
    CHECK(is_answered(policy, more, "invalid_request", "$.resource[\"any name\"]", "NaN"));
    nhipol_arena_clear(&arena);
    nhipol_policy_free(policy);
}

static void tables(void) {
    nhipol_policy *policy = loaded(&nhipol_module_tables_external);
    nhipol_fault fault;
    nhipol_worker *first = nhipol_take(policy), *second = nhipol_take(policy);
    nhipol_worker *workers[] = {first, second, first, second};
    for (int i = 0; i < 4; i++) {
        if (i == 2) {
            CHECK(nhipol_load_table_named(policy, "quotas", "{\"a\":9}", 7, &fault));
            CHECK(nhipol_load_table_named(policy, "may", "{\"a\":{\"low\":[\"pay\"],\"high\":[]}}", 31, &fault));
            CHECK(!nhipol_load_table_named(policy, "quotas", "{\"a\":", 5, &fault));
            nhipol_fault_clear(&fault);
        }
        nhipol_answer answer;
        nhipol_worker_decide(workers[i], paying, strlen(paying), noon, &answer);
        CHECK(nhipol_answer_has(&answer, i < 2 ? "over_quota" : "allowed"));
        nhipol_answer_clear(&answer);
    }
    nhipol_give(first);
    nhipol_give(second);
    CHECK(nhipol_drop_table_named(policy, "quotas", &fault));
    CHECK(answers(policy, paying, noon, "over_quota", ""));
    CHECK(!nhipol_drop_table_named(policy, "other", &fault) && fault.error != NULL);
    nhipol_fault_clear(&fault);
    nhipol_policy_free(policy);
}

/* A table that is larger than the limit allows is refused, and the one before stays. */
static void limits(void) {
    char why[160];
    nhipol_limits limits = {.tables_bytes = 1 << 20};
    nhipol_policy *policy = nhipol_policy_load(&nhipol_module_tables_external, &limits, why);
    nhipol_fault fault;
    nhipol_text text = {0};
    CHECK(policy != NULL && nhipol_load_table_named(policy, "quotas", "{\"a\":9}", 7, &fault));
    nhipol_text_put(&text, "{\"a\":9");
    for (int i = 0; i < 100000; i++) {
        char key[32];
        nhipol_text_add(&text, key, (size_t)snprintf(key, sizeof key, ",\"k%d\":%d", i, i % 1000));
    }
    nhipol_text_put(&text, "}");
    CHECK(!nhipol_load_table_named(policy, "quotas", text.data, text.length, &fault));
    CHECK(nhipol_bytes_equal(nhipol_get(fault.error, "code")->text, nhipol_bytes_of("out_of_memory")));
    CHECK(
        nhipol_bytes_equal(nhipol_get(fault.error, "expected")->text, nhipol_bytes_of("at most 1048576 bytes of tables")));
    nhipol_fault_clear(&fault);
    CHECK(!answers(policy, paying, noon, "over_quota", ""));
    nhipol_policy_free(policy);
    policy = nhipol_policy_load(&nhipol_module_tables_external, NULL, why);
    CHECK(nhipol_load_table_named(policy, "quotas", text.data, text.length, &fault));
    CHECK(!answers(policy, paying, noon, "over_quota", ""));
    nhipol_policy_free(policy);
    limits.memory_bytes = 100;
    CHECK(nhipol_policy_load(&nhipol_module_tables_external, &limits, why) == NULL && strstr(why, "limit") != NULL);
    nhipol_text_free(&text);
}

/* After a trap the next decision has a fresh instance. */
static void failures(void) {
    nhipol_policy *policy = loaded(&nhipol_module_answers_canned);
    char result[64] = {[0] = 3, [4] = 1, [14] = (char)0xf0, [15] = 0x7f}; /* a deny by default */
    for (int i = 0; i < 3; i++) {
        nhipol_answer answer;
        CHECK(answers(policy, "trap", noon, "engine_error", "engine_error"));
        nhipol_policy_decide(policy, result, sizeof result, noon, &answer);
        CHECK(nhipol_answer_has(&answer, "default_deny") && !answer.decision && answer.effect == NHIPOL_DENY);
        nhipol_answer_clear(&answer);
    }
    nhipol_policy_free(policy);
}

static void *ask_often(void *told) {
    size_t wrong = 0;
    for (int i = 0; i < 2000; i++) {
        nhipol_answer answer;
        nhipol_policy_decide(told, paying, strlen(paying), noon, &answer);
        wrong += nhipol_answer_has(&answer, "engine_error") || nhipol_answer_has(&answer, "invalid_request");
        nhipol_answer_clear(&answer);
    }
    return wrong == 0 ? told : NULL;
}

static void threads(void) {
    nhipol_policy *policy = loaded(&nhipol_module_tables_external);
    pthread_t asking[4];
    nhipol_fault fault;
    for (int i = 0; i < 4; i++) CHECK(pthread_create(&asking[i], NULL, ask_often, policy) == 0);
    for (int i = 0; i < 50; i++) {
        CHECK(nhipol_load_table_named(policy, "quotas", "{\"a\":9}", 7, &fault));
        CHECK(nhipol_drop_table_named(policy, "quotas", &fault));
    }
    for (int i = 0; i < 4; i++) {
        void *ended = NULL;
        CHECK(pthread_join(asking[i], &ended) == 0 && ended == policy);
    }
    nhipol_policy_free(policy);
}

int main(void) {
    instants();
    long_texts();
    values();
    tables();
    limits();
    failures();
    threads();
    return checked();
}
