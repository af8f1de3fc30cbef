/*
 * One instance of a policy and its doors, without more than the translated module: no manifest, no allocation per request.
 *
 * In: requests as JSON bytes and an instant. Out: the module's own 64-byte result, reasons by index, cells. Each door
 * gives a `nhipol_status`. After NHIPOL_FAILED (a trap, or a number that cannot be) the instance answers nothing more:
 * take it as a deny, destroy it and create another. An instance belongs to one thread at a time.
 * Sessions: `nhipol_session.h`. Names, messages and the answer as AuthZEN has it: `nhipol_policy.h`.
 */
#ifndef NHIPOL_H
#define NHIPOL_H

#include "nhipol_module.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef enum { NHIPOL_PERMIT, NHIPOL_NARROW, NHIPOL_CHALLENGE, NHIPOL_DENY, NHIPOL_REVOKE } nhipol_effect;
typedef enum { NHIPOL_HOST_TIME, NHIPOL_REQUEST_TIME } nhipol_clock; /* whose instant counts: `now`, or the request's */

typedef enum {
    NHIPOL_OK,
    NHIPOL_ERROR,      /* the module says what is wrong, in the result or the outcome */
    NHIPOL_NO_MEMORY,  /* no more memory, or more than the limit allows */
    NHIPOL_NO_SUPPORT, /* the policy was compiled without this */
    NHIPOL_REFUSED,    /* no module of this contract */
    NHIPOL_FAILED      /* destroy the instance */
} nhipol_status;

enum { NHIPOL_DEFAULTED = 1, NHIPOL_INVALID = 2, NHIPOL_CLOCK_WENT_BACK = 4, NHIPOL_REVOKED_BEFORE = 8 };
enum { NHIPOL_PAGE = 65536, NHIPOL_REQUEST_ROOM = 65536, NHIPOL_DIGEST_ROOM = 72 };
#define NHIPOL_NONE UINT32_MAX
#define NHIPOL_LAST_INSTANT 8.64e15 /* milliseconds from the epoch, to both sides */

typedef struct {
    uint32_t effect, flags;
    double valid_until; /* milliseconds since the epoch; infinity: time alone changes nothing */
    uint32_t error, error_path, error_found, error_offset, error_places[4];
    uint32_t reason_count, subject, action, resource;
} nhipol_result;

typedef struct {
    uint32_t index, bits; /* bit 0: it fired on unknown */
    uint64_t unknown;
} nhipol_reason;

typedef struct {
    union {
        int64_t number;
        struct {
            uint32_t pointer, length;
        } bytes;
    };
    uint8_t there, known, rest[6];
} nhipol_cell;

typedef struct {
    uint32_t code, where, found, offset, keys[2], element, missing_pages;
} nhipol_outcome;

_Static_assert(sizeof(nhipol_result) == 64 && sizeof(nhipol_reason) == 16, "as the module lays them out");
_Static_assert(sizeof(nhipol_cell) == 16 && sizeof(nhipol_outcome) == 32, "as the module lays them out");

typedef struct {
    const nhipol_module *module;
    void *it; /* wasm2c's instance */
    wasm_rt_memory_t *memory;
    uint32_t request;
    bool failed;
} nhipol;

/* Runs STATEMENT, which calls into the module; a trap in it marks the instance as failed. */
#define NHIPOL_GUARDED(INSTANCE, STATEMENT)                                                                                \
    do {                                                                                                                   \
        nhipol_rt_trap = WASM_RT_TRAP_NONE;                                                                                \
        STATEMENT;                                                                                                         \
        if (nhipol_rt_trap != WASM_RT_TRAP_NONE) (INSTANCE)->failed = true;                                                \
    } while (0)

/* So many bytes of the module's memory, or NULL (and the instance has failed) where they are not all within it. */
static inline uint8_t *nhipol_at(nhipol *n, uint32_t address, uint64_t length) {
    if (n->failed || address + length > n->memory->size) {
        n->failed = true;
        return NULL;
    }
    return n->memory->data + address;
}

static inline void nhipol_destroy(nhipol *n) {
    if (n->it != NULL) n->module->release(n->it);
    free(n->it);
    n->it = NULL;
    n->failed = true;
}

/* The memory never grows beyond so many bytes. On anything but NHIPOL_OK there is nothing to destroy. */
static inline nhipol_status nhipol_create(nhipol *n, const nhipol_module *module, size_t max_memory_bytes) {
    *n = (nhipol){.module = module, .it = calloc(1, module->instance_bytes)};
    n->failed = n->it == NULL;
    if (n->failed) return NHIPOL_NO_MEMORY;
    module->start();
    NHIPOL_GUARDED(n, module->instantiate(n->it));
    n->memory = module->memory(n->it);
    nhipol_status status = n->failed || *module->abi_major(n->it) != 1 ? NHIPOL_REFUSED : NHIPOL_OK;
    if (n->memory->data == NULL || n->memory->pages > max_memory_bytes / NHIPOL_PAGE) status = NHIPOL_NO_MEMORY;
    if (status == NHIPOL_OK) {
        if (n->memory->max_pages > max_memory_bytes / NHIPOL_PAGE) {
            n->memory->max_pages = (uint32_t)(max_memory_bytes / NHIPOL_PAGE);
        }
        NHIPOL_GUARDED(n, n->request = module->request(n->it, 0));
        nhipol_at(n, n->request, NHIPOL_REQUEST_ROOM);
        nhipol_at(n, *module->result(n->it), sizeof(nhipol_result));
        if (n->failed || n->request == 0) status = NHIPOL_REFUSED;
    }
    if (status != NHIPOL_OK) nhipol_destroy(n);
    return status;
}

/* Writes a text where requests are written; gives the length to tell. What is too long is refused by the module. */
static inline uint32_t nhipol_write(nhipol *n, const char *json, size_t length) {
    if (length <= NHIPOL_REQUEST_ROOM) memcpy(n->memory->data + n->request, json, length);
    return length > INT32_MAX ? INT32_MAX : (uint32_t)length;
}

/* Copies the result that a door of the module gave the address of. */
static inline nhipol_status nhipol_read(nhipol *n, uint32_t address, nhipol_result *result) {
    const uint8_t *bytes = nhipol_at(n, address, sizeof *result);
    if (bytes == NULL) return NHIPOL_FAILED;
    memcpy(result, bytes, sizeof *result);
    if (result->effect > NHIPOL_REVOKE) n->failed = true;
    if (nhipol_at(n, *n->module->reasons(n->it), (uint64_t)result->reason_count * sizeof(nhipol_reason)) == NULL) {
        return NHIPOL_FAILED;
    }
    return NHIPOL_OK;
}

/* The digest of the call that is asked for next, NULL for none; nothing where the policy doesn't ask for it. */
static inline void nhipol_tell_digest(nhipol *n, const char *digest) {
    if (n->module->call_digest == NULL) return;
    uint8_t *room = nhipol_at(n, *n->module->call_digest(n->it), NHIPOL_DIGEST_ROOM);
    if (room == NULL) return;
    if (digest == NULL) {
        *room = 0;
    } else {
        memcpy(room, digest, NHIPOL_DIGEST_ROOM);
    }
}

/* `now` is in whole milliseconds since the epoch, NaN for none. */
static inline nhipol_status nhipol_decide(nhipol *n, const char *json, size_t length, double now, nhipol_clock clock,
                                          nhipol_result *result) {
    if (n->failed) return NHIPOL_FAILED;
    uint32_t address = 0;
    uint32_t told = nhipol_write(n, json, length);
    NHIPOL_GUARDED(n, address = n->module->decide(n->it, told, now, (uint32_t)clock));
    return nhipol_read(n, address, result);
}

/* Judges the last request once more, at another instant. */
static inline nhipol_status nhipol_again(nhipol *n, double now, nhipol_result *result) {
    if (n->failed) return NHIPOL_FAILED;
    uint32_t address = 0;
    NHIPOL_GUARDED(n, address = n->module->again(n->it, now));
    return nhipol_read(n, address, result);
}

/* Fills in reasons' unknown, placeholders and properties of the last answer. Constraints are gone after it. */
static inline nhipol_status nhipol_explain(nhipol *n) {
    if (!n->failed) NHIPOL_GUARDED(n, n->module->explain(n->it));
    return n->failed ? NHIPOL_FAILED : NHIPOL_OK;
}

/* The reason at a place below `reason_count`. */
static inline nhipol_reason nhipol_reason_at(nhipol *n, uint32_t place) {
    nhipol_reason reason = {NHIPOL_NONE, 0, 0};
    uint64_t address = *n->module->reasons(n->it) + (uint64_t)place * sizeof reason;
    const uint8_t *bytes = address > UINT32_MAX ? NULL : nhipol_at(n, (uint32_t)address, sizeof reason);
    if (bytes != NULL) memcpy(&reason, bytes, sizeof reason);
    return reason;
}

/* The cell at a place of an area: `module->constraints`, `placeholders`, `properties`. */
static inline nhipol_cell nhipol_cell_at(nhipol *n, nhipol_global *area, uint32_t place) {
    nhipol_cell cell = {.there = 0};
    uint64_t address = *area(n->it) + (uint64_t)place * sizeof cell;
    const uint8_t *bytes = address > UINT32_MAX ? NULL : nhipol_at(n, (uint32_t)address, sizeof cell);
    if (bytes != NULL) memcpy(&cell, bytes, sizeof cell);
    return cell;
}

#endif
