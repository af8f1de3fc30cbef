/*
 * Answers that no module gave: an engine that failed, and requests that cannot be told. Always a deny with one reason.
 */
#include "contract.h"
#include "answering.h"

#define WORDS(TEXT)                                                                                                        \
    { TEXT, sizeof(TEXT) - 1 }
#define STRING(NAME, TEXT, NEXT)                                                                                           \
    (nhipol_value) { .kind = NHIPOL_STRING, .name = WORDS(NAME), .text = WORDS(TEXT), .next = NEXT }
#define LIST(KIND, NAME, COUNT, FIRST, NEXT)                                                                               \
    (nhipol_value) { .kind = KIND, .name = WORDS(NAME), .list = {.first = FIRST, .count = COUNT}, .next = NEXT }

/* What is told where there is no memory left to tell more. */
static nhipol_value no_memory = LIST(
    NHIPOL_OBJECT, "", 5,
    &STRING("effect", "deny",
            &LIST(NHIPOL_ARRAY, "reasons", 1, &STRING("", "engine_error", NULL),
                  &LIST(NHIPOL_ARRAY, "reason_details", 1,
                        &LIST(NHIPOL_OBJECT, "", 3,
                              &STRING("id", "engine_error", &STRING("effect", "deny", &STRING("fired_on", "true", NULL))),
                              NULL),
                        &LIST(NHIPOL_ARRAY, "read", 4,
                              &STRING("", "action",
                                      &STRING("", "context", &STRING("", "resource", &STRING("", "subject", NULL)))),
                              &LIST(NHIPOL_OBJECT, "error", 5,
                                    &STRING("code", "engine_error",
                                            &STRING("path", "$",
                                                    &STRING("expected", "memory for the answer",
                                                            &STRING("found", "none",
                                                                    &((nhipol_value){.kind = NHIPOL_INTEGER,
                                                                                     .name = WORDS("offset")}))))),
                                    NULL))))),
    NULL);

static void fill(nhipol_answer *answer, const char *reason, const char *code, const char *path, const char *expected,
                 const char *found) {
    static const char *const all[] = {NHIPOL_REQUEST_MEMBERS};
    *answer = (nhipol_answer){.effect = NHIPOL_DENY, .valid_until = INFINITY};
    nhipol_arena *arena = &answer->arena;
    nhipol_value *context = nhipol_new(arena, NHIPOL_OBJECT);
    nhipol_put(arena, context, "effect", nhipol_string(arena, "deny"));
    nhipol_value *ids = nhipol_put(arena, context, "reasons", nhipol_new(arena, NHIPOL_ARRAY));
    nhipol_push(arena, ids, nhipol_string(arena, reason));
    nhipol_value *details = nhipol_put(arena, context, "reason_details", nhipol_new(arena, NHIPOL_ARRAY));
    nhipol_value *detail = nhipol_push(arena, details, nhipol_new(arena, NHIPOL_OBJECT));
    nhipol_put(arena, detail, "id", nhipol_string(arena, reason));
    nhipol_put(arena, detail, "effect", nhipol_string(arena, "deny"));
    nhipol_put(arena, detail, "fired_on", nhipol_string(arena, "true"));
    nhipol_value *read = nhipol_put(arena, context, "read", nhipol_new(arena, NHIPOL_ARRAY));
    for (size_t i = 0; i < 4; i++) nhipol_push(arena, read, nhipol_string(arena, all[i]));
    nhipol_put(
        arena, context, "error",
        nhipol_error_value(arena, code, nhipol_bytes_of(path), nhipol_bytes_of(expected), nhipol_bytes_of(found), 0));
    answer->context = context;
    if (arena->failed) {
        nhipol_arena_clear(arena);
        answer->context = &no_memory;
    }
}

void nhipol_answer_engine_error(nhipol_answer *answer, const char *expected, const char *found) {
    fill(answer, "engine_error", "engine_error", "$", expected, found);
}

void nhipol_answer_invalid(nhipol_answer *answer, const char *code, const char *path, const char *expected,
                           const char *found) {
    fill(answer, "invalid_request", code, path, expected, found);
}
