/*
 * Steps of conformance cases: each says why it failed, or nothing.
 */
#ifndef TOOL_STEPS_H
#define TOOL_STEPS_H

#include "nhipol_sessions.h"

enum { TOOL_WHY = 1024 };

/* A case: one loaded policy, and its sessions, if it has any. */
typedef struct {
    nhipol_policy *policy;
    nhipol_sessions *sessions;
} tool_case;

/* An answer against the one that is expected. */
bool tool_same_answer(const nhipol_answer *answer, const nhipol_value *expected, char why[TOOL_WHY]);

/* A fault against the error that is expected, NULL: none. */
bool tool_same_fault(const nhipol_fault *fault, const nhipol_value *expected, char why[TOOL_WHY]);

/* A step that is asked of sessions. */
bool tool_session_step(tool_case *one, nhipol_bytes verb, const nhipol_value *step, char why[TOOL_WHY]);

/* Numbers that are no plain integers become doubles, as a program has them. */
void tool_as_native(nhipol_value *value);

/* A member's text, "" where it is not there; its number as an instant to give. */
nhipol_bytes tool_text(const nhipol_value *step, const char *name);
nhipol_when tool_when(const nhipol_value *step);

#endif
