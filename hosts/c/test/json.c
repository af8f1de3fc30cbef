/*
 * Reading and writing of JSON: escapes, lists, texts that are not JSON, numbers and paths.
 */
#include "check.h"
#include "nhipol.h"

#include <math.h>
#include <string.h>

NHIPOL_MODULE(traps);

static nhipol_value of(const char *text) { return (nhipol_value){text, strlen(text)}; }

static void reading(void) {
    nhipol_value a = {0}, b = {0}, c = {0};
    nhipol_value object =
        of(" { \"a\" : [1, {\"b\":\"]\"}, -2.5e1 ] , \"\\u0062\\n\":\"\\ud83d\\ude00\\\"x\", \"c\":null}");
    nhipol_value name;
    char buffer[16];
    CHECK(nhipol_get(&object, "a", &a) && nhipol_get(&object, "b\n", &b) && nhipol_get(&object, "c", &c));
    CHECK(!nhipol_get(&object, "d", &name) && !nhipol_get(&a, "b", &name) && c.length == 4);
    CHECK(nhipol_string(&b, buffer, sizeof buffer) == 6 && strcmp(buffer, "\xf0\x9f\x98\x80\"x") == 0);
    CHECK(nhipol_string(&b, buffer, 3) == 6 && strlen(buffer) == 2);
    CHECK(nhipol_equals(&b, "\xf0\x9f\x98\x80\"x") && !nhipol_equals(&b, "\xf0\x9f\x98\x80\"") && !nhipol_equals(&a, "a"));
    CHECK(nhipol_next(&a, &name, &b) && name.length == 0 && nhipol_number(&b) == 1);
    CHECK(nhipol_next(&a, &name, &b) && nhipol_get(&b, "b", &c) && nhipol_equals(&c, "]"));
    CHECK(nhipol_next(&a, &name, &b) && nhipol_number(&b) == -25 && !nhipol_next(&a, &name, &b));
    static const char *const invalid[] = {
        "", "{", "[", "{\"", "{\"a", "{\"a\":", "{\"a\":[", "{\"a\":\"\\", "]", "{,", "\"a\""};
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        nhipol_value list = of(invalid[i]);
        CHECK(!nhipol_get(&list, "x", &a) && isnan(nhipol_number(&list)));
        while (nhipol_next(&list, &name, &a)) CHECK(a.length > 0);
    }
}

/* The answer to a value of a member, whose path and contents are checked. */
static void refused(nhipol_writer *writer, const char *path, const char *code) {
    nhipol_answer *answer = nhipol_answer_new();
    nhipol_value error, value;
    CHECK(nhipol_decide_written(NULL, writer, NAN, NHIPOL_HOST_CLOCK, answer) == NHIPOL_DENY);
    CHECK(nhipol_answer_has_reason(answer, "invalid_request") && nhipol_answer_flags(answer) == NHIPOL_INVALID);
    CHECK(nhipol_answer_get(answer, "error", &error));
    CHECK(nhipol_get(&error, "path", &value) && nhipol_equals(&value, path));
    CHECK(nhipol_get(&error, "code", &value) && nhipol_equals(&value, code));
    nhipol_answer_free(answer);
    nhipol_writer_clear(writer);
}

static void writing(void) {
    static const double invalid[] = {NAN, INFINITY, -INFINITY, 1e16, -9007199254740992.0};
    nhipol_writer *writer = nhipol_writer_new();
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        nhipol_write_object(writer);
        nhipol_write_name(writer, "any name", 8);
        nhipol_write_array(writer);
        nhipol_write_null(writer);
        nhipol_write_object(writer);
        nhipol_write_name(writer, "a", 1);
        nhipol_write_double(writer, 0.5);
        nhipol_write_name(writer, "b_1", 3);
        nhipol_write_double(writer, invalid[i]);
        refused(writer, "$[\"any name\"][1].b_1", "wrong_type");
    }
    for (int i = 0; i < 65; i++) nhipol_write_array(writer);
    refused(writer, "$", "too_deep");
    nhipol_write_array(writer);
    for (int i = 0; i < 300000; i++) nhipol_write_bool(writer, 1);
    nhipol_write_end(writer);
    refused(writer, "$", "too_large");
    nhipol_writer_free(writer);
}

int main(void) {
    reading();
    writing();
    return checked();
}
