/*
 * Values in the forms that the contract has for them: instants, durations, addresses; and whether bytes are UTF-8.
 */
#ifndef NHIPOL_FORMS_H
#define NHIPOL_FORMS_H

#include "nhipol_value.h"

enum { NHIPOL_FORM_ROOM = 64 };

/* RFC 3339 in UTC with milliseconds, or as milliseconds outside of the years 0 to 9999. */
size_t nhipol_write_instant(char room[NHIPOL_FORM_ROOM], int64_t milliseconds);

/* A literal in the largest of d, h, m, s and ms that divides it. */
size_t nhipol_write_duration(char room[NHIPOL_FORM_ROOM], int64_t milliseconds);

/* RFC 5952, IPv4 as a dotted quad; `bits` of the 128 count in a network, -1 in an address. */
size_t nhipol_write_address(char room[NHIPOL_FORM_ROOM], const uint8_t bytes[16], int bits);

/* The bytes of the well-formed character that begins a text of at least one byte; 0 if none does. */
size_t nhipol_character(const char *text, const char *end);
bool nhipol_is_utf8(nhipol_bytes text);

#endif
