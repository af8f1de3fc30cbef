/*
 * A table of sessions with two keys: see `session_map.h`.
 */
#include "session_map.h"

#include <stdlib.h>
#include <string.h>

static uint32_t hash_of(nhipol_bytes id) { /* FNV-1a */
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < id.length; i++) hash = (hash ^ (unsigned char)id.data[i]) * 16777619u;
    return hash;
}

/* Handles count up in their low bits, so that they need no mixing. */
static size_t place(const nhipol_session_map *map, uint32_t number) { return number & (map->buckets - 1); }

nhipol_open_session *nhipol_session_of(const nhipol_session_map *map, nhipol_bytes id) {
    if (map->buckets == 0) return NULL;
    nhipol_open_session *found = map->ids[place(map, hash_of(id))];
    while (found != NULL && !nhipol_bytes_equal(found->id, id)) found = found->by_id;
    return found;
}

nhipol_open_session *nhipol_session_of_handle(const nhipol_session_map *map, uint32_t handle) {
    if (map->buckets == 0) return NULL;
    nhipol_open_session *found = map->handles[place(map, handle)];
    while (found != NULL && found->handle != handle) found = found->by_handle;
    return found;
}

static void link_in(nhipol_session_map *map, nhipol_open_session *session) {
    nhipol_open_session **id = &map->ids[place(map, session->hash)], **handle = &map->handles[place(map, session->handle)];
    session->by_id = *id;
    *id = session;
    session->by_handle = *handle;
    *handle = session;
}

static bool grown(nhipol_session_map *map) {
    nhipol_session_map larger = {.buckets = map->buckets == 0 ? 64 : map->buckets * 2, .count = map->count};
    larger.ids = calloc(larger.buckets, sizeof *larger.ids);
    larger.handles = calloc(larger.buckets, sizeof *larger.handles);
    if (larger.ids == NULL || larger.handles == NULL) {
        free(larger.ids);
        free(larger.handles);
        return false;
    }
    for (size_t i = 0; i < map->buckets; i++) {
        for (nhipol_open_session *one = map->ids[i]; one != NULL;) {
            nhipol_open_session *next = one->by_id;
            link_in(&larger, one);
            one = next;
        }
    }
    free(map->ids);
    free(map->handles);
    map->ids = larger.ids;
    map->handles = larger.handles;
    map->buckets = larger.buckets;
    return true;
}

nhipol_open_session *nhipol_session_add(nhipol_session_map *map, nhipol_bytes id, uint32_t handle) {
    if (map->count >= map->buckets && !grown(map)) return NULL;
    nhipol_open_session *session = calloc(1, sizeof *session + id.length);
    if (session == NULL) return NULL;
    char *copy = (char *)(session + 1);
    if (id.length > 0) memcpy(copy, id.data, id.length);
    session->id = (nhipol_bytes){copy, id.length};
    session->hash = hash_of(id);
    session->handle = handle;
    session->effect = NHIPOL_DENY;
    link_in(map, session);
    map->count++;
    return session;
}

void nhipol_call_clear(nhipol_call *call) {
    nhipol_text_free(&call->subject);
    nhipol_text_free(&call->action);
    nhipol_text_free(&call->resource);
}

void nhipol_session_remove(nhipol_session_map *map, nhipol_open_session *session) {
    nhipol_open_session **at = &map->ids[place(map, session->hash)];
    while (*at != session) at = &(*at)->by_id;
    *at = session->by_id;
    at = &map->handles[place(map, session->handle)];
    while (*at != session) at = &(*at)->by_handle;
    *at = session->by_handle;
    map->count--;
    nhipol_call_clear(&session->call);
    free(session);
}

void nhipol_session_map_clear(nhipol_session_map *map) {
    for (size_t i = 0; i < map->buckets; i++) {
        for (nhipol_open_session *one = map->ids[i]; one != NULL;) {
            nhipol_open_session *next = one->by_id;
            nhipol_call_clear(&one->call);
            free(one);
            one = next;
        }
    }
    free(map->ids);
    free(map->handles);
    *map = (nhipol_session_map){0};
}
