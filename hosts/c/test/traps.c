/*
 * Every kind of trap is a deny, in each thread independently, and the next decision has another instance.
 */
#include "check.h"
#include "nhipol.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

NHIPOL_MODULE(traps);

static nhipol_policy *policy;

static int ask(const char *request) {
    return nhipol_decide(policy, request, strlen(request), NAN, NHIPOL_HOST_CLOCK, NULL);
}

static void *fail_often(void *request) {
    size_t failures = 0;
    for (int i = 0; i < 200; i++) {
        failures += ask("{}") == NHIPOL_PERMIT && ask(request) == NHIPOL_DENY && ask("{}") == NHIPOL_PERMIT;
    }
    return failures == 200 ? request : NULL;
}

int main(void) {
    static char requests[][2] = {"r", "o", "u", "d", "g"};
    static const char *const found[] = {"exhausted stack", "out of bounds", "unreachable", "division by zero", "outside"};
    pthread_t threads[5];
    nhipol_answer *answer = nhipol_answer_new();
    policy = nhipol_load(&nhipol_module_traps, 0, 0, 3, answer); /* fewer instances than threads */
    CHECK(policy != NULL && nhipol_name(policy)[0] == 0);
    for (int i = 0; i < 5; i++) CHECK(pthread_create(&threads[i], NULL, fail_often, requests[i]) == 0);
    for (int i = 0; i < 5; i++) {
        void *ended = NULL;
        CHECK(pthread_join(threads[i], &ended) == 0 && ended == requests[i]);
        CHECK(nhipol_decide(policy, requests[i], 1, 0, NHIPOL_HOST_CLOCK, answer) == NHIPOL_DENY);
        CHECK(nhipol_answer_has_reason(answer, "engine_error"));
        nhipol_value error, text;
        char words[128] = "";
        CHECK(nhipol_answer_get(answer, "error", &error) && nhipol_get(&error, "found", &text));
        nhipol_string(&text, words, sizeof words);
        CHECK(strstr(words, found[i]) != NULL);
    }
    nhipol_free(policy);
    policy = nhipol_load(&nhipol_module_traps, 1, 0, 1, NULL); /* no page beyond the initial memory */
    CHECK(ask("m") == NHIPOL_PERMIT && ask("{}") == NHIPOL_PERMIT);
    nhipol_free(policy);
    nhipol_answer_free(answer);
    return checked();
}
