/*
 * Traps of every kind end in a status, in each thread for itself; the limit on memory holds.
 */
#include "check.h"
#include "nhipol.h"

#include <pthread.h>

NHIPOL_MODULE(traps);

enum { MEGABYTE = 1 << 20 };

static nhipol_status ask(nhipol *n, const char *request, nhipol_result *result) {
    return nhipol_decide(n, request, strlen(request), NAN, NHIPOL_HOST_TIME, result);
}

static void *fail_often(void *told) {
    const char *request = told;
    size_t failures = 0;
    for (int i = 0; i < 200; i++) {
        nhipol n;
        nhipol_result result;
        if (nhipol_create(&n, &nhipol_module_traps, MEGABYTE) != NHIPOL_OK) break;
        bool worked = ask(&n, "{}", &result) == NHIPOL_OK && result.effect == NHIPOL_PERMIT;
        failures += worked && ask(&n, request, &result) == NHIPOL_FAILED && ask(&n, "{}", &result) == NHIPOL_FAILED;
        nhipol_destroy(&n);
    }
    return failures == 200 ? told : NULL;
}

int main(void) {
    static char requests[][2] = {"r", "o", "u", "d", "g"};
    pthread_t threads[5];
    for (int i = 0; i < 5; i++) CHECK(pthread_create(&threads[i], NULL, fail_often, requests[i]) == 0);
    for (int i = 0; i < 5; i++) {
        void *ended = NULL;
        CHECK(pthread_join(threads[i], &ended) == 0 && ended == requests[i]);
    }
    nhipol n;
    nhipol_result result;
    CHECK(nhipol_create(&n, &nhipol_module_traps, (size_t)2 * NHIPOL_PAGE) == NHIPOL_NO_MEMORY);
    CHECK(nhipol_create(&n, &nhipol_module_traps, (size_t)5 * NHIPOL_PAGE) == NHIPOL_OK);
    for (int i = 0; i < 9; i++) n.module->again(n.it, 0); /* it grows */
    CHECK(n.memory->pages == 5 && n.memory->size == 5 * NHIPOL_PAGE);
    CHECK(ask(&n, "{}", &result) == NHIPOL_OK && result.effect == NHIPOL_PERMIT);
    nhipol_destroy(&n);
    nhipol_destroy(&n);
    return checked();
}
