/*
 * Sessions of one policy: see `nhipol_sessions.h`. Every door takes the lock, and has the tables of now before it asks.
 */
#include "contract.h"
#include "sessions.h"
#include "calls.h"
#include "forms.h"

nhipol_sessions *nhipol_sessions_new(nhipol_policy *policy) {
    if (policy == NULL || nhipol_get(policy->manifest.root, "sessions") == NULL) return NULL;
    nhipol_sessions *s = calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    s->policy = policy;
    s->n.failed = true; /* it is created when it is asked first */
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void nhipol_sessions_free(nhipol_sessions *s) {
    if (s == NULL) return;
    nhipol_destroy(&s->n);
    nhipol_session_map_clear(&s->map);
    nhipol_kept_clear(&s->kept);
    nhipol_session_changes_clear(&s->found);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

bool nhipol_sessions_ready(nhipol_sessions *s) {
    if (s->n.failed) {
        if (s->started) return false;
        nhipol_destroy(&s->n);
        if (nhipol_policy_instance(s->policy, &s->n, s->policy->limits.sessions_bytes) != NHIPOL_OK) return false;
        s->started = true;
        s->version = 0;
    }
    if (s->version == atomic_load_explicit(&s->policy->version, memory_order_acquire)) return true;
    s->tables_moved = true;
    return nhipol_bring_tables(s->policy, &s->n, &s->version) == NHIPOL_OK; /* where there is no room the sessions wait */
}

bool nhipol_session_done(nhipol_sessions *s, nhipol_status status, const nhipol_result *result, nhipol_fault *fault) {
    if (status == NHIPOL_OK) return true;
    if (status == NHIPOL_NO_MEMORY || (status == NHIPOL_ERROR && result->error == NHIPOL_NO_ROOM)) {
        const nhipol_error_row *row = nhipol_error_of(NHIPOL_NO_ROOM);
        return nhipol_faulty(fault, row->name, row->expected, row->found);
    }
    *fault = (nhipol_fault){0};
    nhipol_answering a = {.n = &s->n, .manifest = &s->policy->manifest, .result = result, .arena = &fault->arena};
    if (status == NHIPOL_ERROR) fault->error = nhipol_error_told(&a);
    if (fault->error == NULL) {
        s->n.failed = true;
        nhipol_faulty(fault, "engine_error", NHIPOL_ENGINE_CONFORMING_ANSWER, "a trap or an unknown error");
    }
    return false;
}

static bool lost(nhipol_fault *fault) {
    return nhipol_faulty(fault, "engine_error", "an instance to ask", "no memory for one, or for its tables");
}

nhipol_open_session *nhipol_session_begin(nhipol_sessions *s, nhipol_bytes id, nhipol_fault *fault) {
    *fault = (nhipol_fault){0};
    pthread_mutex_lock(&s->lock);
    bool ready = nhipol_sessions_ready(s);
    nhipol_open_session *found = nhipol_session_of(&s->map, id);
    if (found == NULL) {
        nhipol_faulty(fault, "no_session", NHIPOL_TEXT_OPEN_SESSION, NHIPOL_TEXT_UNKNOWN_SESSION);
    } else if (!ready) {
        lost(fault);
        found = NULL;
    }
    if (found == NULL) pthread_mutex_unlock(&s->lock);
    return found;
}

bool nhipol_session_end(nhipol_sessions *s, bool done) {
    pthread_mutex_unlock(&s->lock);
    return done;
}

/* Whether a session may be opened under an id. */
static bool is_free(nhipol_sessions *s, nhipol_bytes id, nhipol_fault *fault) {
    if (id.length > NHIPOL_MOST_ID_BYTES || !nhipol_is_utf8(id)) {
        return nhipol_faulty(fault, "wrong_id", NHIPOL_TEXT_SESSION_ID, NHIPOL_TEXT_INVALID_SESSION_ID);
    }
    if (nhipol_session_of(&s->map, id) == NULL) return true;
    return nhipol_faulty(fault, "session_exists", NHIPOL_TEXT_NEW_SESSION, NHIPOL_TEXT_OPEN_SESSION);
}

static bool add(nhipol_sessions *s, nhipol_bytes id, uint32_t handle, nhipol_fault *fault, nhipol_open_session **added) {
    *added = nhipol_session_add(&s->map, id, handle);
    if (*added != NULL) return true;
    nhipol_session_close(&s->n, handle);
    const nhipol_error_row *row = nhipol_error_of(NHIPOL_NO_ROOM);
    return nhipol_faulty(fault, row->name, row->expected, row->found);
}

static bool no_instant(nhipol_fault *fault) {
    return nhipol_faulty(fault, "engine_error", "an instant", NHIPOL_VIOLATION_INVALID_INSTANT);
}

bool nhipol_sessions_open(nhipol_sessions *s, nhipol_bytes id, nhipol_bytes request, nhipol_when when,
                          nhipol_fault *fault) {
    double now;
    *fault = (nhipol_fault){0};
    if (!nhipol_instant_of(when, &now)) return no_instant(fault);
    pthread_mutex_lock(&s->lock);
    if (!nhipol_sessions_ready(s)) return nhipol_session_end(s, lost(fault));
    if (!is_free(s, id, fault)) return nhipol_session_end(s, false);
    nhipol_arena arena = {0};
    nhipol_call_change change = {0};
    bool digests = s->policy->module->call_digest != NULL;
    if (digests && request.length <= NHIPOL_REQUEST_ROOM) {
        nhipol_call nothing = {0};
        nhipol_value *told = nhipol_parse(&arena, request.data, request.length);
        nhipol_call_changed(&change, &nothing, told,
                            NHIPOL_SUBJECT_REPLACED | NHIPOL_ACTION_REPLACED | NHIPOL_RESOURCE_REPLACED, s->policy->manifest.name);
    }
    uint32_t handle = 0;
    nhipol_result result = {0};
    nhipol_open_session *opened = NULL;
    nhipol_status status = nhipol_session_open(&s->n, id.data, id.length, request.data, request.length,
                                               change.next.known ? change.next.digest : NULL, now, &handle, &result);
    bool done = nhipol_session_done(s, status, &result, fault) && add(s, id, handle, fault, &opened);
    if (done) {
        opened->call = change.next;
    } else {
        nhipol_call_clear(&change.next);
    }
    nhipol_arena_clear(&arena);
    return nhipol_session_end(s, done);
}

/* The members that a part tells the whole of, out of those that are asked for. */
static uint32_t replaced_by(const nhipol_value *part, uint32_t asked) {
    static const char *const names[] = {"subject", "action", "resource", "context"};
    uint32_t bits = 0;
    for (uint32_t i = 0; i < 4; i++) {
        if (nhipol_get(part, names[i]) != NULL) bits |= 1u << i;
    }
    return bits & asked;
}

nhipol_status nhipol_session_change_told(nhipol_sessions *s, nhipol_open_session *session, nhipol_bytes part,
                                         uint32_t asked, nhipol_result *result) {
    nhipol_arena arena = {0};
    bool digests = s->policy->module->call_digest != NULL;
    bool is_read = part.length <= NHIPOL_REQUEST_ROOM && (asked != 0 || digests);
    nhipol_value *told = is_read ? nhipol_parse(&arena, part.data, part.length) : NULL;
    uint32_t replaced = told == NULL ? asked : replaced_by(told, asked);
    nhipol_call_change call = {0};
    if (digests) nhipol_call_changed(&call, &session->call, told, replaced, s->policy->manifest.name);
    nhipol_status status = nhipol_session_patch(&s->n, session->handle, part.data, part.length, replaced,
                                                call.next.known ? call.next.digest : NULL, result);
    if (status == NHIPOL_OK && call.touched) {
        nhipol_call_clear(&session->call);
        session->call = call.next;
    } else {
        nhipol_call_clear(&call.next);
    }
    nhipol_arena_clear(&arena);
    return status;
}

static bool patch(nhipol_sessions *s, nhipol_bytes id, nhipol_bytes part, uint32_t asked, nhipol_fault *fault) {
    nhipol_open_session *session = nhipol_session_begin(s, id, fault);
    nhipol_result result = {0};
    return session != NULL &&
           nhipol_session_end(
               s, nhipol_session_done(s, nhipol_session_change_told(s, session, part, asked, &result), &result, fault));
}

bool nhipol_sessions_patch(nhipol_sessions *s, nhipol_bytes id, nhipol_bytes part, nhipol_fault *fault) {
    return patch(s, id, part, 0, fault);
}

bool nhipol_sessions_replace(nhipol_sessions *s, nhipol_bytes id, nhipol_bytes part, nhipol_fault *fault) {
    uint32_t all = NHIPOL_SUBJECT_REPLACED | NHIPOL_ACTION_REPLACED | NHIPOL_RESOURCE_REPLACED | NHIPOL_CONTEXT_REPLACED;
    return patch(s, id, part, all, fault);
}

bool nhipol_sessions_record(nhipol_sessions *s, nhipol_bytes id, const char *signal, nhipol_bytes told, double time,
                            nhipol_when when, nhipol_fault *fault) {
    double now, was;
    *fault = (nhipol_fault){0};
    nhipol_when then = {.source = NHIPOL_GIVEN_NOW, .now = time};
    if (!nhipol_instant_of(when, &now) || isnan(now)) return no_instant(fault);
    if (isnan(time)) {
        was = now;
    } else if (!nhipol_instant_of(then, &was)) {
        return nhipol_faulty(fault, "wrong_type", NHIPOL_TEXT_INSTANT, NHIPOL_TEXT_OTHER_VALUE);
    }
    nhipol_open_session *session = nhipol_session_begin(s, id, fault);
    if (session == NULL) return false;
    if (!nhipol_sessions_catch_up(s, now)) return nhipol_session_end(s, lost(fault));
    const nhipol_rows *signals = &s->policy->manifest.signals;
    uint32_t index = 0;
    while (index < signals->count && !nhipol_bytes_equal(signals->items[index]->text, nhipol_bytes_of(signal))) index++;
    if (index == signals->count) {
        nhipol_text found = {0};
        nhipol_write_string(&found, nhipol_bytes_of(signal));
        nhipol_text_add(&found, "", 1);
        nhipol_faulty(fault, "no_signal", NHIPOL_TEXT_SIGNAL, found.failed ? "another" : found.data);
        nhipol_text_free(&found);
        return nhipol_session_end(s, false);
    }
    nhipol_result result = {0};
    nhipol_status status = nhipol_session_record(&s->n, session->handle, index, told.data, told.length, was, now, &result);
    return nhipol_session_end(s, nhipol_session_done(s, status, &result, fault));
}

bool nhipol_sessions_close(nhipol_sessions *s, nhipol_bytes id, nhipol_fault *fault) {
    *fault = (nhipol_fault){0};
    pthread_mutex_lock(&s->lock);
    nhipol_sessions_ready(s);
    nhipol_open_session *session = nhipol_session_of(&s->map, id);
    if (session == NULL) {
        nhipol_faulty(fault, "no_session", NHIPOL_TEXT_OPEN_SESSION, NHIPOL_TEXT_UNKNOWN_SESSION);
        return nhipol_session_end(s, false);
    }
    nhipol_session_close(&s->n, session->handle); /* nothing, where the instance failed */
    nhipol_session_remove(&s->map, session);
    return nhipol_session_end(s, true);
}

bool nhipol_sessions_snapshot(nhipol_sessions *s, nhipol_bytes id, nhipol_text *text, nhipol_fault *fault) {
    nhipol_open_session *session = nhipol_session_begin(s, id, fault);
    if (session == NULL) return false;
    const char *written = NULL;
    uint32_t length = 0;
    nhipol_result result = {0};
    nhipol_status status = nhipol_session_snapshot(&s->n, session->handle, &written, &length, &result);
    if (status == NHIPOL_OK) nhipol_text_add(text, written, length);
    return nhipol_session_end(s, nhipol_session_done(s, status, &result, fault));
}

/* What was answered last before a session's text was written. */
static int effect_in(const nhipol_value *session) {
    const nhipol_value *effect = nhipol_get(session, "effect");
    int number = effect == NULL || effect->kind != NHIPOL_STRING ? -1 : nhipol_effect_named(effect);
    return number < 0 ? NHIPOL_DENY : number;
}

bool nhipol_sessions_restore(nhipol_sessions *s, nhipol_bytes text, nhipol_text *id, nhipol_fault *fault,
                             nhipol_fault *misfit) {
    *fault = *misfit = (nhipol_fault){0};
    if (text.length > NHIPOL_MAX_SNAPSHOT_BYTES) return nhipol_faulty(fault, "too_large", NHIPOL_TEXT_SNAPSHOT_BYTES, NHIPOL_TEXT_LONGER_DOCUMENT);
    nhipol_arena arena = {0};
    const nhipol_value *session = nhipol_parse(&arena, text.data, text.length);
    const nhipol_value *told = nhipol_get(session, "id");
    const nhipol_error_row *row = nhipol_error_of(NHIPOL_CODE_NO_SNAPSHOT);
    pthread_mutex_lock(&s->lock);
    bool done = false;
    if (!nhipol_sessions_ready(s)) {
        lost(fault);
    } else if (told == NULL || told->kind != NHIPOL_STRING) {
        nhipol_faulty(fault, row->name, row->expected, row->found);
    } else if (is_free(s, told->text, fault)) {
        uint32_t handle = 0;
        nhipol_result result = {0};
        nhipol_open_session *opened = NULL;
        nhipol_status status = nhipol_session_restore(&s->n, text.data, text.length, &handle, &result);
        nhipol_bytes digest = nhipol_judged_digest(&s->n);
        done = nhipol_session_done(s, status, &result, fault) && add(s, told->text, handle, fault, &opened);
        if (done) opened->effect = effect_in(session);
        if (done && s->policy->module->call_digest != NULL) nhipol_call_restored(&opened->call, session, digest);
        if (done) nhipol_text_add(id, told->text.data, told->text.length);
        if (done && result.error != 0) nhipol_session_done(s, NHIPOL_ERROR, &result, misfit);
    }
    nhipol_arena_clear(&arena);
    return nhipol_session_end(s, done);
}
