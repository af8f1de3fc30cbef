/*
 * The digest of a call: SHA-256 of its action, its resource, the identity of its caller and the name of the policy, in the
 * form of RFC 8785.
 */
#ifndef NHIPOL_DIGEST_H
#define NHIPOL_DIGEST_H

#include "nhipol.h"
#include "nhipol_value.h"

/* The property of a subject that tells which principal it acts for. */
#define NHIPOL_PRINCIPAL "on_behalf_of"

/* The parts of a request that its digest covers; NULL: it lacks the part, or a name stands twice in it. */
typedef struct {
    const nhipol_value *subject, *action, *resource;
} nhipol_call_parts;

/* The order of members in it, as `memcmp` gives it. */
int nhipol_name_order(nhipol_bytes a, nhipol_bytes b);

/* Adds the form of RFC 8785; false where the value has none of the same meaning. */
bool nhipol_canonical(nhipol_text *text, const nhipol_value *value);

/* A member of an object, NULL if there is none; false: there are several of the name. */
bool nhipol_once(const nhipol_value *object, const char *name, const nhipol_value **found);

/* The members of a subject that identify the caller, without the others; NULL: a name stands twice among them. */
nhipol_value *nhipol_caller_members(nhipol_arena *arena, const nhipol_value *subject);

/* Adds the identity of the caller: type and id of the subject, and the principal it acts for, if there is one. False: it is not
   identified. */
bool nhipol_caller(nhipol_text *text, const nhipol_value *subject);

/* Under the policy of that name; false: the call has none. */
bool nhipol_digest_of(const nhipol_call_parts *parts, nhipol_bytes policy, char digest[NHIPOL_DIGEST_ROOM]);

/* Of a request's text. */
bool nhipol_digest_of_text(const char *json, size_t length, nhipol_bytes policy, char digest[NHIPOL_DIGEST_ROOM]);

#endif
