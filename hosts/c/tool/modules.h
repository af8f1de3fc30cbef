/*
 * Modules that are told at run time: translated, compiled and opened as shared libraries.
 */
#ifndef TOOL_MODULES_H
#define TOOL_MODULES_H

#include "nhipol_policy.h"

/* The libraries are kept by what their modules hold, in a folder that the build names. */
typedef struct {
    char library[512];
    int child; /* the process that makes it; 0: it is there */
} tool_module;

/* Begins to make the library of a module's bytes, in another process where it is not there. */
bool tool_module_begin(tool_module *module, const char *bytes, size_t length);

/* Waits for it and opens it; NULL where the module is refused. What is opened stays so. */
const nhipol_module *tool_module_end(tool_module *module);

/* A whole file; NULL: it can't be read. To be freed. */
char *tool_read_file(const char *path, size_t *length);

#endif
