/*
 * Counts the allocations of each thread: the linker redirects all calls of the allocator to here (`--wrap`).
 */
#include "tool.h"

static _Thread_local size_t allocations;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *before, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *before, size_t bytes);

void *__wrap_malloc(size_t bytes) {
    allocations++;
    return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes) {
    allocations++;
    return __real_calloc(count, bytes);
}

void *__wrap_realloc(void *before, size_t bytes) {
    allocations++;
    return __real_realloc(before, bytes);
}

size_t tool_allocations(void) { return allocations; }
