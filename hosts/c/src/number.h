/*
 * Numbers as decimal texts, by value and not by locale.
 */
#ifndef NHIPOL_NUMBER_H
#define NHIPOL_NUMBER_H

#include "nhipol_value.h"

enum { NHIPOL_NUMBER_ROOM = 32 };

/* A number as ECMAScript writes it: the fewest digits that tell it from every other double. `number` is finite. */
size_t nhipol_write_double(char room[NHIPOL_NUMBER_ROOM], double number);

/* value / 10^decimals, of 3 or 6, in the fewest digits: 12500000 millionths are 12.5. */
size_t nhipol_write_scaled(char room[NHIPOL_NUMBER_ROOM], int64_t value, int decimals);

/* A JSON number in the form of RFC 8785; 0 where that has another value than the text. */
size_t nhipol_write_canonical(char room[NHIPOL_NUMBER_ROOM], nhipol_bytes number);

/* Whether two JSON numbers have one value. */
bool nhipol_same_number(nhipol_bytes a, nhipol_bytes b);

#endif
