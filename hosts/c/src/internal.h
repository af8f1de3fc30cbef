/*
 * What the files of the host share: texts, answers that the host gives itself, instances of modules, and policies.
 */
#ifndef NHIPOL_INTERNAL_H
#define NHIPOL_INTERNAL_H

#include "contract.h"
#include "nhipol_module.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that grows. */
typedef struct {
    char *data;
    size_t length, capacity;
    bool failed; /* there was no memory for all of it */
} nhipol_text;

void nhipol_text_clear(nhipol_text *text);
void nhipol_text_add(nhipol_text *text, const char *bytes, size_t length);
void nhipol_text_byte(nhipol_text *text, char byte);
void nhipol_text_put(nhipol_text *text, const char *string);

/* Adds a JSON string. Bytes that are not UTF-8 are added as they are. */
void nhipol_text_quote(nhipol_text *text, const char *bytes, size_t length);

bool nhipol_is_utf8(const char *bytes, size_t length);

struct nhipol_answer {
    int effect;
    uint32_t flags;
    double valid_until;
    uint64_t key;
    nhipol_text text;
};

/* Empties the answer, if it is not NULL: the call succeeded, and its text follows. */
void nhipol_answer_start(nhipol_answer *answer);

/* Fills the answer, if it is not NULL, with a deny for one reason. Returns NHIPOL_DENY. */
int nhipol_deny(nhipol_answer *answer, const char *reason, const char *code, const char *path, const char *expected,
                const char *found);
int nhipol_engine_error(nhipol_answer *answer, const char *expected, const char *found);

/* Zeroed memory; NULL: there is none, which is an engine error. */
void *nhipol_allocate(size_t bytes, nhipol_answer *answer);

enum { NHIPOL_CACHED = 1024 };

/* One instance of a module, used by one thread at a time. After a trap, or anything else that the ABI does not allow, it
   has failed: it must be freed, and not called again. */
typedef struct nhipol_instance nhipol_instance;
struct nhipol_instance {
    const nhipol_module *module;
    void *it;
    wasm_rt_memory_t *memory;
    uint32_t request; /* the address to write requests to */
    uint64_t tables;  /* which state of the policy's tables it has */
    bool failed;
    nhipol_instance *next;
    nhipol_answer *cached; /* by key, NHIPOL_CACHED entries: answers without values of the request; NULL: none yet */
};

/* NULL: the module is not one of this ABI, or there is no memory; the answer, if it is not NULL, says why. */
nhipol_instance *nhipol_instance_new(const nhipol_module *module, size_t extra_bytes, nhipol_answer *answer);
void nhipol_instance_free(nhipol_instance *instance);

/* Calls an export. */
#define NHIPOL_CALL(INSTANCE, NAME, ...) (INSTANCE)->module->NAME((INSTANCE)->it, __VA_ARGS__)

/* Whether a call trapped; the instance has failed then. */
bool nhipol_trapped(nhipol_instance *instance, nhipol_answer *answer);

/* The memory of the module from an address on; NULL, and the instance has failed: it is outside. */
uint8_t *nhipol_memory(nhipol_instance *instance, uint32_t address, uint64_t length);

/* Write a request, a name, or a text to the address that the module returns for its length; return the length to pass. The
   module refuses what is too long. */
uint32_t nhipol_put_request(nhipol_instance *instance, const char *json, size_t length);
uint32_t nhipol_put_name(nhipol_instance *instance, const char *name, size_t length);
uint32_t nhipol_put_text(nhipol_instance *instance, uint32_t (*room)(void *it, uint32_t length), const char *text,
                         size_t length);

/* Reads the header that a call returned, and the response that it wrote with `form`, if the answer is not NULL; returns the
   effect. A response that was not written is copied from the cache, or requested. */
int nhipol_read(nhipol_instance *instance, uint32_t address, uint32_t form, nhipol_answer *answer);

/* Reads the header of a possibility: 1 if it is a permit, which has no response, otherwise 0. */
int nhipol_read_possibility(nhipol_instance *instance, uint32_t address, nhipol_answer *answer);

/* The result of a call that changes something and returned the address of a refusal: 1 if that is 0. */
int nhipol_read_change(nhipol_instance *instance, uint32_t refused, nhipol_answer *answer);

/* Reads the error of a call that returned no handle or length; returns 0. */
int nhipol_read_refusal(nhipol_instance *instance, nhipol_answer *answer);

typedef struct nhipol_table nhipol_table;
struct nhipol_table {
    uint32_t number;
    bool is_loaded;
    uint64_t state; /* the state of the tables in which it last changed */
    nhipol_table *next;
    size_t length;
    char contents[];
};

struct nhipol_policy {
    const nhipol_module *module;
    size_t table_bytes, session_bytes;
    char name[256], version[256];

    pthread_mutex_t pool_lock;
    pthread_cond_t returned;
    nhipol_instance *idle;
    uint32_t instances, max_instances;

    pthread_mutex_t tables_lock; /* taken after an instance, never before */
    nhipol_table *tables;
    atomic_uint_fast64_t tables_state;
};

/* Brings the tables of an instance up to date; false: it has failed. */
bool nhipol_update_tables(nhipol_policy *policy, nhipol_instance *instance, nhipol_answer *answer);

#endif
