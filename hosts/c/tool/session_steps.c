/*
 * Steps of conformance cases that are asked of sessions: see `steps.h`.
 */
#include "compare.h"
#include "steps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is(nhipol_bytes verb, const char *name) { return nhipol_bytes_equal(verb, nhipol_bytes_of(name)); }

static int by_session(const void *a, const void *b) {
    return nhipol_bytes_order(((const nhipol_session_change *)a)->session, ((const nhipol_session_change *)b)->session);
}

static bool sweep(tool_case *one, const nhipol_value *step, char why[TOOL_WHY]) {
    static const char *const effects[] = {"permit", "narrow", "challenge", "deny", "revoke"};
    nhipol_session_changes changes;
    nhipol_fault fault;
    nhipol_arena arena = {0};
    const nhipol_value *all = nhipol_get(step, "all");
    nhipol_sessions_sweep(one->sessions, tool_when(step), all != NULL && all->truth, &changes, &fault);
    bool same = tool_same_fault(&fault, nhipol_get(step, "error"), why);
    if (changes.count > 0) qsort(changes.items, changes.count, sizeof *changes.items, by_session);
    nhipol_value *got = nhipol_new(&arena, NHIPOL_ARRAY);
    for (size_t i = 0; i < changes.count; i++) {
        nhipol_value *change = nhipol_push(&arena, got, nhipol_new(&arena, NHIPOL_OBJECT));
        nhipol_put(&arena, change, "session", nhipol_string_of(&arena, changes.items[i].session));
        nhipol_put(&arena, change, "before", nhipol_string(&arena, effects[changes.items[i].before]));
        nhipol_put(&arena, change, "after", nhipol_string(&arena, effects[changes.items[i].after]));
    }
    if (same && !tool_same(got, nhipol_get(step, "changes"))) {
        nhipol_text text = {0};
        nhipol_write_value(&text, got);
        snprintf(why, TOOL_WHY, "the changes are %.*s", (int)text.length, text.data);
        nhipol_text_free(&text);
        same = false;
    }
    nhipol_arena_clear(&arena);
    nhipol_session_changes_clear(&changes);
    nhipol_fault_clear(&fault);
    return same;
}

static bool answered(tool_case *one, bool asks, const nhipol_value *step, char why[TOOL_WHY]) {
    nhipol_answer answer;
    const nhipol_value *asked = nhipol_get(step, "asked");
    nhipol_bytes id = tool_text(step, "session");
    if (asks) {
        nhipol_bytes text = asked == NULL ? (nhipol_bytes){NULL, 0} : asked->text;
        nhipol_sessions_decide(one->sessions, id, text, tool_when(step), &answer);
    } else {
        nhipol_sessions_reevaluate(one->sessions, id, tool_when(step), &answer);
    }
    bool same = tool_same_answer(&answer, nhipol_get(step, "answer"), why);
    nhipol_answer_clear(&answer);
    return same;
}

static bool snapshot(tool_case *one, const nhipol_value *step, char why[TOOL_WHY]) {
    nhipol_fault fault;
    nhipol_text text = {0};
    nhipol_sessions_snapshot(one->sessions, tool_text(step, "session"), &text, &fault);
    bool same = tool_same_fault(&fault, nhipol_get(step, "error"), why);
    if (same && !nhipol_bytes_equal((nhipol_bytes){text.data, text.length}, tool_text(step, "text"))) {
        snprintf(why, TOOL_WHY, "the text is %.*s", (int)text.length, text.data);
        same = false;
    }
    nhipol_text_free(&text);
    nhipol_fault_clear(&fault);
    return same;
}

static bool restore(tool_case *one, const nhipol_value *step, char why[TOOL_WHY]) {
    nhipol_fault fault, misfit;
    nhipol_text id = {0};
    nhipol_sessions_restore(one->sessions, tool_text(step, "text"), &id, &fault, &misfit);
    bool same = tool_same_fault(&fault, nhipol_get(step, "error"), why) &&
                tool_same_fault(&misfit, nhipol_get(step, "misfit"), why);
    if (same && !nhipol_bytes_equal((nhipol_bytes){id.data, id.length}, tool_text(step, "session"))) {
        snprintf(why, TOOL_WHY, "the session is %.*s", (int)id.length, id.data);
        same = false;
    }
    nhipol_text_free(&id);
    nhipol_fault_clear(&fault);
    nhipol_fault_clear(&misfit);
    return same;
}

bool tool_session_step(tool_case *one, nhipol_bytes verb, const nhipol_value *step, char why[TOOL_WHY]) {
    if (one->sessions == NULL) {
        snprintf(why, TOOL_WHY, "the policy holds no sessions");
        return false;
    }
    if (is(verb, "sweep")) return sweep(one, step, why);
    if (is(verb, "ask") || is(verb, "reevaluate")) return answered(one, is(verb, "ask"), step, why);
    if (is(verb, "snapshot")) return snapshot(one, step, why);
    if (is(verb, "restore")) return restore(one, step, why);
    nhipol_bytes id = tool_text(step, "session");
    nhipol_fault fault;
    if (is(verb, "open")) {
        nhipol_sessions_open(one->sessions, id, tool_text(step, "request"), tool_when(step), &fault);
    } else if (is(verb, "patch")) {
        nhipol_sessions_patch(one->sessions, id, tool_text(step, "part"), &fault);
    } else if (is(verb, "replace")) {
        nhipol_sessions_replace(one->sessions, id, tool_text(step, "part"), &fault);
    } else if (is(verb, "record")) {
        char signal[256];
        const nhipol_value *time = nhipol_get(step, "time");
        snprintf(signal, sizeof signal, "%.*s", (int)tool_text(step, "signal").length, tool_text(step, "signal").data);
        nhipol_sessions_record(one->sessions, id, signal, tool_text(step, "told"),
                               time == NULL ? NAN : (double)time->integer, tool_when(step), &fault);
    } else if (is(verb, "close")) {
        nhipol_sessions_close(one->sessions, id, &fault);
    } else {
        snprintf(why, TOOL_WHY, "the step is unknown");
        return false;
    }
    bool same = tool_same_fault(&fault, nhipol_get(step, "error"), why);
    nhipol_fault_clear(&fault);
    return same;
}
