/*
 * Tables and sessions of one instance: the doors that few policies have, with the same promises as `nhipol.h`.
 *
 * In: texts, handles and instants. Out: a status; with NHIPOL_ERROR the outcome or the result tells what is wrong. Room
 * is reserved as it is needed, up to the instance's limit: NHIPOL_NO_MEMORY says that the limit is reached.
 */
#ifndef NHIPOL_SESSION_H
#define NHIPOL_SESSION_H

#include "nhipol.h"

enum { NHIPOL_MOST_CHANGES = 1024, NHIPOL_MOST_ID_BYTES = 255, NHIPOL_NO_ROOM = 22 };
enum { NHIPOL_SUBJECT_REPLACED = 1, NHIPOL_ACTION_REPLACED = 2, NHIPOL_RESOURCE_REPLACED = 4, NHIPOL_CONTEXT_REPLACED = 8 };

typedef struct {
    uint32_t handle;
    uint8_t before, after, rest[2];
} nhipol_change;

/* So many pages of 64 KiB more for tables or sessions. */
static inline nhipol_status nhipol_reserve_more(nhipol *n, uint32_t pages) {
    if (n->module->reserve == NULL) return NHIPOL_NO_SUPPORT;
    uint32_t before = 0, after = 0;
    NHIPOL_GUARDED(n, before = n->module->reserve(n->it, 0));
    if (n->failed) return NHIPOL_FAILED;
    if (pages > NHIPOL_PAGE - before) return NHIPOL_NO_MEMORY;
    NHIPOL_GUARDED(n, after = n->module->reserve(n->it, before + pages));
    if (n->failed) return NHIPOL_FAILED;
    return after < before + pages ? NHIPOL_NO_MEMORY : NHIPOL_OK;
}

static inline nhipol_status nhipol_read_outcome(nhipol *n, nhipol_outcome *outcome) {
    uint32_t address = 0;
    NHIPOL_GUARDED(n, address = n->module->table_outcome(n->it));
    const uint8_t *bytes = nhipol_at(n, address, sizeof *outcome);
    if (bytes == NULL) return NHIPOL_FAILED;
    memcpy(outcome, bytes, sizeof *outcome);
    return NHIPOL_OK;
}

/* Fills the table at a place of the manifest's list. On anything but NHIPOL_OK it holds what it held before. */
static inline nhipol_status nhipol_load_table(nhipol *n, uint32_t index, const char *json, size_t length,
                                              nhipol_outcome *outcome) {
    if (n->module->load_table == NULL) return NHIPOL_NO_SUPPORT;
    if (length > INT32_MAX) return NHIPOL_NO_MEMORY;
    bool written = false;
    for (;;) {
        if (n->failed) return NHIPOL_FAILED;
        if (!written) {
            uint32_t address = 0;
            NHIPOL_GUARDED(n, address = n->module->table_text(n->it, (uint32_t)length));
            written = address != 0;
            if (written) {
                uint8_t *room = nhipol_at(n, address, length);
                if (room == NULL) return NHIPOL_FAILED;
                memcpy(room, json, length);
            }
        }
        uint32_t code = 7; /* out_of_memory, as where `table_text` gave 0 */
        if (written) NHIPOL_GUARDED(n, code = n->module->load_table(n->it, index));
        if (n->failed || nhipol_read_outcome(n, outcome) != NHIPOL_OK) return NHIPOL_FAILED;
        if (code == 0) return NHIPOL_OK;
        if (code != 7 || outcome->missing_pages == 0 || outcome->missing_pages == NHIPOL_NONE) return NHIPOL_ERROR;
        nhipol_status status = nhipol_reserve_more(n, outcome->missing_pages);
        if (status != NHIPOL_OK) return status;
    }
}

static inline nhipol_status nhipol_drop_table(nhipol *n, uint32_t index) {
    if (n->module->drop_table == NULL) return NHIPOL_NO_SUPPORT;
    NHIPOL_GUARDED(n, n->module->drop_table(n->it, index));
    return n->failed ? NHIPOL_FAILED : NHIPOL_OK;
}

/* Whether a door of a session has to be asked once more: it had no room, and has more now. */
static inline bool nhipol_made_room(nhipol *n, const nhipol_result *result, nhipol_status *status) {
    if (*status != NHIPOL_ERROR || result->error != NHIPOL_NO_ROOM) return false;
    uint32_t pages = n->memory->pages / 4 + 1;
    do {
        *status = nhipol_reserve_more(n, pages);
        pages /= 2;
    } while (*status == NHIPOL_NO_MEMORY && pages > 0);
    return *status == NHIPOL_OK;
}

static inline nhipol_status nhipol_session_read(nhipol *n, uint32_t address, nhipol_result *result) {
    nhipol_status status = nhipol_read(n, address, result);
    return status == NHIPOL_OK && result->error != 0 ? NHIPOL_ERROR : status;
}

/* As `nhipol_write`, for the doors of sessions: they have another length for what is too long. */
static inline uint32_t nhipol_session_write(nhipol *n, const char *json, size_t length) {
    nhipol_write(n, json, length);
    return length > NHIPOL_REQUEST_ROOM ? NHIPOL_NONE : (uint32_t)length;
}

/* Opens a session; what its request lacks, the answers of `nhipol_session_decide` tell. */
static inline nhipol_status nhipol_session_open(nhipol *n, const char *id, size_t id_length, const char *json,
                                                size_t length, const char *digest, double now, uint32_t *handle,
                                                nhipol_result *result) {
    if (n->module->session_open == NULL) return NHIPOL_NO_SUPPORT;
    if (id_length > NHIPOL_MOST_ID_BYTES) return NHIPOL_ERROR;
    nhipol_status status = NHIPOL_OK;
    do {
        uint8_t *room = nhipol_at(n, *n->module->session_id(n->it), NHIPOL_MOST_ID_BYTES);
        if (room == NULL) return NHIPOL_FAILED;
        memcpy(room, id, id_length);
        nhipol_tell_digest(n, digest);
        uint32_t told = nhipol_session_write(n, json, length);
        NHIPOL_GUARDED(n, *handle = n->module->session_open(n->it, told, (uint32_t)id_length, now));
        if (n->failed) return NHIPOL_FAILED;
        if (*handle != 0) return NHIPOL_OK;
        status = nhipol_session_read(n, *n->module->result(n->it), result);
    } while (nhipol_made_room(n, result, &status));
    return status;
}

/* Merges a part into what the session knows; of the members whose bits are in `replaced` it tells the whole. */
static inline nhipol_status nhipol_session_patch(nhipol *n, uint32_t handle, const char *json, size_t length,
                                                 uint32_t replaced, const char *digest, nhipol_result *result) {
    nhipol_status status = NHIPOL_OK;
    do {
        if (n->failed) return NHIPOL_FAILED;
        uint32_t address = 0;
        nhipol_tell_digest(n, digest);
        uint32_t told = nhipol_session_write(n, json, length);
        NHIPOL_GUARDED(n, address = n->module->session_patch(n->it, handle, told, replaced));
        if (n->failed) return NHIPOL_FAILED;
        if (address == 0) return NHIPOL_OK;
        status = nhipol_session_read(n, address, result);
    } while (nhipol_made_room(n, result, &status));
    return status;
}

/* Tells of the signal at a place of the manifest's list. */
static inline nhipol_status nhipol_session_record(nhipol *n, uint32_t handle, uint32_t signal, const char *json,
                                                  size_t length, double time, double now, nhipol_result *result) {
    nhipol_status status = NHIPOL_OK;
    do {
        if (n->failed) return NHIPOL_FAILED;
        uint32_t address = 0;
        uint32_t told = nhipol_session_write(n, json, length);
        NHIPOL_GUARDED(n, address = n->module->session_record(n->it, handle, signal, told, time, now));
        if (n->failed) return NHIPOL_FAILED;
        if (address == 0) return NHIPOL_OK;
        status = nhipol_session_read(n, address, result);
    } while (nhipol_made_room(n, result, &status));
    return status;
}

/* Judges; with `record` the decision is taken. The answer may be that of an invalid request: the result tells. */
static inline nhipol_status nhipol_session_decide(nhipol *n, uint32_t handle, double now, bool record,
                                                  nhipol_result *result) {
    nhipol_status status = NHIPOL_OK;
    do {
        if (n->failed) return NHIPOL_FAILED;
        uint32_t address = 0;
        NHIPOL_GUARDED(n, address = n->module->session_decide(n->it, handle, now, record));
        status = nhipol_session_read(n, address, result);
    } while (nhipol_made_room(n, result, &status));
    return status == NHIPOL_ERROR ? NHIPOL_OK : status;
}

/* A session's text, in the module's memory until the next call; good for `nhipol_session_restore`. */
static inline nhipol_status nhipol_session_snapshot(nhipol *n, uint32_t handle, const char **text, uint32_t *length,
                                                    nhipol_result *result) {
    nhipol_status status = NHIPOL_OK;
    do {
        if (n->failed) return NHIPOL_FAILED;
        uint32_t address = 0;
        NHIPOL_GUARDED(n, *length = n->module->session_snapshot(n->it, handle));
        if (*length != 0) {
            NHIPOL_GUARDED(n, address = n->module->session_buffer(n->it, 0));
            *text = (const char *)nhipol_at(n, address, *length);
            return *text == NULL ? NHIPOL_FAILED : NHIPOL_OK;
        }
        status = nhipol_session_read(n, *n->module->result(n->it), result);
    } while (nhipol_made_room(n, result, &status));
    return status;
}

/* Opens the session that a text tells of. With NHIPOL_OK `result->error` may tell the first fact that was not taken over.
 */
static inline nhipol_status nhipol_session_restore(nhipol *n, const char *text, size_t length, uint32_t *handle,
                                                   nhipol_result *result) {
    if (n->module->session_restore == NULL) return NHIPOL_NO_SUPPORT;
    if (length > INT32_MAX) return NHIPOL_NO_MEMORY;
    nhipol_status status = NHIPOL_OK;
    do {
        uint32_t address = 0;
        NHIPOL_GUARDED(n, address = n->module->session_buffer(n->it, (uint32_t)length));
        if (n->failed) return NHIPOL_FAILED;
        if (address == 0) {
            *result = (nhipol_result){.error = NHIPOL_NO_ROOM};
            status = NHIPOL_ERROR;
            continue;
        }
        uint8_t *room = nhipol_at(n, address, length);
        if (room == NULL) return NHIPOL_FAILED;
        memcpy(room, text, length);
        NHIPOL_GUARDED(n, *handle = n->module->session_restore(n->it, (uint32_t)length));
        status = nhipol_session_read(n, *n->module->result(n->it), result);
        if (*handle != 0) return n->failed ? NHIPOL_FAILED : NHIPOL_OK;
    } while (nhipol_made_room(n, result, &status));
    return status;
}

/* Judges once more what may have another answer. As many as NHIPOL_MOST_CHANGES: there may be more, call it again. */
static inline nhipol_status nhipol_session_sweep(nhipol *n, double now, bool all, uint32_t *count) {
    NHIPOL_GUARDED(n, *count = n->module->session_sweep(n->it, now, all));
    if (n->failed || *count > NHIPOL_MOST_CHANGES) return NHIPOL_FAILED;
    return nhipol_at(n, *n->module->changes(n->it), *count * sizeof(nhipol_change)) == NULL ? NHIPOL_FAILED : NHIPOL_OK;
}

/* The change at a place below the count of the last sweep. */
static inline nhipol_change nhipol_change_at(nhipol *n, uint32_t place) {
    nhipol_change change;
    memcpy(&change, n->memory->data + *n->module->changes(n->it) + place * sizeof change, sizeof change);
    return change;
}

/* When a sweep may find something, in milliseconds since the epoch. */
static inline double nhipol_session_due(nhipol *n) {
    double due = 0;
    if (!n->failed) NHIPOL_GUARDED(n, due = n->module->session_due(n->it));
    return due;
}

static inline bool nhipol_session_close(nhipol *n, uint32_t handle) {
    uint32_t closed = 0;
    if (!n->failed) NHIPOL_GUARDED(n, closed = n->module->session_close(n->it, handle));
    return closed != 0;
}

#endif
