/*
 * A translated module as a table of its exports. `nhipol-cc` generates one for each policy.
 *
 * wasm2c adds the name of the module to the names of its functions; the table gives all modules the same shape. Exports
 * that a policy does not have are NULL. `it` is the memory of an instance, which starts with the code of its last trap
 * (0: none).
 */
#ifndef NHIPOL_MODULE_H
#define NHIPOL_MODULE_H

#include "nhipol.h"
#include "nhipol_rt.h"

typedef uint32_t *nhipol_global(void *it);

struct nhipol_module {
    const char *manifest; /* the custom section: UTF-8 JSON, not terminated; the only copy, as wasm2c drops it */
    size_t manifest_length;
    size_t instance_bytes;
    void (*start)(void); /* once in a program; may be called again */
    void (*instantiate)(void *it);
    void (*release)(void *it);
    wasm_rt_memory_t *(*memory)(void *it);

    nhipol_global *abi_major, *abi_minor;
    uint32_t (*request)(void *it, uint32_t length);
    uint32_t (*decide)(void *it, uint32_t length, double now, uint32_t clock, uint32_t form);
    uint32_t (*again)(void *it, double now, uint32_t form);
    uint32_t (*respond)(void *it, uint32_t form);

    uint32_t (*could)(void *it, uint32_t length, double now, uint32_t clock, uint32_t form);

    nhipol_global *name;
    void (*limit)(void *it, uint32_t pages);
    uint32_t (*table_find)(void *it, uint32_t length);
    uint32_t (*table_text)(void *it, uint32_t length);
    uint32_t (*table_load)(void *it, uint32_t table);
    uint32_t (*table_drop)(void *it, uint32_t table);

    nhipol_global *changes;
    uint32_t (*session_open)(void *it, uint32_t id_length, uint32_t length, double now);
    uint32_t (*session_name)(void *it, uint32_t handle);
    uint32_t (*session_patch)(void *it, uint32_t handle, uint32_t length, uint32_t whole);
    uint32_t (*signal_find)(void *it, uint32_t length);
    uint32_t (*session_record)(void *it, uint32_t handle, uint32_t signal, uint32_t length, double time, double now);
    uint32_t (*session_decide)(void *it, uint32_t handle, uint32_t length, double now, uint32_t ask, uint32_t form);
    uint32_t (*session_could)(void *it, uint32_t handle, uint32_t length, double now, uint32_t form); /* optional */
    uint32_t (*session_close)(void *it, uint32_t handle);
    uint32_t (*session_buffer)(void *it, uint32_t length);
    uint32_t (*session_snapshot)(void *it, uint32_t handle);
    uint32_t (*session_restore)(void *it, uint32_t length);
    uint32_t (*session_sweep)(void *it, double now, uint32_t all);
    double (*session_due)(void *it);
    uint32_t (*refuse)(void *it, uint32_t code);
};

#endif
