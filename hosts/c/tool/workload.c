/*
 * From files to a workload: see `tool.h`.
 */
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static nhipol_value next_line(const char **at, const char *end) {
    const char *start = *at;
    while (*at < end && **at != '\n') (*at)++;
    nhipol_value line = {start, (size_t)(*at - start)};
    if (*at < end) (*at)++;
    return line;
}

static int effect_named(nhipol_value name) {
    static const char *const effects[] = {"permit", "narrow", "challenge", "deny", "revoke"};
    for (int i = 0; i < 5; i++) {
        if (strlen(effects[i]) == name.length && memcmp(effects[i], name.text, name.length) == 0) return i;
    }
    return -1;
}

static char *read_beside(const char *prefix, const char *ending, size_t *length) {
    char path[1024];
    snprintf(path, sizeof path, "%s%s", prefix, ending);
    return tool_read_file(path, length);
}

static nhipol_policy *load(const char *prefix) {
    size_t length = 0;
    tool_module module = {.child = 0};
    char *bytes = read_beside(prefix, ".wasm", &length);
    bool is_begun = bytes != NULL && tool_module_begin(&module, bytes, length, "-O3");
    const nhipol_module *table = is_begun ? tool_module_end(&module) : NULL;
    free(bytes);
    nhipol_policy *policy = table == NULL ? NULL : nhipol_load(table, 0, 0, 0, NULL);
    if (policy == NULL) fprintf(stderr, "%s.wasm was refused\n", prefix);
    return policy;
}

bool tool_workload_read(tool_workload *workload, const char *prefix) {
    size_t text_length = 0, name_length = 0;
    *workload = (tool_workload){.policy = load(prefix)};
    workload->texts = read_beside(prefix, ".jsonl", &text_length);
    workload->names = read_beside(prefix, ".effects", &name_length);
    if (workload->policy == NULL || workload->texts == NULL || workload->names == NULL) return false;
    const char *text = workload->texts, *text_end = text + text_length;
    const char *name = workload->names, *name_end = name + name_length;
    workload->requests = calloc(text_length + 1, sizeof *workload->requests);
    workload->effects = calloc(text_length + 1, sizeof *workload->effects);
    if (workload->requests == NULL || workload->effects == NULL) return false;
    while (text < text_end) {
        workload->requests[workload->count] = next_line(&text, text_end);
        workload->effects[workload->count++] = effect_named(next_line(&name, name_end));
    }
    return workload->count > 0;
}

void tool_workload_free(tool_workload *workload) {
    nhipol_free(workload->policy);
    free(workload->texts);
    free(workload->names);
    free(workload->requests);
    free(workload->effects);
}
