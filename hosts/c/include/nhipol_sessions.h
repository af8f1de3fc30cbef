/*
 * Sessions: facts that stay, what happened, and the answers that follow.
 *
 * All sessions of one `nhipol_sessions` are in one instance, behind one lock, so that any thread may use them. Ids are
 * UTF-8 of at most 255 bytes. What returns false fills the fault, which is to be cleared, and changed nothing; after a
 * trap the sessions are gone, and what is asked of them is a deny.
 */
#ifndef NHIPOL_SESSIONS_H
#define NHIPOL_SESSIONS_H

#include "nhipol_policy.h"

typedef struct nhipol_sessions nhipol_sessions;

typedef struct {
    nhipol_bytes session;
    nhipol_effect before, after;
} nhipol_session_change;

typedef struct {
    nhipol_session_change *items; /* in the order they were found; a session may be there more than once */
    size_t count, capacity;
    nhipol_arena arena;
} nhipol_session_changes;

/* NULL: the policy was compiled without sessions, or there is no memory. The policy must outlive it. */
nhipol_sessions *nhipol_sessions_new(nhipol_policy *policy);
void nhipol_sessions_free(nhipol_sessions *sessions);

/* Opens a session with what a request tells. It may lack the action or the resource, or both. */
bool nhipol_sessions_open(nhipol_sessions *sessions, nhipol_bytes id, nhipol_bytes request, nhipol_when when,
                          nhipol_fault *fault);

/* Changes what a session knows: a part of a request, merged (RFC 7396) or, by `replace`, in the place of each of subject,
   action, resource and context that it has. */
bool nhipol_sessions_patch(nhipol_sessions *sessions, nhipol_bytes id, nhipol_bytes part, nhipol_fault *fault);
bool nhipol_sessions_replace(nhipol_sessions *sessions, nhipol_bytes id, nhipol_bytes part, nhipol_fault *fault);

/* Tells of a signal; `time` is when it was, NaN for now. */
bool nhipol_sessions_record(nhipol_sessions *sessions, nhipol_bytes id, const char *signal, nhipol_bytes told, double time,
                            nhipol_when when, nhipol_fault *fault);

/* Asks, and takes the decision. `asked`, where it has bytes, is a text with `action`, `resource` and `context`: the first
   two replace what was asked last, the context is merged. The answer is to be cleared, and good as long as the sessions
   are. */
void nhipol_sessions_decide(nhipol_sessions *sessions, nhipol_bytes id, nhipol_bytes asked, nhipol_when when,
                            nhipol_answer *answer);

void nhipol_sessions_decide_value(nhipol_sessions *sessions, nhipol_bytes id, const nhipol_value *asked, nhipol_when when,
                                  nhipol_answer *answer);

/* Judges once more, and takes nothing. */
void nhipol_sessions_reevaluate(nhipol_sessions *sessions, nhipol_bytes id, nhipol_when when, nhipol_answer *answer);

/* Finds the sessions whose answer changed. The changes are to be cleared. */
bool nhipol_sessions_sweep(nhipol_sessions *sessions, nhipol_when when, bool all, nhipol_session_changes *changes,
                           nhipol_fault *fault);
void nhipol_session_changes_clear(nhipol_session_changes *changes);

/* When a sweep may find something, in milliseconds since the epoch: 0 at once, infinity never. */
double nhipol_sessions_due(nhipol_sessions *sessions);
size_t nhipol_sessions_count(nhipol_sessions *sessions);

/* All that a session knows and remembers, as a text of one line that is added to `text`; and back, when
   its id is added to `id`. `misfit` tells the first fact that this policy did not take over. */
bool nhipol_sessions_snapshot(nhipol_sessions *sessions, nhipol_bytes id, nhipol_text *text, nhipol_fault *fault);
bool nhipol_sessions_restore(nhipol_sessions *sessions, nhipol_bytes text, nhipol_text *id, nhipol_fault *fault,
                             nhipol_fault *misfit);

bool nhipol_sessions_close(nhipol_sessions *sessions, nhipol_bytes id, nhipol_fault *fault);

#endif
