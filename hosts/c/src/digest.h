/*
 * The digest of a call: SHA-256 of its action and resource in the form of RFC 8785.
 */
#ifndef NHIPOL_DIGEST_H
#define NHIPOL_DIGEST_H

#include "nhipol.h"
#include "nhipol_value.h"

/* Adds the form of RFC 8785; false where the value has none of the same meaning. */
bool nhipol_canonical(nhipol_text *text, const nhipol_value *value);

/* Of the two; false: the call has none. */
bool nhipol_digest_of(const nhipol_value *action, const nhipol_value *resource, char digest[NHIPOL_DIGEST_ROOM]);

/* Of a request's text. */
bool nhipol_digest_of_text(const char *json, size_t length, char digest[NHIPOL_DIGEST_ROOM]);

/* Of a request as a value, in which none of the two may stand twice. */
bool nhipol_digest_of_request(const nhipol_value *request, char digest[NHIPOL_DIGEST_ROOM]);

#endif
