/*
 * Cells of the module's memory as values and as words.
 *
 * In: an instance, a cell and its type. Out: what the answer says for it, or NULL: the module says what cannot be.
 */
#ifndef NHIPOL_CELLS_H
#define NHIPOL_CELLS_H

#include "nhipol.h"
#include "nhipol_value.h"

/* As JSON has it in constraints and obligations: durations in seconds, instants and addresses as text. */
nhipol_value *nhipol_cell_value(nhipol *n, nhipol_arena *arena, const nhipol_cell *cell, const nhipol_value *type);

/* As messages have it; adds nothing and gives false for what cannot be. */
bool nhipol_cell_words(nhipol *n, nhipol_text *text, const nhipol_cell *cell, const nhipol_value *type);

/* A text in the module's memory, in place; false where it is not within it or no UTF-8. */
bool nhipol_cell_text(nhipol *n, const nhipol_cell *cell, nhipol_bytes *text);

#endif
