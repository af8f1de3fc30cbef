/*
 * measure PREFIX: how long a decision takes, from a request's bytes and from values to a whole answer.
 */
#include "verbs.h"
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 501 }; /* short ones, so that few are interrupted */

typedef struct {
    const tool_workload *workload;
    nhipol_worker *worker;
    nhipol_value **values;
    bool native;
} measured;

static void decide(const measured *m, size_t i, nhipol_answer *answer) {
    nhipol_when now = {0};
    if (m->native) {
        nhipol_worker_decide_value(m->worker, m->values[i], now, answer);
    } else {
        nhipol_worker_decide(m->worker, m->workload->requests[i].data, m->workload->requests[i].length, now, answer);
    }
}

/* Decisions that have another effect than is expected. */
static size_t wrong(const measured *m) {
    size_t found = 0;
    for (size_t i = 0; i < m->workload->count; i++) {
        nhipol_answer answer;
        decide(m, i, &answer);
        found += answer.effect != m->workload->effects[i];
        nhipol_answer_clear(&answer);
    }
    return found;
}

static double nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of the rounds. */
static double median(const measured *m) {
    double rounds[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        double start = nanoseconds();
        for (size_t i = 0; i < m->workload->count; i++) {
            nhipol_answer answer;
            decide(m, i, &answer);
            nhipol_answer_clear(&answer);
        }
        rounds[round] = (nanoseconds() - start) / (double)m->workload->count;
    }
    qsort(rounds, ROUNDS, sizeof *rounds, by_size);
    return rounds[ROUNDS / 2];
}

int tool_measure(const char *prefix) {
    tool_workload workload;
    nhipol_arena arena = {0};
    int code = 1;
    if (tool_workload_read(&workload, prefix)) {
        measured m = {.workload = &workload, .worker = nhipol_take(workload.policy)};
        m.values = calloc(workload.count, sizeof *m.values);
        for (size_t i = 0; m.values != NULL && i < workload.count; i++) {
            m.values[i] = nhipol_parse(&arena, workload.requests[i].data, workload.requests[i].length);
        }
        measured native = m;
        native.native = true;
        if (m.worker != NULL && m.values != NULL && wrong(&m) + wrong(&native) == 0) {
            size_t before = tool_allocations();
            code = wrong(&m) == 0 ? 0 : 1;
            double allocations = (double)(tool_allocations() - before) / (double)workload.count;
            double json = median(&m), values = median(&native);
            printf("{\"json\":%.1f,\"native\":%.1f,\"allocations\":%g}\n", json, values, allocations);
        } else {
            fputs("an answer is not the expected one\n", stderr);
        }
        if (m.worker != NULL) nhipol_give(m.worker);
        free(m.values);
    }
    nhipol_arena_clear(&arena);
    tool_workload_free(&workload);
    return code;
}
