/*
 * An answer: what was decided, as fields for the usual caller and as the members of an AuthZEN response's context.
 */
#ifndef NHIPOL_ANSWER_H
#define NHIPOL_ANSWER_H

#include "nhipol.h"
#include "nhipol_value.h"

typedef struct {
    nhipol_effect effect;
    bool decision;      /* permit or narrow */
    bool single_use;    /* good for one action alone */
    double valid_until; /* it holds strictly before this, in milliseconds since the epoch; infinity: time alone changes
                           nothing */
    /* `effect`, `reasons`, `reason_details` and so on as the contract lists them, but for `valid_until`. Some contexts are
       kept and shared: they are good as long as the policy is. */
    const nhipol_value *context;
    nhipol_arena arena;
} nhipol_answer;

/* An answer that was filled must be cleared, once; zeros need it not. */
void nhipol_answer_clear(nhipol_answer *answer);

/* Whether a reason of this id is among `reasons`. */
bool nhipol_answer_has(const nhipol_answer *answer, const char *reason);

/* The code of its error, "" for none. */
nhipol_bytes nhipol_answer_error(const nhipol_answer *answer);

/* Adds the AuthZEN response as JSON: an object of `decision` and `context`. */
void nhipol_answer_write(const nhipol_answer *answer, nhipol_text *text);

#endif
