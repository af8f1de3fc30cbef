/*
 * The verbs of the tool. Each prints one line of JSON and gives the program's exit code.
 */
#ifndef TOOL_VERBS_H
#define TOOL_VERBS_H

int tool_conformance(const char *folder);
int tool_measure(const char *prefix);
int tool_stress(const char *prefix, long decisions, int threads);

#endif
