/*
 * Contexts of plain answers, kept: of a policy without placeholders the usual decision then builds nothing.
 *
 * Such a context depends on the effect, the flags, the selectors and the reasons alone. At most NHIPOL_MOST_KEPT are kept,
 * for who asks chooses what is; none is ever let go of before the whole.
 */
#ifndef NHIPOL_KEPT_H
#define NHIPOL_KEPT_H

#include "answering.h"

enum { NHIPOL_MOST_KEPT = 1024, NHIPOL_KEPT_BUCKETS = 1024, NHIPOL_MOST_KEPT_REASONS = 16 };

typedef struct {
    struct nhipol_kept_entry *buckets[NHIPOL_KEPT_BUCKETS];
    size_t count;
} nhipol_kept;

/* Fills the answer that the module told, from what was kept where it can. As `nhipol_answer_fill`. */
bool nhipol_kept_fill(nhipol_kept *kept, nhipol_answer *answer, nhipol *n, const nhipol_manifest *manifest,
                      const nhipol_result *result);

void nhipol_kept_clear(nhipol_kept *kept);

#endif
