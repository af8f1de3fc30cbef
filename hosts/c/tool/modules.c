/*
 * From the bytes of a module to its table, by `nhipol-cc -s`: see `tool.h`.
 */
#define _GNU_SOURCE 1
#include "tool.h"

#include <dlfcn.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char *tool_read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s cannot be read\n", path);
        return NULL;
    }
    char *bytes = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        rewind(file);
        if (size >= 0) bytes = malloc((size_t)size + 1);
        if (bytes != NULL && fread(bytes, 1, (size_t)size, file) != (size_t)size) {
            free(bytes);
            bytes = NULL;
        }
        *length = (size_t)size;
    }
    fclose(file);
    return bytes;
}

static uint64_t hash(uint64_t value, const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) value = (value ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return value;
}

/* The libraries depend on the translator and on the layout of the table as well. */
static uint64_t hash_file(uint64_t value, const char *path) {
    size_t length = 0;
    char *bytes = tool_read_file(path, &length);
    if (bytes != NULL) value = hash(value, bytes, length);
    free(bytes);
    return value;
}

bool tool_module_begin(tool_module *module, const char *bytes, size_t length, const char *flags) {
    static uint64_t seed;
    char wasm[600], setting[256];
    if (seed == 0) seed = hash_file(hash_file(0xcbf29ce484222325u, NHIPOL_CC), NHIPOL_MODULE_HEADER);
    uint64_t digest = hash(hash(seed, flags, strlen(flags)), bytes, length);
    mkdir(NHIPOL_MODULES, 0777);
    snprintf(module->library, sizeof module->library, "%s/%016llx.so", NHIPOL_MODULES, (unsigned long long)digest);
    module->child = 0;
    if (access(module->library, R_OK) == 0) return true;
    snprintf(wasm, sizeof wasm, "%s.wasm", module->library);
    FILE *file = fopen(wasm, "wb");
    if (file == NULL) return false;
    bool is_written = fwrite(bytes, 1, length, file) == length;
    if (fclose(file) != 0 || !is_written) return false;
    snprintf(setting, sizeof setting, "%s %s", flags, NHIPOL_MODULE_FLAGS);
    setenv("NHIPOL_CFLAGS", setting, 1);
    setenv("NHIPOL_LIB", NHIPOL_HOST_LIBRARY, 1);
    char *const arguments[] = {NHIPOL_CC, "-s", module->library, wasm, NULL};
    pid_t child;
    if (posix_spawn(&child, NHIPOL_CC, NULL, NULL, arguments, environ) != 0) return false;
    module->child = child;
    return true;
}

const nhipol_module *tool_module_end(tool_module *module) {
    int status = 0;
    if (module->child != 0 && (waitpid(module->child, &status, 0) < 0 || status != 0)) return NULL;
    module->child = 0;
    void *library = dlopen(module->library, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) fprintf(stderr, "%s\n", dlerror());
    return library == NULL ? NULL : dlsym(library, "nhipol_module_policy");
}
