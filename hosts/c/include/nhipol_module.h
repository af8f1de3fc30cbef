/*
 * A translated module as a table of its exports: `nhipol-cc` writes one for each policy.
 *
 * wasm2c puts the module's name into each function's, so a program with several policies has several of each. The
 * table gives them one shape. What a policy need not export is NULL. `it` is always the instance's own memory.
 */
#ifndef NHIPOL_MODULE_H
#define NHIPOL_MODULE_H

#include "nhipol_rt.h"

#include <stddef.h>
#include <stdint.h>

/* Declares the table of the policy that was translated as `nhipol-cc -n NAME`; its value is `nhipol_module_NAME`. */
#define NHIPOL_MODULE(NAME) extern const nhipol_module nhipol_module_##NAME

typedef uint32_t *nhipol_global(void *it);

typedef struct nhipol_module {
    const char *name;
    const char *manifest; /* the custom section: UTF-8 JSON, not ended by a zero */
    size_t manifest_length;
    size_t instance_bytes;
    void (*start)(void); /* once for a program; may be called again */
    void (*instantiate)(void *it);
    void (*release)(void *it);
    wasm_rt_memory_t *(*memory)(void *it);

    nhipol_global *abi_major, *abi_minor, *manifest_address, *manifest_bytes;
    nhipol_global *result, *reasons, *constraints, *placeholders, *properties;
    uint32_t (*request)(void *it, uint32_t length);
    uint32_t (*decide)(void *it, uint32_t length, double now, uint32_t clock);
    uint32_t (*again)(void *it, double now);
    void (*explain)(void *it);
    double (*instant)(void *it);

    nhipol_global *call_digest, *judged_digest;

    uint32_t (*reserve)(void *it, uint32_t pages);
    uint32_t (*table_text)(void *it, uint32_t length);
    uint32_t (*load_table)(void *it, uint32_t index);
    void (*drop_table)(void *it, uint32_t index);
    uint32_t (*table_outcome)(void *it);

    nhipol_global *session_id, *changes;
    uint32_t (*session_open)(void *it, uint32_t length, uint32_t id_length, double now);
    uint32_t (*session_patch)(void *it, uint32_t handle, uint32_t length, uint32_t replaced);
    uint32_t (*session_set)(void *it, uint32_t handle, uint32_t word, double value);
    uint32_t (*session_record)(void *it, uint32_t handle, uint32_t signal, uint32_t length, double time, double now);
    uint32_t (*session_decide)(void *it, uint32_t handle, double now, uint32_t record);
    uint32_t (*session_effect)(void *it, uint32_t handle, double now);
    uint32_t (*session_close)(void *it, uint32_t handle);
    uint32_t (*session_buffer)(void *it, uint32_t length);
    uint32_t (*session_snapshot)(void *it, uint32_t handle);
    uint32_t (*session_restore)(void *it, uint32_t length);
    uint32_t (*session_sweep)(void *it, double now, uint32_t all);
    double (*session_due)(void *it);
    uint32_t (*session_count)(void *it);
} nhipol_module;

#endif
