/*
 * The runtime of translated modules: what wasm2c's generated code calls. Takes the place of wabt's `wasm-rt-impl.c`.
 *
 * In: sizes of memories and tables. Out: zeroed memory, and a jump to the thread's `nhipol_rt_back` for every trap.
 * Threads share nothing that is written but the list of function types, which has a lock.
 */
#if NHIPOL_GUARD_PAGES
#define _GNU_SOURCE 1
#endif
#include "nhipol_rt.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>

#if NHIPOL_GUARD_PAGES
#include <signal.h>
#include <sys/mman.h>
#define RESERVED ((size_t)8 << 30) /* what an address and an offset of 32 bits each can reach */
#endif

#define PAGE ((size_t)65536)
#define MOST_TYPES 256
#define MOST_VALUES 32

NHIPOL_RT_LOCAL uint32_t wasm_rt_call_stack_depth;
NHIPOL_RT_LOCAL jmp_buf *nhipol_rt_back;
NHIPOL_RT_LOCAL wasm_rt_trap_t nhipol_rt_trap;

void wasm_rt_trap(wasm_rt_trap_t code) {
    if (nhipol_rt_back == NULL) abort();
    nhipol_rt_trap = code;
    longjmp(*nhipol_rt_back, 1);
}

#if NHIPOL_GUARD_PAGES
static struct sigaction before;

/* A fault while a module runs is a trap; any other is whoever's it was before. */
static void on_fault(int signal, siginfo_t *info, void *context) {
    if (nhipol_rt_back != NULL) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, signal);
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
        wasm_rt_trap(WASM_RT_TRAP_OOB);
    }
    if ((before.sa_flags & SA_SIGINFO) != 0) {
        before.sa_sigaction(signal, info, context);
    } else {
        sigaction(signal, &before, NULL);
    }
}

static void install(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = on_fault;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &before);
}

void wasm_rt_init(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
}
#else
void wasm_rt_init(void) {}
#endif

bool wasm_rt_is_initialized(void) { return true; }

/* Where there is no memory left, it has no bytes: `nhipol_create` refuses it, and each access traps. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t initial_pages, uint32_t max_pages) {
    size_t bytes = initial_pages * PAGE;
#if NHIPOL_GUARD_PAGES
    void *data = mmap(NULL, RESERVED, PROT_NONE, MAP_ANONYMOUS | MAP_PRIVATE | MAP_NORESERVE, -1, 0);
    memory->data = data == MAP_FAILED ? NULL : data;
    if (memory->data != NULL && mprotect(data, bytes, PROT_READ | PROT_WRITE) != 0) bytes = 0;
#else
    memory->data = calloc(bytes, 1);
#endif
    if (memory->data == NULL) bytes = 0;
    memory->size = (uint32_t)bytes;
    memory->pages = (uint32_t)(bytes / PAGE);
    memory->max_pages = max_pages;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t delta) {
    uint32_t old_pages = memory->pages;
    if (delta > 65535 - old_pages || old_pages + delta > memory->max_pages) return UINT32_MAX;
    size_t old_bytes = old_pages * PAGE;
    size_t new_bytes = old_bytes + delta * PAGE;
#if NHIPOL_GUARD_PAGES
    if (mprotect(memory->data, new_bytes, PROT_READ | PROT_WRITE) != 0) return UINT32_MAX;
#else
    uint8_t *data = realloc(memory->data, new_bytes);
    if (data == NULL) return UINT32_MAX;
    memset(data + old_bytes, 0, new_bytes - old_bytes);
    memory->data = data;
#endif
    memory->size = (uint32_t)new_bytes;
    memory->pages = old_pages + delta;
    return old_pages;
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory) {
#if NHIPOL_GUARD_PAGES
    if (memory->data != NULL) munmap(memory->data, RESERVED);
#else
    free(memory->data);
#endif
    memory->data = NULL;
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t elements, uint32_t max_elements) {
    table->data = calloc(elements, sizeof(wasm_rt_funcref_t));
    table->size = table->data == NULL ? 0 : elements;
    table->max_size = max_elements;
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table) { free(table->data); }

/* Equal signatures have equal numbers, from 1, in all modules; 0 is no type, of which a call traps. */
uint32_t wasm_rt_register_func_type(uint32_t params, uint32_t results, ...) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static uint8_t types[MOST_TYPES][MOST_VALUES + 2];
    static uint32_t count;
    if (params + results > MOST_VALUES) return 0;
    uint8_t type[MOST_VALUES + 2] = {(uint8_t)params, (uint8_t)results};
    va_list values;
    va_start(values, results);
    for (uint32_t i = 0; i < params + results; i++) type[i + 2] = (uint8_t)va_arg(values, int);
    va_end(values);
    pthread_mutex_lock(&lock);
    uint32_t index = 0;
    while (index < count && memcmp(types[index], type, sizeof type) != 0) index++;
    if (index == count && count < MOST_TYPES) memcpy(types[count++], type, sizeof type);
    pthread_mutex_unlock(&lock);
    return index < MOST_TYPES ? index + 1 : 0;
}
