/*
 * conformance FOLDER: runs all cases of the folder, and loads the modules that must be refused.
 */
#include "tool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FAILURES = 20, PROCESSES = 2, WHY = 1024 };

typedef struct {
    const char *folder;
    size_t checks, passed;
    char *failures[MAX_FAILURES]; /* as JSON strings */
    size_t failure_count;
} run;

/* A case: a policy, its sessions, if it has any, and the last answer. */
typedef struct {
    nhipol_policy *policy;
    nhipol_sessions *sessions;
    nhipol_answer *answer;
    const nhipol_value *step;
    char why[WHY]; /* the step failed */
} one_case;

/* A decoded string; must be freed. */
typedef struct {
    char *data;
    size_t length;
} bytes;

static nhipol_value read_json(const run *r, const char *path) {
    char whole[1024];
    nhipol_value value = {"", 0};
    snprintf(whole, sizeof whole, "%s/%s", r->folder, path);
    char *text = tool_read_file(whole, &value.length);
    if (text != NULL) value.text = text;
    return value;
}

static void count(run *r, bool is_passed, const char *name, const char *step, const char *why) {
    r->checks++;
    r->passed += is_passed;
    if (is_passed || r->failure_count == MAX_FAILURES) return;
    char line[WHY + 256], *quoted = malloc(2 * sizeof line);
    snprintf(line, sizeof line, "%s: %s: %s", name, step, why);
    char *to = quoted;
    *to++ = '"';
    for (const char *at = line; *at != 0; at++) {
        if (*at == '"' || *at == '\\') *to++ = '\\';
        *to = *at;
        if (*to++ == '\n') to[-1] = ' ';
    }
    snprintf(to, 2, "\"");
    r->failures[r->failure_count++] = quoted;
}

static bool has(const nhipol_value *step, const char *name) {
    nhipol_value value;
    return nhipol_get(step, name, &value);
}

static bytes text(const nhipol_value *step, const char *name) {
    nhipol_value value;
    if (!nhipol_get(step, name, &value)) return (bytes){NULL, 0};
    bytes found = {calloc(value.length + 1, 1), 0};
    if (found.data != NULL) found.length = nhipol_string(&value, found.data, value.length + 1);
    return found;
}

/* An instant, NaN: there is none. */
static double instant(const nhipol_value *step, const char *name) {
    nhipol_value value;
    return nhipol_get(step, name, &value) ? nhipol_number(&value) : NAN;
}

static bytes from_base64(bytes encoded) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = 0;
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < encoded.length && encoded.data[i] != '='; i++) {
        bits = bits << 6 | (uint32_t)(strchr(letters, encoded.data[i]) - letters);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        encoded.data[length++] = (char)(bits >> held);
    }
    return (bytes){encoded.data, length};
}

static bool is_engine_error(const nhipol_value *context) {
    nhipol_value error, code;
    return nhipol_get(context, "error", &error) && nhipol_get(&error, "code", &code) &&
           nhipol_equals(&code, "engine_error");
}

static bool same_member(const nhipol_value *a, const nhipol_value *b, const char *name) {
    nhipol_value x = {"", 0}, y = {"", 0};
    return nhipol_get(a, name, &x) == nhipol_get(b, name, &y) && tool_same(&x, &y);
}

static bool fail(one_case *one, const char *what, nhipol_value found) {
    snprintf(one->why, WHY, "%s %.*s", what, (int)found.length, found.text);
    return false;
}

static nhipol_value answer_text(const one_case *one) {
    nhipol_value value;
    value.text = nhipol_answer_text(one->answer, &value.length);
    return value;
}

/* An instant as a response contains it, in milliseconds. */
static double milliseconds(const nhipol_value *instant) {
    char text[40];
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0;
    nhipol_string(instant, text, sizeof text);
    if (strstr(text, "ms") != NULL) return strtod(text, NULL);
    sscanf(text, "%d-%d-%dT%d:%d:%d.%dZ", &year, &month, &day, &hour, &minute, &second, &fraction);
    long y = year + 4000 - (month <= 2), m = month > 2 ? month - 3 : month + 9; /* years start in March */
    long days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719469 - 1460970;
    return (((double)days * 24 + hour) * 60 + minute) * 60000 + second * 1000 + fraction;
}

/* Compares the members of the context; `valid_until` is that of the answer, and of the response, if it has one. */
static bool same_context(const one_case *one, const nhipol_value *found, const nhipol_value *expected) {
    static const char name_of_until[] = "valid_until";
    nhipol_value rest = *expected, other = *found, name, value, until;
    size_t count = 0;
    bool has_until = nhipol_get(expected, name_of_until, &until);
    if ((has_until ? milliseconds(&until) : INFINITY) != nhipol_answer_valid_until(one->answer)) return false;
    if (nhipol_get(found, name_of_until, &value) && !(has_until && tool_same(&value, &until))) return false;
    while (nhipol_next(&rest, &name, &value)) {
        char member[64];
        nhipol_string(&name, member, sizeof member);
        if (strcmp(member, name_of_until) == 0) continue;
        count++;
        if (!same_member(found, expected, member)) return false;
    }
    while (nhipol_next(&other, &name, &value)) count -= !nhipol_equals(&name, name_of_until);
    return count == 0;
}

/* The texts of an engine error are those of the host. */
static bool same_answer(one_case *one) {
    nhipol_value response = answer_text(one), expected, context, wanted;
    if (!nhipol_get(one->step, "answer", &expected) || !nhipol_get(&expected, "context", &wanted)) return false;
    if (!nhipol_get(&response, "context", &context)) return fail(one, "it answers", response);
    bool same = same_member(&response, &expected, "decision") &&
                (is_engine_error(&wanted) ? is_engine_error(&context) && same_member(&context, &wanted, "effect") &&
                                                same_member(&context, &wanted, "reasons")
                                          : same_context(one, &context, &wanted));
    return same || fail(one, "it answers", response);
}

/* Compares the error of the answer, if the call failed, with a member of the step. */
static bool same_error(one_case *one, bool has_failed, const char *name) {
    static const char *const members[] = {"code", "path", "expected", "found", "offset"};
    nhipol_value error = {"", 0}, expected;
    bool is_expected = nhipol_get(one->step, name, &expected);
    if (has_failed) nhipol_answer_get(one->answer, "error", &error);
    bool same = (error.length > 0) == is_expected;
    for (size_t i = 0; same && is_expected && i < 5; i++) {
        same = (i == 4 && !has(&expected, "offset")) || same_member(&error, &expected, members[i]);
    }
    return same || fail(one, "the error is", error);
}

/* The request of a step, and the clock to evaluate it with. */
static bytes question(one_case *one, int *which) {
    bool is_base64 = has(one->step, "request_base64");
    nhipol_value clock = {"", 0};
    nhipol_get(one->step, "clock", &clock);
    *which = nhipol_equals(&clock, "request");
    return is_base64 ? from_base64(text(one->step, "request_base64")) : text(one->step, "request");
}

/* Writes a request as the values of a program; NULL: the step does not ask for it. */
static nhipol_writer *written(one_case *one, bytes request) {
    nhipol_value native = {"", 0}, json = {request.data, request.length};
    if (!nhipol_get(one->step, "native", &native) || native.length != 4) return NULL;
    nhipol_writer *writer = nhipol_writer_new();
    tool_value value = tool_value_of(&json);
    tool_value_write(writer, &value);
    tool_value_free(&value);
    return writer;
}

static bool decide(one_case *one) {
    int which;
    bytes request = question(one, &which);
    double now = instant(one->step, "now");
    nhipol_decide(one->policy, request.data, request.length, now, which, one->answer);
    bool same = same_answer(one);
    nhipol_writer *writer = same ? written(one, request) : NULL;
    if (writer != NULL) {
        nhipol_decide_written(one->policy, writer, now, which, one->answer);
        same = same_answer(one);
        nhipol_writer_free(writer);
    }
    free(request.data);
    return same;
}

static bool same_possibility(one_case *one, int is_possible) {
    nhipol_value possible = {"", 0}, reasons = {"", 0}, found = {"[]", 2}, until;
    nhipol_get(one->step, "possible", &possible);
    nhipol_get(one->step, "reasons", &reasons);
    if (!is_possible) nhipol_answer_get(one->answer, "reasons", &found);
    double end = nhipol_get(one->step, "valid_until", &until) ? nhipol_number(&until) : INFINITY;
    bool same = is_possible == (possible.length == 4) && tool_same(&found, &reasons) &&
                end == nhipol_answer_valid_until(one->answer) && !nhipol_answer_decision(one->answer);
    if (!same) return fail(one, "its reasons are", found);
    return same_error(one, !is_possible, "error");
}

static bool could(one_case *one) {
    int which;
    bytes request = question(one, &which);
    double now = instant(one->step, "now");
    bool same =
        same_possibility(one, nhipol_could(one->policy, request.data, request.length, now, which, one->answer));
    nhipol_writer *writer = same ? written(one, request) : NULL;
    if (writer != NULL) {
        same = same_possibility(one, nhipol_could_written(one->policy, writer, now, which, one->answer));
        nhipol_writer_free(writer);
    }
    free(request.data);
    return same;
}

static int by_text(const void *a, const void *b) {
    const nhipol_value *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

/* Changes are in any order; those that are expected are in that of their sessions. */
static bool sweep(one_case *one) {
    nhipol_value all = {"", 0}, expected = {"", 0}, found[64], rest, wanted;
    nhipol_get(one->step, "all", &all);
    nhipol_get(one->step, "changes", &expected);
    nhipol_sessions_due(one->sessions); /* as a program does to know when to sweep */
    bool has_failed = !nhipol_sessions_sweep(one->sessions, instant(one->step, "now"), all.length == 4, one->answer);
    size_t length = 0, at = 0;
    rest = answer_text(one);
    if (has_failed) return same_error(one, has_failed, "error");
    while (length < 64 && nhipol_next(&rest, NULL, &found[length])) length++;
    qsort(found, length, sizeof *found, by_text);
    bool same = true;
    while (same && nhipol_next(&expected, NULL, &wanted)) same = at < length && tool_same(&found[at++], &wanted);
    return (same && at == length) || fail(one, "the changes are", answer_text(one));
}

static bool snapshot(one_case *one, bytes id) {
    bool has_failed = !nhipol_session_snapshot(one->sessions, id.data, id.length, one->answer);
    nhipol_value found = answer_text(one);
    bytes expected = text(one->step, "text");
    bool same = same_error(one, has_failed, "error");
    if (same && !has_failed) {
        same = found.length == expected.length && memcmp(found.text, expected.data, found.length) == 0;
        if (!same) fail(one, "the text is", found);
    }
    free(expected.data);
    return same;
}

static bool restore(one_case *one, bytes expected) {
    bytes snapshot = text(one->step, "text");
    char id[256];
    size_t length = 0;
    bool has_failed = !nhipol_session_restore(one->sessions, snapshot.data, snapshot.length, id, &length, one->answer);
    bool same = same_error(one, has_failed, "error") && same_error(one, !has_failed, "mismatch");
    if (same && !has_failed) {
        same = expected.data != NULL && length == expected.length && memcmp(id, expected.data, length) == 0;
    }
    free(snapshot.data);
    return same;
}

static bool session_step(one_case *one, const nhipol_value *verb, bytes id) {
    nhipol_sessions *sessions = one->sessions;
    nhipol_answer *answer = one->answer;
    double now = instant(one->step, "now");
    if (sessions == NULL) return fail(one, "the policy has no sessions", (nhipol_value){"", 0});
    if (nhipol_equals(verb, "sweep")) return sweep(one);
    if (nhipol_equals(verb, "snapshot")) return snapshot(one, id);
    if (nhipol_equals(verb, "restore")) return restore(one, id);
    if (nhipol_equals(verb, "reevaluate")) {
        nhipol_session_reevaluate(sessions, id.data, id.length, now, answer);
        return same_answer(one);
    }
    bytes json = text(one->step, nhipol_equals(verb, "open")             ? "request"
                                 : nhipol_equals(verb, "decide_session") ? "request"
                                 : nhipol_equals(verb, "could_session")  ? "request"
                                 : nhipol_equals(verb, "record")         ? "payload"
                                                                         : "part");
    bool same;
    if (nhipol_equals(verb, "decide_session")) {
        nhipol_session_decide(sessions, id.data, id.length, json.data, json.length, now, answer);
        same = same_answer(one);
    } else if (nhipol_equals(verb, "could_session")) {
        int is_possible = nhipol_session_could(sessions, id.data, id.length, json.data, json.length, now, answer);
        same = same_possibility(one, is_possible);
    } else {
        int is_done = 0;
        if (nhipol_equals(verb, "open")) {
            is_done = nhipol_session_open(sessions, id.data, id.length, json.data, json.length, now, answer);
        } else if (nhipol_equals(verb, "patch")) {
            is_done = nhipol_session_patch(sessions, id.data, id.length, json.data, json.length, answer);
        } else if (nhipol_equals(verb, "replace")) {
            is_done = nhipol_session_replace(sessions, id.data, id.length, json.data, json.length, answer);
        } else if (nhipol_equals(verb, "record")) {
            bytes signal = text(one->step, "signal");
            is_done = nhipol_session_record(sessions, id.data, id.length, signal.data, signal.length, json.data,
                                            json.length, instant(one->step, "time"), now, answer);
            free(signal.data);
        } else {
            is_done = nhipol_session_close(sessions, id.data, id.length, answer);
        }
        same = same_error(one, !is_done, "error");
    }
    free(json.data);
    return same;
}

static bool do_step(one_case *one, const nhipol_value *verb) {
    if (nhipol_equals(verb, "decide")) return decide(one);
    if (nhipol_equals(verb, "could")) return could(one);
    bool same;
    if (nhipol_equals(verb, "load_table") || nhipol_equals(verb, "drop_table")) {
        bytes table = text(one->step, "table"), contents = text(one->step, "contents");
        int is_done =
            nhipol_equals(verb, "load_table")
                ? nhipol_load_table(one->policy, table.data, table.length, contents.data, contents.length, one->answer)
                : nhipol_drop_table(one->policy, table.data, table.length, one->answer);
        same = same_error(one, !is_done, "error");
        free(table.data);
        free(contents.data);
    } else {
        bytes id = text(one->step, "session");
        same = session_step(one, verb, id);
        free(id.data);
    }
    return same;
}

static void run_case(run *r, const nhipol_value *description, const nhipol_module *module) {
    one_case one = {.answer = nhipol_answer_new()};
    char name[256], number[96], verb_name[32];
    nhipol_value steps, step, verb, value;
    if (nhipol_get(description, "name", &value)) nhipol_string(&value, name, sizeof name);
    one.policy = module == NULL ? NULL : nhipol_load(module, 0, 0, 0, one.answer);
    if (one.policy != NULL) one.sessions = nhipol_sessions_new(one.policy, one.answer);
    nhipol_get(description, "steps", &steps);
    for (size_t index = 0; nhipol_next(&steps, NULL, &step); index++) {
        one.step = &step;
        snprintf(one.why, WHY, "%s", one.policy == NULL ? "the module was refused" : "the step is invalid");
        nhipol_get(&step, "do", &verb);
        nhipol_string(&verb, verb_name, sizeof verb_name);
        snprintf(number, sizeof number, "%zu %s", index, verb_name);
        count(r, one.policy != NULL && do_step(&one, &verb), name, number, one.why);
    }
    nhipol_sessions_free(one.sessions);
    nhipol_free(one.policy);
    nhipol_answer_free(one.answer);
}

/* A case, or a module to refuse. Libraries are made a few at a time. */
typedef struct {
    nhipol_value description;
    tool_module module;
    bool is_begun;
} work;

static void begin(const run *r, work *one) {
    nhipol_value path;
    bytes module;
    if (nhipol_get(&one->description, "module", &path)) {
        char name[512], whole[1024];
        nhipol_string(&path, name, sizeof name);
        snprintf(whole, sizeof whole, "%s/%s", r->folder, name);
        module.data = tool_read_file(whole, &module.length);
    } else {
        module = from_base64(text(&one->description, "module_base64"));
    }
    one->is_begun = module.data != NULL && tool_module_begin(&one->module, module.data, module.length, "-O1");
    free(module.data);
}

static void refuse(run *r, const nhipol_value *description, const nhipol_module *module) {
    nhipol_policy *policy = module == NULL ? NULL : nhipol_load(module, 0, 0, 0, NULL);
    bytes name = text(description, "name");
    count(r, policy == NULL, "malformed", name.data, "it was loaded");
    nhipol_free(policy);
    free(name.data);
}

int tool_conformance(const char *folder) {
    run r = {.folder = folder};
    nhipol_value index = read_json(&r, "index.json"), malformed = read_json(&r, "malformed.json"), rest, value;
    size_t cases = 0, total = 0, begun = 0;
    if (!nhipol_get(&index, "cases", &rest)) return 1;
    work *all = calloc(index.length + malformed.length + 1, sizeof *all);
    if (all == NULL) return 1;
    for (; nhipol_next(&rest, NULL, &value); cases++) {
        char path[256];
        nhipol_string(&value, path, sizeof path);
        all[cases].description = read_json(&r, path);
    }
    for (total = cases, rest = malformed; nhipol_next(&rest, NULL, &value); total++) all[total].description = value;
    for (size_t i = 0; i < total; i++) {
        while (begun < total && begun < i + PROCESSES) begin(&r, &all[begun++]);
        const nhipol_module *module = all[i].is_begun ? tool_module_end(&all[i].module) : NULL;
        if (i < cases) {
            run_case(&r, &all[i].description, module);
            free((char *)all[i].description.text);
        } else {
            refuse(&r, &all[i].description, module);
        }
    }
    printf("{\"checks\":%zu,\"passed\":%zu,\"failures\":[", r.checks, r.passed);
    for (size_t i = 0; i < r.failure_count; i++) {
        printf("%s%s", i == 0 ? "" : ",", r.failures[i]);
        free(r.failures[i]);
    }
    printf("]}\n");
    bool is_complete = nhipol_get(&index, "checks", &value) && nhipol_number(&value) == (double)r.checks;
    free((char *)index.text);
    free((char *)malformed.text);
    free(all);
    return is_complete && r.passed == r.checks ? 0 : 1;
}
