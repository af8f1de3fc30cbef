/*
 * From files to a workload: see `workload.h`.
 */
#include "workload.h"

#include "modules.h"

#include <stdio.h>
#include <stdlib.h>

static nhipol_bytes next_line(const char **at, const char *end) {
    const char *start = *at;
    while (*at < end && **at != '\n') (*at)++;
    nhipol_bytes line = {start, (size_t)(*at - start)};
    if (*at < end) (*at)++;
    return line;
}

static bool effect_named(nhipol_bytes name, nhipol_effect *effect) {
    static const char *const effects[] = {"permit", "narrow", "challenge", "deny", "revoke"};
    for (int i = 0; i < 5; i++) {
        if (!nhipol_bytes_equal(name, nhipol_bytes_of(effects[i]))) continue;
        *effect = (nhipol_effect)i;
        return true;
    }
    return false;
}

static char *read_beside(const char *prefix, const char *ending, size_t *length) {
    char path[1024];
    snprintf(path, sizeof path, "%s%s", prefix, ending);
    char *bytes = tool_read_file(path, length);
    if (bytes == NULL) fprintf(stderr, "%s can't be read\n", path);
    return bytes;
}

static nhipol_policy *load(const char *prefix) {
    size_t length = 0;
    tool_module module = {.child = 0};
    char why[160] = "it can't be translated";
    char *bytes = read_beside(prefix, ".wasm", &length);
    const nhipol_module *table =
        bytes != NULL && tool_module_begin(&module, bytes, length) ? tool_module_end(&module) : NULL;
    free(bytes);
    nhipol_policy *policy = table == NULL ? NULL : nhipol_policy_load(table, NULL, why);
    if (policy == NULL) fprintf(stderr, "%s.wasm: %s\n", prefix, why);
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
        if (!effect_named(next_line(&name, name_end), &workload->effects[workload->count++])) {
            fprintf(stderr, "%s.effects does not fit\n", prefix);
            return false;
        }
    }
    return workload->count > 0;
}

void tool_workload_free(tool_workload *workload) {
    if (workload->policy != NULL) nhipol_policy_free(workload->policy);
    free(workload->texts);
    free(workload->names);
    free(workload->requests);
    free(workload->effects);
}
