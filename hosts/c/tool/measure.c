/*
 * measure PREFIX: how long a decision takes, from the bytes of a request and from values to a complete answer.
 */
#include "tool.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 501 }; /* short ones, so that few are interrupted */

typedef struct {
    const tool_workload *workload;
    nhipol_answer *answer;
    nhipol_writer *writer; /* NULL: from bytes */
    bool is_response; /* whether the response is written as well */
    const tool_value *values;
} measured;

static int decide(const measured *m, size_t i) {
    const nhipol_value *request = &m->workload->requests[i];
    nhipol_policy *policy = m->workload->policy;
    if (m->writer == NULL) {
        int effect =
            nhipol_decide(policy, request->text, request->length, nhipol_now(), NHIPOL_HOST_CLOCK, m->answer);
        size_t length;
        if (m->is_response) nhipol_answer_text(m->answer, &length);
        return effect;
    }
    nhipol_writer_clear(m->writer);
    tool_value_write(m->writer, &m->values[i]);
    return nhipol_decide_written(policy, m->writer, nhipol_now(), NHIPOL_HOST_CLOCK, m->answer);
}

/* The number of decisions with another effect than expected. */
static size_t wrong(const measured *m) {
    size_t found = 0;
    for (size_t i = 0; i < m->workload->count; i++) found += decide(m, i) != m->workload->effects[i];
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
        for (size_t i = 0; i < m->workload->count; i++) decide(m, i);
        rounds[round] = (nanoseconds() - start) / (double)m->workload->count;
    }
    qsort(rounds, ROUNDS, sizeof *rounds, by_size);
    return rounds[ROUNDS / 2];
}

int tool_measure(const char *prefix) {
    tool_workload workload;
    int code = 1;
    if (tool_workload_read(&workload, prefix)) {
        tool_value *values = calloc(workload.count, sizeof *values);
        for (size_t i = 0; values != NULL && i < workload.count; i++) values[i] = tool_value_of(&workload.requests[i]);
        measured json = {&workload, nhipol_answer_new(), NULL, false, NULL};
        measured native = {&workload, json.answer, nhipol_writer_new(), false, values};
        measured response = {&workload, json.answer, NULL, true, NULL};
        if (values != NULL && wrong(&json) + wrong(&native) == 0) {
            size_t before = tool_allocations();
            code = wrong(&json) == 0 ? 0 : 1;
            double allocations = (double)(tool_allocations() - before) / (double)workload.count;
            double from_json = median(&json), from_values = median(&native), to_response = median(&response);
            printf("{\"json\":%.1f,\"native\":%.1f,\"response\":%.1f,\"allocations\":%g}\n", from_json,
                   from_values, to_response, allocations);
        } else {
            fputs("an answer is not the expected one\n", stderr);
        }
        nhipol_answer_free(json.answer);
        nhipol_writer_free(native.writer);
        for (size_t i = 0; values != NULL && i < workload.count; i++) tool_value_free(&values[i]);
        free(values);
    }
    tool_workload_free(&workload);
    return code;
}
