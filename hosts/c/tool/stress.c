/*
 * stress PREFIX DECISIONS THREADS: whether threads with an instance each agree with what is expected, at steady memory.
 */
#include "verbs.h"
#include "workload.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
    const tool_workload *workload;
    nhipol_worker *worker;
    long decisions;
    size_t first; /* where in the requests it begins */
    long disagreements;
    pthread_t thread;
} share;

static void *decide(void *told) {
    share *s = told;
    nhipol_when now = {0};
    for (long i = 0; i < s->decisions; i++) {
        size_t at = (s->first + (size_t)i) % s->workload->count;
        nhipol_answer answer;
        nhipol_worker_decide(s->worker, s->workload->requests[at].data, s->workload->requests[at].length, now, &answer);
        s->disagreements += answer.effect != s->workload->effects[at];
        nhipol_answer_clear(&answer);
    }
    return NULL;
}

/* Pages of this process that are in memory, in bytes. */
static long memory(void) {
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 0;
    if (fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    fclose(file);
    return resident * sysconf(_SC_PAGESIZE);
}

/* Shares decisions among the threads and waits for them. */
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
        shares[i] = (share){.workload = &workload, .worker = nhipol_take(workload.policy)};
        shares[i].first = (size_t)i * 97 % workload.count;
        fine = shares[i].worker != NULL;
    }
    if (fine && run(shares, threads, decisions / 10)) {
        long warm = memory(), disagreements = 0;
        fine = run(shares, threads, decisions - decisions / 10);
        for (int i = 0; i < threads; i++) disagreements += shares[i].disagreements;
        printf("{\"decisions\":%ld,\"threads\":%d,\"disagreements\":%ld,\"memory\":[%ld,%ld]}\n", decisions, threads,
               disagreements, warm, memory());
        code = fine && disagreements == 0 ? 0 : 1;
    }
    free(shares);
    tool_workload_free(&workload);
    return code;
}
