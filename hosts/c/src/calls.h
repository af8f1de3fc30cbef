/*
 * The call of a session, kept as it was sent so that its digest can be told after it changed in part.
 */
#ifndef NHIPOL_CALLS_H
#define NHIPOL_CALLS_H

#include "nhipol.h"
#include "session_map.h"

/* What a part makes of a call: `next` is the whole as it is then, to be kept if the module takes the part, or cleared. */
typedef struct {
    bool touched; /* it tells of the action or the resource */
    bool known;   /* the call has a digest then */
    nhipol_call next;
    char digest[NHIPOL_DIGEST_ROOM];
} nhipol_call_change;

/* `replaced` has the bits of the members of which the part tells the whole. `part` NULL: it is no JSON. */
void nhipol_call_changed(nhipol_call_change *change, const nhipol_call *call, const nhipol_value *part, uint32_t replaced);

#endif
