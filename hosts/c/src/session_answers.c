/*
 * What sessions are asked: decisions, sweeps, and when to sweep next.
 */
#include "sessions.h"

/* Judges a session, after it was told of what is asked; without bytes of what was asked last. */
static void judge(nhipol_sessions *s, nhipol_bytes id, nhipol_bytes asked, nhipol_when when, bool record, nhipol_answer *answer) {
    double now;
    nhipol_fault fault = {0};
    if (!nhipol_instant_of(when, &now) || isnan(now)) {
        nhipol_answer_engine_error(answer, "an instant", "a number that is none");
        return;
    }
    nhipol_open_session *session = nhipol_session_begin(s, id, &fault);
    if (session == NULL) {
        if (nhipol_bytes_equal(nhipol_get(fault.error, "code")->text, nhipol_bytes_of("no_session"))) {
            nhipol_answer_invalid(answer, "no_session", "$", "the id of an open session", "another");
        } else {
            nhipol_answer_engine_error(answer, "an instance to ask", "no memory for one, or for its tables");
        }
        nhipol_fault_clear(&fault);
        return;
    }
    nhipol_result result = {0};
    nhipol_status status = NHIPOL_OK;
    if (asked.data != NULL) status = nhipol_session_change_told(s, session, asked, NHIPOL_ACTION_REPLACED | NHIPOL_RESOURCE_REPLACED, &result);
    if (status == NHIPOL_OK) {
        status = nhipol_session_decide(&s->n, session->handle, now, record, &result);
    } else if (status == NHIPOL_ERROR) {
        status = NHIPOL_OK; /* the result is the answer: the request is invalid */
    }
    if (status == NHIPOL_NO_MEMORY) {
        const nhipol_error_row *row = nhipol_error_of(NHIPOL_NO_ROOM);
        nhipol_answer_invalid(answer, row->name, "$", row->expected, row->found);
    } else if (status != NHIPOL_OK) {
        nhipol_answer_engine_error(answer, "an answer as the ABI says", "a trap, or a result that cannot be");
        s->n.failed = true;
    } else {
        nhipol_kept_fill(&s->kept, answer, &s->n, &s->policy->manifest, &result);
    }
    nhipol_session_end(s, true);
}

void nhipol_sessions_decide(nhipol_sessions *s, nhipol_bytes id, nhipol_bytes asked, nhipol_when when, nhipol_answer *answer) {
    judge(s, id, asked, when, true, answer);
}

void nhipol_sessions_reevaluate(nhipol_sessions *s, nhipol_bytes id, nhipol_when when, nhipol_answer *answer) {
    judge(s, id, (nhipol_bytes){NULL, 0}, when, false, answer);
}

/* Adds what the last sweep found. */
static bool add_changes(nhipol_sessions *s, uint32_t count, nhipol_session_changes *changes) {
    nhipol_session_change *items = nhipol_arena_take(&changes->arena, (changes->count + count) * sizeof *items);
    if (items == NULL) return false;
    if (changes->count > 0) memcpy(items, changes->items, changes->count * sizeof *items);
    changes->items = items;
    for (uint32_t i = 0; i < count; i++) {
        nhipol_change change = nhipol_change_at(&s->n, i);
        const nhipol_open_session *session = nhipol_session_of_handle(&s->map, change.handle);
        if (session == NULL || change.before > NHIPOL_REVOKE || change.after > NHIPOL_REVOKE) return false;
        char *id = nhipol_arena_take(&changes->arena, session->id.length);
        if (id == NULL) return false;
        memcpy(id, session->id.data, session->id.length);
        items[changes->count++] = (nhipol_session_change){{id, session->id.length}, (nhipol_effect)change.before, (nhipol_effect)change.after};
    }
    return true;
}

bool nhipol_sessions_sweep(nhipol_sessions *s, nhipol_when when, bool all, nhipol_session_changes *changes, nhipol_fault *fault) {
    double now;
    *changes = (nhipol_session_changes){0};
    *fault = (nhipol_fault){0};
    if (!nhipol_instant_of(when, &now) || isnan(now)) {
        return nhipol_faulty(fault, "engine_error", "an instant", "a number that is none");
    }
    pthread_mutex_lock(&s->lock);
    bool fine = nhipol_sessions_ready(s);
    uint32_t count = NHIPOL_MOST_CHANGES;
    while (fine && count == NHIPOL_MOST_CHANGES) {
        fine = nhipol_session_sweep(&s->n, now, all || s->tables_moved, &count) == NHIPOL_OK && add_changes(s, count, changes);
    }
    if (fine) {
        s->tables_moved = false;
    } else {
        s->n.failed = true;
        nhipol_faulty(fault, "engine_error", "changes as the ABI says", "a trap, or what cannot be");
    }
    return nhipol_session_end(s, fine);
}

void nhipol_session_changes_clear(nhipol_session_changes *changes) {
    nhipol_arena_clear(&changes->arena);
    *changes = (nhipol_session_changes){0};
}

double nhipol_sessions_due(nhipol_sessions *s) {
    pthread_mutex_lock(&s->lock);
    double due = nhipol_sessions_ready(s) && !s->tables_moved ? nhipol_session_due(&s->n) : 0;
    pthread_mutex_unlock(&s->lock);
    return due;
}

size_t nhipol_sessions_count(nhipol_sessions *s) {
    pthread_mutex_lock(&s->lock);
    size_t count = s->n.failed ? 0 : s->map.count;
    pthread_mutex_unlock(&s->lock);
    return count;
}
