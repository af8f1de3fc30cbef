/*
 * Answers: see `nhipol.h`.
 */
#include "internal.h"

/* The parts of a denial. */
#define START "{\"decision\":false,\"context\":{\"effect\":\"deny\",\"reasons\":["
#define DETAILS "],\"reason_details\":[{\"id\":"
#define READ                                                                                                               \
    ",\"effect\":\"deny\",\"fired_on\":\"true\"}],\"read\":[\"action\",\"context\",\"resource\",\"subject\"],"             \
    "\"error\":{\"code\":"

/* The answer if there is no memory for another one. */
static const char no_memory[] =
    START "\"engine_error\"" DETAILS "\"engine_error\"" READ
          "\"engine_error\",\"path\":\"$\",\"expected\":\"memory\",\"found\":\"none\",\"offset\":0}}}";

nhipol_answer *nhipol_answer_new(void) {
    nhipol_answer *answer = calloc(1, sizeof *answer);
    if (answer != NULL) nhipol_answer_start(answer);
    return answer;
}

void nhipol_answer_free(nhipol_answer *answer) {
    if (answer != NULL) free(answer->text.data);
    free(answer);
}

void nhipol_answer_start(nhipol_answer *answer) {
    if (answer == NULL) return;
    answer->effect = NHIPOL_DENY;
    answer->flags = 0;
    answer->valid_until = INFINITY;
    answer->key = 0;
    nhipol_text_clear(&answer->text);
}

int nhipol_answer_effect(const nhipol_answer *answer) { return answer->text.failed ? NHIPOL_DENY : answer->effect; }
int nhipol_answer_decision(const nhipol_answer *answer) { return nhipol_answer_effect(answer) <= NHIPOL_NARROW; }
uint32_t nhipol_answer_flags(const nhipol_answer *answer) { return answer->flags; }
double nhipol_answer_valid_until(const nhipol_answer *answer) { return answer->valid_until; }
uint64_t nhipol_answer_key(const nhipol_answer *answer) { return answer->text.failed ? 0 : answer->key; }

const char *nhipol_answer_text(const nhipol_answer *answer, size_t *length) {
    *length = answer->text.failed ? sizeof no_memory - 1 : answer->text.length;
    return answer->text.failed ? no_memory : answer->text.data;
}

int nhipol_answer_get(const nhipol_answer *answer, const char *name, nhipol_value *value) {
    nhipol_value response, context;
    response.text = nhipol_answer_text(answer, &response.length);
    return nhipol_get(&response, "context", &context) && nhipol_get(&context, name, value);
}

int nhipol_answer_has_reason(const nhipol_answer *answer, const char *reason) {
    nhipol_value reasons, one;
    if (!nhipol_answer_get(answer, "reasons", &reasons)) return 0;
    while (nhipol_next(&reasons, NULL, &one)) {
        if (nhipol_equals(&one, reason)) return 1;
    }
    return 0;
}

int nhipol_deny(nhipol_answer *answer, const char *reason, const char *code, const char *path, const char *expected,
                const char *found) {
    static const char read[] = READ;
    static const char *const pieces[] = {START, DETAILS, read, ",\"path\":", ",\"expected\":", ",\"found\":"};
    const char *const strings[] = {reason, reason, code, path, expected, found};
    if (answer == NULL) return NHIPOL_DENY;
    nhipol_answer_start(answer);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        nhipol_text_put(&answer->text, pieces[i]);
        nhipol_text_quote(&answer->text, strings[i], strlen(strings[i]));
    }
    nhipol_text_put(&answer->text, ",\"offset\":0}}}");
    return NHIPOL_DENY;
}

int nhipol_engine_error(nhipol_answer *answer, const char *expected, const char *found) {
    return nhipol_deny(answer, NHIPOL_ERROR_ENGINE_ERROR, NHIPOL_ERROR_ENGINE_ERROR, "$", expected, found);
}

void *nhipol_allocate(size_t bytes, nhipol_answer *answer) {
    void *memory = calloc(1, bytes);
    if (memory == NULL) nhipol_engine_error(answer, "memory", "none");
    return memory;
}
