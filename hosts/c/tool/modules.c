/*
 * From a module's bytes to its table, by `nhipol-cc -s`: see `modules.h`.
 */
#define _GNU_SOURCE 1
#include "modules.h"

#include "sha256.h"

#include <dlfcn.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char *tool_read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
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

static bool write_file(const char *path, const char *bytes, size_t length) {
    FILE *file = fopen(path, "wb");
    if (file == NULL) return false;
    bool written = fwrite(bytes, 1, length, file) == length;
    return fclose(file) == 0 && written;
}

bool tool_module_begin(tool_module *module, const char *bytes, size_t length) {
    char digits[65], wasm[600];
    nhipol_sha256(bytes, length, digits);
    mkdir(NHIPOL_MODULES, 0777);
    snprintf(module->library, sizeof module->library, "%s/%.32s.so", NHIPOL_MODULES, digits);
    module->child = 0;
    if (access(module->library, R_OK) == 0) return true;
    snprintf(wasm, sizeof wasm, "%s/%.32s.wasm", NHIPOL_MODULES, digits);
    if (!write_file(wasm, bytes, length)) return false;
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
