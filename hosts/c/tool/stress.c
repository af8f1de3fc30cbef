/*
 * stress PREFIX DECISIONS THREADS: whether threads that share a policy get the expected effects, at steady memory.
 */
#include "tool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
    const tool_workload *workload;
    nhipol_answer *answer;
    long decisions;
    size_t first; /* the request that it starts with */
    long disagreements;
    pthread_t thread;
} share;

static void *decide(void *argument) {
    share *s = argument;
    for (long i = 0; i < s->decisions; i++) {
        size_t at = (s->first + (size_t)i) % s->workload->count;
        const nhipol_value *request = &s->workload->requests[at];
        int effect =
            nhipol_decide(s->workload->policy, request->text, request->length, nhipol_now(), NHIPOL_HOST_CLOCK, s->answer);
        s->disagreements += effect != s->workload->effects[at];
    }
    return NULL;
}

/* The resident memory of this process, in bytes. */
static long memory(void) {
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 0;
    if (fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

/* Distributes decisions to the threads and waits for them. */
static bool run(share *shares, int threads, long decisions) {
    for (int i = 0; i < threads; i++) {
        shares[i].decisions = decisions / threads + (i < decisions % threads);
        if (pthread_create(&shares[i].thread, NULL, decide, &shares[i]) != 0) return false;
    }
    for (int i = 0; i < threads; i++) pthread_join(shares[i].thread, NULL);
    return true;
}

int tool_stress(const char *prefix, long decisions, int threads) {
    tool_workload workload;
    int code = 1;
    share *shares = threads > 0 ? calloc((size_t)threads, sizeof *shares) : NULL;
    bool fine = tool_workload_read(&workload, prefix) && shares != NULL;
    for (int i = 0; fine && i < threads; i++) {
        shares[i] = (share){.workload = &workload, .answer = nhipol_answer_new(), .first = (size_t)i * 97 % workload.count};
    }
    if (fine && run(shares, threads, decisions / 10)) {
        long warm = memory(), disagreements = 0;
        fine = run(shares, threads, decisions - decisions / 10);
        for (int i = 0; i < threads; i++) disagreements += shares[i].disagreements;
        printf("{\"decisions\":%ld,\"threads\":%d,\"disagreements\":%ld,\"memory\":[%ld,%ld]}\n", decisions, threads,
               disagreements, warm, memory());
        code = fine && disagreements == 0 ? 0 : 1;
    }
    for (int i = 0; fine && i < threads; i++) nhipol_answer_free(shares[i].answer);
    free(shares);
    tool_workload_free(&workload);
    return code;
}
