/*
 * What a policy and its workers are made of, for the parts that share it.
 */
#ifndef NHIPOL_POLICY_PARTS_H
#define NHIPOL_POLICY_PARTS_H

#include "kept.h"
#include "native.h"
#include "nhipol_policy.h"

#include <pthread.h>
#include <stdatomic.h>

/* The text that a table was filled with last; `data` NULL: it is empty. */
typedef struct {
    char *data;
    size_t length;
    uint64_t version; /* of the policy's tables when it came */
} nhipol_table_text;

struct nhipol_policy {
    const nhipol_module *module;
    nhipol_manifest manifest;
    nhipol_declared *declared;
    nhipol_limits limits;
    pthread_mutex_t lock; /* of the two lists */
    nhipol_worker *idle, *all;
    pthread_mutex_t loading;      /* one table is loaded at a time */
    pthread_rwlock_t tables_lock; /* of the texts */
    nhipol_table_text *tables;
    _Atomic uint64_t version;
};

struct nhipol_worker {
    nhipol_policy *policy;
    nhipol_worker *next_idle, *next;
    nhipol n;
    uint64_t version; /* of the tables that the instance holds */
    nhipol_kept kept;
    nhipol_text text;
};

/* An instance of the policy, whose memory may grow by so many bytes. */
nhipol_status nhipol_policy_instance(const nhipol_policy *policy, nhipol *n, size_t room);

/* The instant to pass on, NaN for none; false: it is no instant. */
bool nhipol_instant_of(nhipol_when when, double *now);

/* Loads into an instance the tables that changed since the version it holds. */
nhipol_status nhipol_bring_tables(const nhipol_policy *policy, nhipol *n, uint64_t *version);

void nhipol_tables_clear(nhipol_policy *policy);

/* The whole answer from what a door gave; an instance that failed is destroyed. */
void nhipol_finish(nhipol *n, nhipol_kept *kept, const nhipol_manifest *manifest, nhipol_status status,
                   const nhipol_result *result, nhipol_answer *answer);

/* Fills a fault, for who returns false. */
bool nhipol_faulty(nhipol_fault *fault, const char *code, const char *expected, const char *found);

#endif
