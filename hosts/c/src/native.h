/*
 * Requests as values: what a policy declares of them is written as JSON for the module.
 */
#ifndef NHIPOL_NATIVE_H
#define NHIPOL_NATIVE_H

#include "contract.h"
#include "manifest.h"
#include "nhipol_value.h"

/* What a policy declares, as a tree of names. */
typedef struct nhipol_declared nhipol_declared;

/* NULL: no memory. It goes with the arena. */
nhipol_declared *nhipol_declared_of(nhipol_arena *arena, const nhipol_manifest *manifest);

#define NHIPOL_CARRIED NHIPOL_TEXT_NUMBER

/* What is no such number. */
typedef struct {
    char path[256];
    const char *found; /* NULL: there is nothing */
} nhipol_misfit;

/* Adds the declared members of a request; with `whole_call` also what the digest of its call covers. */
void nhipol_write_request(nhipol_text *text, const nhipol_declared *declared, const nhipol_value *request, bool whole_call,
                          nhipol_misfit *misfit);

#endif
