/*
 * What sessions are asked: decisions, sweeps, and when to sweep next.
 */
#include "contract.h"
#include "sessions.h"

#include <stdlib.h>

/* Judges a session, after it was told of what is asked; without bytes of what was asked last. */
static void judge(nhipol_sessions *s, nhipol_bytes id, nhipol_bytes asked, nhipol_when when, bool record,
                  nhipol_answer *answer) {
    double now;
    nhipol_fault fault = {0};
    if (!nhipol_instant_of(when, &now) || isnan(now)) {
        nhipol_answer_engine_error(answer, "an instant", NHIPOL_VIOLATION_INVALID_INSTANT);
        return;
    }
    nhipol_open_session *session = nhipol_session_begin(s, id, &fault);
    if (session == NULL) {
        if (nhipol_bytes_equal(nhipol_get(fault.error, "code")->text, nhipol_bytes_of("no_session"))) {
            nhipol_answer_invalid(answer, "no_session", "$", NHIPOL_TEXT_OPEN_SESSION, NHIPOL_TEXT_UNKNOWN_SESSION);
        } else {
            nhipol_answer_engine_error(answer, "an instance to ask", "no memory for one, or for its tables");
        }
        nhipol_fault_clear(&fault);
        return;
    }
    nhipol_result result = {0};
    nhipol_status status = nhipol_sessions_catch_up(s, now) ? NHIPOL_OK : NHIPOL_FAILED;
    if (status == NHIPOL_OK && asked.data != NULL)
        status = nhipol_session_change_told(s, session, asked, NHIPOL_ACTION_REPLACED | NHIPOL_RESOURCE_REPLACED, &result);
    if (status == NHIPOL_OK) {
        status = nhipol_session_decide(&s->n, session->handle, now, record, &result);
    } else if (status == NHIPOL_ERROR) {
        status = NHIPOL_OK; /* the result is the answer: the request is invalid */
    }
    if (status == NHIPOL_NO_MEMORY) {
        const nhipol_error_row *row = nhipol_error_of(NHIPOL_NO_ROOM);
        nhipol_answer_invalid(answer, row->name, "$", row->expected, row->found);
    } else if (status != NHIPOL_OK) {
        nhipol_answer_engine_error(answer, NHIPOL_ENGINE_CONFORMING_ANSWER, "a trap or an invalid result");
        s->n.failed = true;
    } else {
        nhipol_kept_fill(&s->kept, answer, &s->n, &s->policy->manifest, &result);
        session->effect = answer->effect;
    }
    nhipol_session_end(s, true);
}

void nhipol_sessions_decide(nhipol_sessions *s, nhipol_bytes id, nhipol_bytes asked, nhipol_when when,
                            nhipol_answer *answer) {
    judge(s, id, asked, when, true, answer);
}

void nhipol_sessions_decide_value(nhipol_sessions *s, nhipol_bytes id, const nhipol_value *asked, nhipol_when when,
                                  nhipol_answer *answer) {
    nhipol_misfit misfit = {.found = NULL};
    nhipol_text text = {0};
    nhipol_write_request(&text, s->policy->declared, asked, s->policy->module->call_digest != NULL, &misfit);
    if (misfit.found != NULL) {
        nhipol_answer_invalid(answer, "wrong_type", misfit.path, NHIPOL_CARRIED, misfit.found);
    } else if (text.failed) {
        nhipol_answer_engine_error(answer, "memory for the request", "none");
    } else {
        judge(s, id, (nhipol_bytes){text.data, text.length}, when, true, answer);
    }
    nhipol_text_free(&text);
}

void nhipol_sessions_reevaluate(nhipol_sessions *s, nhipol_bytes id, nhipol_when when, nhipol_answer *answer) {
    judge(s, id, (nhipol_bytes){NULL, 0}, when, false, answer);
}

/* Adds a change to what is to be told. */
static bool add_change(nhipol_sessions *s, nhipol_change change) {
    nhipol_session_changes *found = &s->found;
    nhipol_open_session *session = nhipol_session_of_handle(&s->map, change.handle);
    if (session == NULL || change.before > NHIPOL_REVOKE || change.after > NHIPOL_REVOKE) return false;
    if (found->count == found->capacity) {
        size_t capacity = found->capacity == 0 ? 16 : found->capacity * 2;
        nhipol_session_change *items = realloc(found->items, capacity * sizeof *items);
        if (items == NULL) return false;
        found->items = items;
        found->capacity = capacity;
    }
    nhipol_value *id = nhipol_string_of(&found->arena, session->id);
    session->effect = change.after;
    found->items[found->count++] =
        (nhipol_session_change){id->text, (nhipol_effect)change.before, (nhipol_effect)change.after};
    return !found->arena.failed;
}

/* Adds every open session: the instance failed, and they are denied. False: there is no memory for it. */
static bool add_denied(nhipol_sessions *s) {
    nhipol_session_changes_clear(&s->found);
    for (size_t i = 0; i < s->map.buckets; i++) {
        for (nhipol_open_session *one = s->map.ids[i]; one != NULL; one = one->by_id) {
            if (!add_change(s, (nhipol_change){.handle = one->handle, .before = (uint8_t)one->effect, .after = NHIPOL_DENY}))
                return false;
        }
    }
    return true;
}

/* Sweeps once, and keeps what is found. */
static bool sweep_once(nhipol_sessions *s, double now, bool all) {
    uint32_t count = NHIPOL_MOST_CHANGES;
    while (!s->n.failed && count == NHIPOL_MOST_CHANGES) {
        if (nhipol_session_sweep(&s->n, now, all, &count) != NHIPOL_OK) {
            s->n.failed = true; /* it trapped, or gave more changes than there is room for */
            break;
        }
        for (uint32_t i = 0; i < count; i++) {
            if (!add_change(s, nhipol_change_at(&s->n, i))) s->n.failed = true;
        }
    }
    return !s->n.failed;
}

/* The same; where there was no room to note when answers end, once more with more. */
static bool sweep(nhipol_sessions *s, double now, bool all) {
    if (!sweep_once(s, now, all)) return false;
    if (nhipol_session_due(&s->n) != 0 || nhipol_reserve_more(&s->n, s->n.memory->pages / 4 + 1) != NHIPOL_OK)
        return !s->n.failed;
    return sweep_once(s, now, all);
}

bool nhipol_sessions_catch_up(nhipol_sessions *s, double now) {
    if (!s->tables_moved) return true;
    s->tables_moved = false;
    return sweep(s, now, true);
}

bool nhipol_sessions_sweep(nhipol_sessions *s, nhipol_when when, bool all, nhipol_session_changes *changes,
                           nhipol_fault *fault) {
    double now;
    *changes = (nhipol_session_changes){0};
    *fault = (nhipol_fault){0};
    if (!nhipol_instant_of(when, &now) || isnan(now)) {
        return nhipol_faulty(fault, "engine_error", "an instant", NHIPOL_VIOLATION_INVALID_INSTANT);
    }
    pthread_mutex_lock(&s->lock);
    bool fine = nhipol_sessions_ready(s) && nhipol_sessions_catch_up(s, now) && sweep(s, now, all);
    if (!fine && s->started) {
        s->n.failed = true;
        fine = add_denied(s);
    }
    if (fine) {
        *changes = s->found;
        s->found = (nhipol_session_changes){0};
    } else {
        nhipol_faulty(fault, "engine_error", "changes that conform to the ABI", "a trap or an invalid change");
    }
    return nhipol_session_end(s, fine);
}

void nhipol_session_changes_clear(nhipol_session_changes *changes) {
    nhipol_arena_clear(&changes->arena);
    free(changes->items);
    *changes = (nhipol_session_changes){0};
}

double nhipol_sessions_due(nhipol_sessions *s) {
    pthread_mutex_lock(&s->lock);
    double due = nhipol_sessions_ready(s) && !s->tables_moved && s->found.count == 0 ? nhipol_session_due(&s->n) : 0;
    if (s->n.failed) due = s->map.count > 0 ? 0 : INFINITY;
    pthread_mutex_unlock(&s->lock);
    return due;
}

size_t nhipol_sessions_count(nhipol_sessions *s) {
    pthread_mutex_lock(&s->lock);
    size_t count = s->map.count;
    pthread_mutex_unlock(&s->lock);
    return count;
}
