/*
 * conformance FOLDER: all cases of the folder, and the modules that must be refused.
 */
#include "compare.h"
#include "modules.h"
#include "steps.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FAILURES = 20, PROCESSES = 2 };

typedef struct {
    const char *folder;
    nhipol_arena arena;
    size_t checks, passed;
    nhipol_value *failures;
} run;

static nhipol_value *read_json(run *r, const char *path) {
    char whole[1024];
    size_t length = 0;
    snprintf(whole, sizeof whole, "%s/%s", r->folder, path);
    char *bytes = tool_read_file(whole, &length);
    nhipol_value *value = bytes == NULL ? NULL : nhipol_parse(&r->arena, bytes, length);
    if (value == NULL) fprintf(stderr, "%s can't be read\n", whole);
    free(bytes);
    return value;
}

static void count(run *r, bool passed, const char *name, const char *step, const char *why) {
    char line[TOOL_WHY + 256];
    r->checks++;
    if (passed) {
        r->passed++;
    } else if (r->failures->list.count < MOST_FAILURES) {
        snprintf(line, sizeof line, "%s: %s: %s", name, step, why);
        nhipol_push(&r->arena, r->failures, nhipol_string(&r->arena, line));
    }
}

nhipol_bytes tool_text(const nhipol_value *step, const char *name) {
    const nhipol_value *text = nhipol_get(step, name);
    return text == NULL ? (nhipol_bytes){"", 0} : text->text;
}

nhipol_when tool_when(const nhipol_value *step) {
    const nhipol_value *now = nhipol_get(step, "now");
    nhipol_when when = {.source = now == NULL ? NHIPOL_WITHOUT_NOW : NHIPOL_GIVEN_NOW};
    if (now != NULL) when.now = (double)now->integer;
    if (nhipol_bytes_equal(tool_text(step, "clock"), nhipol_bytes_of("request"))) when.clock = NHIPOL_REQUEST_TIME;
    return when;
}

static nhipol_bytes from_base64(run *r, nhipol_bytes text) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *bytes = nhipol_arena_take(&r->arena, text.length);
    size_t length = 0;
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; bytes != NULL && i < text.length && text.data[i] != '='; i++) {
        bits = bits << 6 | (uint32_t)(strchr(letters, text.data[i]) - letters);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes[length++] = (char)(bits >> held);
    }
    return (nhipol_bytes){bytes, length};
}

void tool_as_native(nhipol_value *value) {
    if (value->kind == NHIPOL_DECIMAL) {
        char number[400];
        snprintf(number, sizeof number, "%.*s", (int)value->text.length, value->text.data);
        *value =
            (nhipol_value){.kind = NHIPOL_DOUBLE, .name = value->name, .next = value->next, .number = strtod(number, NULL)};
    } else if (value->kind == NHIPOL_ARRAY || value->kind == NHIPOL_OBJECT) {
        for (nhipol_value *item = value->list.first; item != NULL; item = item->next) tool_as_native(item);
    }
}

static bool is_engine_error(const nhipol_value *error) {
    return nhipol_bytes_equal(tool_text(error, "code"), nhipol_bytes_of("engine_error"));
}

bool tool_same_answer(const nhipol_answer *answer, const nhipol_value *expected, char why[TOOL_WHY]) {
    nhipol_arena arena = {0};
    nhipol_text text = {0};
    nhipol_answer_write(answer, &text);
    const nhipol_value *got = nhipol_parse(&arena, text.data, text.length);
    const nhipol_value *wanted = nhipol_get(expected, "context"), *context = nhipol_get(got, "context");
    bool same = false;
    if (is_engine_error(nhipol_get(wanted, "error"))) {
        same = is_engine_error(nhipol_get(context, "error")) &&
               tool_same(nhipol_get(got, "decision"), nhipol_get(expected, "decision")) &&
               tool_same(nhipol_get(context, "effect"), nhipol_get(wanted, "effect")) &&
               tool_same(nhipol_get(context, "reasons"), nhipol_get(wanted, "reasons"));
    } else {
        same = tool_same(got, expected);
    }
    if (!same) snprintf(why, TOOL_WHY, "it answers %.*s", (int)text.length, text.data);
    nhipol_text_free(&text);
    nhipol_arena_clear(&arena);
    return same;
}

bool tool_same_fault(const nhipol_fault *fault, const nhipol_value *expected, char why[TOOL_WHY]) {
    static const char *const members[] = {"code", "path", "expected", "found"};
    bool same = (fault->error == NULL) == (expected == NULL);
    for (size_t i = 0; same && expected != NULL && i < 4; i++) {
        same = tool_same(nhipol_get(fault->error, members[i]), nhipol_get(expected, members[i]));
    }
    const nhipol_value *offset = nhipol_get(expected, "offset");
    if (same && offset != NULL) same = tool_same(nhipol_get(fault->error, "offset"), offset);
    if (same) return true;
    nhipol_text text = {0};
    if (fault->error != NULL) nhipol_write_value(&text, fault->error);
    snprintf(why, TOOL_WHY, "the error is %.*s", (int)text.length, text.data == NULL ? "" : text.data);
    nhipol_text_free(&text);
    return false;
}

static bool decide(run *r, tool_case *one, const nhipol_value *step, char why[TOOL_WHY]) {
    const nhipol_value *expected = nhipol_get(step, "answer"), *native = nhipol_get(step, "native");
    nhipol_bytes request = nhipol_get(step, "request_base64") != NULL ? from_base64(r, tool_text(step, "request_base64"))
                                                                      : tool_text(step, "request");
    nhipol_answer answer;
    nhipol_policy_decide(one->policy, request.data, request.length, tool_when(step), &answer);
    bool same = tool_same_answer(&answer, expected, why);
    nhipol_answer_clear(&answer);
    if (same && native != NULL && native->truth) {
        nhipol_arena arena = {0};
        nhipol_value *value = nhipol_parse(&arena, request.data, request.length);
        if (value == NULL) return false;
        tool_as_native(value);
        nhipol_policy_decide_value(one->policy, value, tool_when(step), &answer);
        same = tool_same_answer(&answer, expected, why);
        nhipol_answer_clear(&answer);
        nhipol_arena_clear(&arena);
    }
    return same;
}

static bool table_step(tool_case *one, bool load, const nhipol_value *step, char why[TOOL_WHY]) {
    char name[256];
    nhipol_fault fault;
    nhipol_bytes table = tool_text(step, "table"), contents = tool_text(step, "contents");
    snprintf(name, sizeof name, "%.*s", (int)table.length, table.data);
    if (load) {
        nhipol_load_table_named(one->policy, name, contents.data, contents.length, &fault);
    } else {
        nhipol_drop_table_named(one->policy, name, &fault);
    }
    bool same = tool_same_fault(&fault, nhipol_get(step, "error"), why);
    nhipol_fault_clear(&fault);
    return same;
}

static bool do_step(run *r, tool_case *one, const nhipol_value *step, char why[TOOL_WHY]) {
    nhipol_bytes verb = tool_text(step, "do");
    if (nhipol_bytes_equal(verb, nhipol_bytes_of("decide"))) return decide(r, one, step, why);
    bool load = nhipol_bytes_equal(verb, nhipol_bytes_of("load_table"));
    if (load || nhipol_bytes_equal(verb, nhipol_bytes_of("drop_table"))) return table_step(one, load, step, why);
    return tool_session_step(one, verb, step, why);
}

static void run_case(run *r, const nhipol_value *told, const nhipol_module *module) {
    char why[TOOL_WHY] = "the module is refused", name[256], number[96];
    snprintf(name, sizeof name, "%.*s", (int)tool_text(told, "name").length, tool_text(told, "name").data);
    tool_case one = {.policy = module == NULL ? NULL : nhipol_policy_load(module, NULL, why)};
    if (one.policy != NULL) one.sessions = nhipol_sessions_new(one.policy);
    size_t index = 0;
    for (const nhipol_value *step = nhipol_get(told, "steps")->list.first; step != NULL; step = step->next, index++) {
        nhipol_bytes verb = tool_text(step, "do");
        snprintf(number, sizeof number, "%zu %.*s", index, (int)verb.length, verb.data);
        count(r, one.policy != NULL && do_step(r, &one, step, why), name, number, why);
    }
    if (one.sessions != NULL) nhipol_sessions_free(one.sessions);
    if (one.policy != NULL) nhipol_policy_free(one.policy);
}

/* Makes the libraries of all, a few at a time, then looks at each in order. */
typedef struct {
    const nhipol_value *told;
    tool_module module;
    bool begun;
} work;

static void begin(run *r, work *one) {
    const nhipol_value *path = nhipol_get(one->told, "module");
    if (path == NULL) {
        nhipol_bytes bytes = from_base64(r, tool_text(one->told, "module_base64"));
        one->begun = tool_module_begin(&one->module, bytes.data, bytes.length);
        return;
    }
    char whole[1024];
    size_t length = 0;
    snprintf(whole, sizeof whole, "%s/%.*s", r->folder, (int)path->text.length, path->text.data);
    char *bytes = tool_read_file(whole, &length);
    one->begun = bytes != NULL && tool_module_begin(&one->module, bytes, length);
    free(bytes);
}

static void refuse(run *r, const work *one, const nhipol_module *module) {
    char why[TOOL_WHY] = "";
    nhipol_policy *policy = module == NULL ? NULL : nhipol_policy_load(module, NULL, why);
    nhipol_bytes name = tool_text(one->told, "name");
    char text[256];
    snprintf(text, sizeof text, "%.*s", (int)name.length, name.data);
    count(r, policy == NULL, "malformed", text, "it was loaded");
    if (policy != NULL) nhipol_policy_free(policy);
}

int tool_conformance(const char *folder) {
    run r = {.folder = folder};
    r.failures = nhipol_new(&r.arena, NHIPOL_ARRAY);
    const nhipol_value *index = read_json(&r, "index.json"), *malformed = read_json(&r, "malformed.json");
    const nhipol_value *cases = nhipol_get(index, "cases");
    if (cases == NULL || malformed == NULL) return 1;
    size_t total = cases->list.count + malformed->list.count, begun = 0;
    work *all = calloc(total, sizeof *all);
    if (all == NULL) return 1;
    for (const nhipol_value *path = cases->list.first; path != NULL; path = path->next) {
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)path->text.length, path->text.data);
        all[begun++].told = read_json(&r, name);
    }
    for (const nhipol_value *one = malformed->list.first; one != NULL; one = one->next) all[begun++].told = one;
    begun = 0;
    for (size_t i = 0; i < total; i++) {
        while (begun < total && begun < i + PROCESSES) begin(&r, &all[begun++]);
        const nhipol_module *module = all[i].begun ? tool_module_end(&all[i].module) : NULL;
        if (i >= cases->list.count) {
            refuse(&r, &all[i], module);
        } else if (all[i].told != NULL) {
            run_case(&r, all[i].told, module);
        }
    }
    nhipol_text line = {0};
    nhipol_write_value(&line, r.failures);
    printf("{\"checks\":%zu,\"passed\":%zu,\"failures\":%.*s}\n", r.checks, r.passed, (int)line.length, line.data);
    const nhipol_value *checks = nhipol_get(index, "checks");
    bool whole = checks != NULL && (size_t)checks->integer == r.checks && r.passed == r.checks;
    nhipol_text_free(&line);
    nhipol_arena_clear(&r.arena);
    free(all);
    return whole ? 0 : 1;
}
