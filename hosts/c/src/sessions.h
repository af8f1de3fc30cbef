/*
 * What sessions are made of, and the beginning and end of each of their doors.
 */
#ifndef NHIPOL_SESSIONS_PARTS_H
#define NHIPOL_SESSIONS_PARTS_H

#include "nhipol_session.h"
#include "nhipol_sessions.h"
#include "policy.h"
#include "session_map.h"

struct nhipol_sessions {
    nhipol_policy *policy;
    pthread_mutex_t lock;
    nhipol n;
    bool started;                 /* there was an instance: after it failed there is no other, and all sessions are denied */
    uint64_t version;             /* of the tables that the instance holds */
    bool tables_moved;            /* no session was judged by them yet */
    nhipol_session_changes found; /* by sweeps, and not told yet */
    nhipol_kept kept;
    nhipol_session_map map;
};

/* Whether there is an instance to ask, with the tables of now. */
bool nhipol_sessions_ready(nhipol_sessions *s);

/* Judges every session by tables that moved, before what is asked next hides that its answer changed; what is found is told
   by the next sweep. False: the instance failed. */
bool nhipol_sessions_catch_up(nhipol_sessions *s, double now);

/* Begins with a session: the lock is taken, and kept if it is found. */
nhipol_open_session *nhipol_session_begin(nhipol_sessions *s, nhipol_bytes id, nhipol_fault *fault);

/* Gives the lock back, and `done`. */
bool nhipol_session_end(nhipol_sessions *s, bool done);

/* True if a door is done; else what it said, as a fault. */
bool nhipol_session_done(nhipol_sessions *s, nhipol_status status, const nhipol_result *result, nhipol_fault *fault);

/* Tells a session of a part, and of the digest of the call that it makes; in `asked` are the members that the part, if it
   has them, tells the whole of. */
nhipol_status nhipol_session_change_told(nhipol_sessions *s, nhipol_open_session *session, nhipol_bytes part,
                                         uint32_t asked, nhipol_result *result);

#endif
