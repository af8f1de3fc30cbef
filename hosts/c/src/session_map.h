/*
 * The open sessions by id and by handle, each with the call as it was sent.
 */
#ifndef NHIPOL_SESSION_MAP_H
#define NHIPOL_SESSION_MAP_H

#include "nhipol.h"
#include "nhipol_value.h"

/* What a session was told of action and resource and of the caller's identity, in the form of RFC 8785; without data: it has
   none. */
typedef struct {
    nhipol_text subject, action, resource;
    bool known; /* it has a digest */
    char digest[NHIPOL_DIGEST_ROOM];
} nhipol_call;

typedef struct nhipol_open_session {
    struct nhipol_open_session *by_id, *by_handle; /* the next of a bucket */
    uint32_t hash, handle;
    nhipol_bytes id;
    nhipol_call call;
    int effect; /* of the answer that was given or reported last; deny where there is none */
} nhipol_open_session;

typedef struct {
    nhipol_open_session **ids, **handles;
    size_t buckets; /* a power of two, or 0 */
    size_t count;
} nhipol_session_map;

nhipol_open_session *nhipol_session_of(const nhipol_session_map *map, nhipol_bytes id);
nhipol_open_session *nhipol_session_of_handle(const nhipol_session_map *map, uint32_t handle);

/* NULL: no memory. */
nhipol_open_session *nhipol_session_add(nhipol_session_map *map, nhipol_bytes id, uint32_t handle);
void nhipol_session_remove(nhipol_session_map *map, nhipol_open_session *session);
void nhipol_session_map_clear(nhipol_session_map *map);

void nhipol_call_clear(nhipol_call *call);

#endif
