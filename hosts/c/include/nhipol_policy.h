/*
 * A policy: its module and manifest, and workers that answer, one request at a time each.
 *
 * Policies are safe to use from any number of threads, workers from one at a time. Nothing here fails in place of an
 * answer: what goes wrong is a deny with the reason `engine_error`, and that worker's instance is replaced.
 */
#ifndef NHIPOL_POLICY_H
#define NHIPOL_POLICY_H

#include "nhipol_answer.h"

typedef struct nhipol_policy nhipol_policy;
typedef struct nhipol_worker nhipol_worker;

typedef struct {
    size_t tables_bytes;   /* what tables may take in an instance; 0: 64 MiB */
    size_t sessions_bytes; /* what sessions, with the tables, may take; 0: 1 GiB */
    size_t memory_bytes;   /* the memory of any instance, all in all; 0: what a module starts with and the above */
} nhipol_limits;

/* The instant of evaluation. Zeros: now, by this machine's clock, and what the request says about it is ignored. */
typedef struct {
    nhipol_clock clock; /* NHIPOL_REQUEST_TIME: the request's own instant counts, and `now` where it has none */
    enum { NHIPOL_MACHINE_NOW, NHIPOL_GIVEN_NOW, NHIPOL_WITHOUT_NOW } source;
    double now; /* with NHIPOL_GIVEN_NOW, in milliseconds since the epoch */
} nhipol_when;

/* What is wrong with a table or with what a session is told: `error` is as an answer's, NULL: nothing. */
typedef struct {
    const nhipol_value *error; /* {code, path, expected, found, offset} */
    nhipol_arena arena;
} nhipol_fault;

void nhipol_fault_clear(nhipol_fault *fault);

/* Checks a module and its manifest; NULL: it is refused, and `why` is a sentence. `limits` may be NULL. */
nhipol_policy *nhipol_policy_load(const nhipol_module *module, const nhipol_limits *limits, char why[160]);

/* Frees it, if it is one, with its workers. Sessions are freed, and answers no longer used, before. */
void nhipol_policy_free(nhipol_policy *policy);

const char *nhipol_policy_manifest(const nhipol_policy *policy, size_t *length);

/* A worker from the pool, or a new one; NULL: no memory. Whoever asks often keeps one for each thread. */
nhipol_worker *nhipol_take(nhipol_policy *policy);
void nhipol_give(nhipol_worker *worker);

/* Decides a request: JSON text in UTF-8, or a value. The answer is to be cleared. */
void nhipol_worker_decide(nhipol_worker *worker, const char *json, size_t length, nhipol_when when, nhipol_answer *answer);
void nhipol_worker_decide_value(nhipol_worker *worker, const nhipol_value *request, nhipol_when when,
                                nhipol_answer *answer);

/* The same, with a worker that is taken for it. */
void nhipol_policy_decide(nhipol_policy *policy, const char *json, size_t length, nhipol_when when, nhipol_answer *answer);
void nhipol_policy_decide_value(nhipol_policy *policy, const nhipol_value *request, nhipol_when when,
                                nhipol_answer *answer);

/* Fills or empties an external table, for all workers and sessions. Gives false with a fault, which is to be cleared: the
   table holds then what it held before. */
bool nhipol_load_table_named(nhipol_policy *policy, const char *name, const char *json, size_t length, nhipol_fault *fault);
bool nhipol_drop_table_named(nhipol_policy *policy, const char *name, nhipol_fault *fault);

#endif
