/*
 * A workload: a module, requests of one line each, and the effect that each must have.
 */
#ifndef TOOL_WORKLOAD_H
#define TOOL_WORKLOAD_H

#include "nhipol_policy.h"

typedef struct {
    nhipol_policy *policy;
    char *texts, *names;
    nhipol_bytes *requests;
    nhipol_effect *effects;
    size_t count;
} tool_workload;

/* Reads PREFIX.wasm, PREFIX.jsonl and PREFIX.effects; false: they can't be, which is told on stderr. */
bool tool_workload_read(tool_workload *workload, const char *prefix);
void tool_workload_free(tool_workload *workload);

/* The allocations of this thread so far. */
size_t tool_allocations(void);

#endif
