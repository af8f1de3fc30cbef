/*
 * What the commands of the tool share. Each command prints one line of JSON and returns the exit code of the program.
 */
#ifndef TOOL_H
#define TOOL_H

#include "nhipol.h"

#include <stdbool.h>

int tool_conformance(const char *folder);
int tool_measure(const char *prefix);
int tool_stress(const char *prefix, long decisions, int threads);

/* A file; NULL: it cannot be read. Must be freed. */
char *tool_read_file(const char *path, size_t *length);

/* A module that is translated, compiled and opened at run time. Libraries are cached by the contents of their modules. */
typedef struct {
    char library[512];
    int child; /* the process that makes it; 0: it exists */
} tool_module;

/* Starts to make the library of a module, with these flags of the compiler, in another process if it does not exist. */
bool tool_module_begin(tool_module *module, const char *bytes, size_t length, const char *flags);

/* Waits for the library and opens it; NULL: the module was refused. It is never closed. */
const nhipol_module *tool_module_end(tool_module *module);

/* Requests, and the effect that each must have. */
typedef struct {
    nhipol_policy *policy;
    char *texts, *names;
    nhipol_value *requests;
    int *effects;
    size_t count;
} tool_workload;

/* Reads PREFIX.wasm, PREFIX.jsonl and PREFIX.effects; false: they cannot be read. */
bool tool_workload_read(tool_workload *workload, const char *prefix);
void tool_workload_free(tool_workload *workload);

/* The allocations of this thread so far. */
size_t tool_allocations(void);

/* A value as a program would have it: the calls that write it, with numbers that are not plain integers as doubles. */
typedef struct {
    char kind; /* the first byte of the JSON, `:` for a name, `i` for an integer, `d` for a double, `e` for an end */
    char *text;
    size_t length;
    int64_t integer;
    double number;
} tool_call;

typedef struct {
    tool_call *calls;
    size_t count;
} tool_value;

tool_value tool_value_of(const nhipol_value *json);
void tool_value_write(nhipol_writer *writer, const tool_value *value);
void tool_value_free(tool_value *value);

/* Whether two JSON values are equal: members in any order, numbers by their exact value. */
bool tool_same(const nhipol_value *a, const nhipol_value *b);

#endif
