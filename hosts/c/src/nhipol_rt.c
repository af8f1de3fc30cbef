/*
 * The runtime of translated modules, called by the code that wasm2c generates. Replaces wabt's `wasm-rt-impl.c`.
 *
 * In: sizes of memories and tables. Out: zeroed memory, and a jump to the thread's `nhipol_rt_back` for every trap.
 * Threads share only the list of function types, which has a lock.
 */
#include "nhipol_rt.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>

#define PAGE ((size_t)65536)
#define MAX_TYPES 256
#define MAX_VALUES 32

NHIPOL_RT_LOCAL uint32_t wasm_rt_call_stack_depth;
NHIPOL_RT_LOCAL nhipol_rt_frame *nhipol_rt_back;

void wasm_rt_init(void) {}
bool wasm_rt_is_initialized(void) { return true; }

void wasm_rt_trap(wasm_rt_trap_t code) {
    if (nhipol_rt_back == NULL) abort();
    nhipol_rt_back->trap = (uint32_t)code;
    longjmp(nhipol_rt_back->point, 1);
}

/* If the system has no memory, this one has no bytes, and each access traps. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t initial_pages, uint32_t max_pages) {
    memory->data = calloc(initial_pages * PAGE + 1, 1);
    memory->pages = memory->data == NULL ? 0 : initial_pages;
    memory->size = (uint32_t)(memory->pages * PAGE);
    memory->max_pages = max_pages;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t delta) {
    uint32_t old_pages = memory->pages;
    if (delta > 65535 - old_pages || old_pages + delta > memory->max_pages) return UINT32_MAX;
    uint8_t *data = realloc(memory->data, (old_pages + delta) * PAGE + 1);
    if (data == NULL) return UINT32_MAX;
    memset(data + old_pages * PAGE, 0, delta * PAGE);
    memory->data = data;
    memory->pages = old_pages + delta;
    memory->size = (uint32_t)(memory->pages * PAGE);
    return old_pages;
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory) { free(memory->data); }

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t elements, uint32_t max_elements) {
    table->data = calloc(elements, sizeof(wasm_rt_funcref_t));
    table->size = table->data == NULL ? 0 : elements;
    table->max_size = max_elements;
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table) { free(table->data); }

/* Equal signatures have equal numbers, from 1, in all modules. A signature beyond the room has a number of its own. */
uint32_t wasm_rt_register_func_type(uint32_t params, uint32_t results, ...) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static uint8_t types[MAX_TYPES][MAX_VALUES + 2];
    static uint32_t count, others;
    uint8_t type[MAX_VALUES + 2] = {(uint8_t)params, (uint8_t)results};
    bool is_long = params + results > MAX_VALUES;
    va_list values;
    va_start(values, results);
    for (uint32_t i = 0; !is_long && i < params + results; i++) type[i + 2] = (uint8_t)va_arg(values, int);
    va_end(values);
    pthread_mutex_lock(&lock);
    uint32_t index = 0;
    while (index < count && memcmp(types[index], type, sizeof type) != 0) index++;
    if (is_long || index == MAX_TYPES) {
        index = UINT32_MAX - 1 - others++;
    } else if (index == count) {
        memcpy(types[count++], type, sizeof type);
    }
    pthread_mutex_unlock(&lock);
    return index + 1;
}
