/*
 * The call of a session, kept as it was sent so that its digest can be told after it changed in part.
 */
#ifndef NHIPOL_CALLS_H
#define NHIPOL_CALLS_H

#include "nhipol.h"
#include "session_map.h"

/* What a part makes of a call: `next` is the whole as it is then, to be kept if the module takes the part, or cleared. */
typedef struct {
    bool touched; /* it tells of the subject, the action or the resource */
    nhipol_call next;
} nhipol_call_change;

/* `replaced` has the bits of the members of which the part tells the whole. `part` NULL: it is not valid JSON. `policy`: the name of
   the policy that is asked. */
void nhipol_call_changed(nhipol_call_change *change, const nhipol_call *call, const nhipol_value *part, uint32_t replaced,
                         nhipol_bytes policy);

/* What is known of the call of a session that comes back from text, which has no more of it than the policy declares. `digest`:
   the one that the module restored, or nothing. */
void nhipol_call_restored(nhipol_call *call, const nhipol_value *session, nhipol_bytes digest);

#endif
