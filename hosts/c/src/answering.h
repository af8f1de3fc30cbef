/*
 * The parts that an answer is put together from. Each reads the module's memory, checks what it reads against the
 * manifest, and puts members into the context; where something cannot be it says what in `wrong`.
 */
#ifndef NHIPOL_ANSWERING_H
#define NHIPOL_ANSWERING_H

#include "manifest.h"
#include "nhipol_answer.h"

typedef struct {
    nhipol_reason told;
    const nhipol_reason_row *row;
} nhipol_fired;

typedef struct {
    nhipol *n;
    const nhipol_manifest *manifest;
    const nhipol_result *result;
    nhipol_arena *arena;
    nhipol_value *context;
    nhipol_fired *fired; /* in the order of `reason_details` */
    bool single_use;
    const char *wrong; /* NULL: nothing is */
} nhipol_answering;

/* Puts the whole answer together. Gives false, with an answer of `engine_error`, where the module told what cannot be: the
   instance has failed then. */
bool nhipol_answer_fill(nhipol_answer *answer, nhipol *n, const nhipol_manifest *manifest, const nhipol_result *result);

/* Whether the answer is whole without asking the module to explain, and the same whenever these reasons fire. */
bool nhipol_answer_is_plain(nhipol *n, const nhipol_manifest *manifest, const nhipol_result *result);

/* Answers that no module gave. */
void nhipol_answer_engine_error(nhipol_answer *answer, const char *expected, const char *found);
void nhipol_answer_invalid(nhipol_answer *answer, const char *code, const char *path, const char *expected,
                           const char *found);

void nhipol_answer_reasons(nhipol_answering *a);     /* `reasons`, `reason_details`; sets `fired` */
void nhipol_answer_constraints(nhipol_answering *a); /* `constraints` */
void nhipol_answer_obligations(nhipol_answering *a); /* `obligations`, `access_request`, `reason`, `evaluated_at` */
void nhipol_answer_reads(nhipol_answering *a);       /* `read`; sets `single_use` */

/* An error as {code, path, expected, found, offset}; NULL and `wrong` where it cannot be. */
nhipol_value *nhipol_error_told(nhipol_answering *a);
nhipol_value *nhipol_error_value(nhipol_arena *arena, const char *code, nhipol_bytes path, nhipol_bytes expected,
                                 nhipol_bytes found, uint32_t offset);
/* The row of an error's code and the text of what was found; NULL: there is none. */
typedef struct {
    const char *name, *expected, *found;
} nhipol_error_row;
const nhipol_error_row *nhipol_error_of(uint32_t code);
const char *nhipol_found_text(uint32_t found);

/* The answers' own texts in order: by bytes. */
void nhipol_sort(nhipol_bytes *texts, size_t count);

/* The digest of the call that the module read last, or restored; nothing where there is none. */
nhipol_bytes nhipol_judged_digest(nhipol *n);

#endif
