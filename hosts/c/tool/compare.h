/*
 * Whether two JSON values are one: members in any order, numbers by their exact value.
 */
#ifndef TOOL_COMPARE_H
#define TOOL_COMPARE_H

#include "nhipol_value.h"

bool tool_same(const nhipol_value *a, const nhipol_value *b);

#endif
