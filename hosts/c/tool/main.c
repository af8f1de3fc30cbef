/*
 * nhipol-tool: checks and measures this host.
 */
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments) {
    if (count == 3 && strcmp(arguments[1], "conformance") == 0) return tool_conformance(arguments[2]);
    if (count == 3 && strcmp(arguments[1], "measure") == 0) return tool_measure(arguments[2]);
    if (count == 5 && strcmp(arguments[1], "stress") == 0) {
        return tool_stress(arguments[2], strtol(arguments[3], NULL, 10), (int)strtol(arguments[4], NULL, 10));
    }
    fputs("usage: nhipol-tool conformance FOLDER | measure PREFIX | stress PREFIX DECISIONS THREADS\n", stderr);
    return 2;
}
