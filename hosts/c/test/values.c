/*
 * Values: what is read from JSON and written as it, and numbers in their shortest form.
 */
#include "check.h"
#include "nhipol_value.h"
#include "number.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static bool reads(const char *json, const char *written) {
    nhipol_arena arena = {0};
    nhipol_text text = {0};
    const nhipol_value *value = nhipol_parse(&arena, json, strlen(json));
    if (value != NULL) nhipol_write_value(&text, value);
    bool same = value == NULL ? written == NULL
                              : written != NULL &&
                                    nhipol_bytes_equal((nhipol_bytes){text.data, text.length}, nhipol_bytes_of(written));
    nhipol_text_free(&text);
    nhipol_arena_clear(&arena);
    return same;
}

static bool is_written(double number, const char *expected) {
    char room[NHIPOL_NUMBER_ROOM];
    size_t length = nhipol_write_double(room, number);
    return nhipol_bytes_equal((nhipol_bytes){room, length}, nhipol_bytes_of(expected)) && strtod(room, NULL) == number;
}

static bool is_canonical(const char *number, const char *expected) {
    char room[NHIPOL_NUMBER_ROOM];
    size_t length = nhipol_write_canonical(room, nhipol_bytes_of(number));
    return nhipol_bytes_equal((nhipol_bytes){room, length}, nhipol_bytes_of(expected));
}

static void texts(void) {
    CHECK(reads(" { \"a\" : [ 1 , -2.50 , 1e3 , true , null ] , \"\" : {} } ", "{\"a\":[1,-2.50,1e3,true,null],\"\":{}}"));
    CHECK(reads("\"\\u0041\\n\\u00e9\\ud83d\\ude00\\/\"", "\"A\\n\xc3\xa9\xf0\x9f\x98\x80/\""));
    CHECK(reads("\"\\ud800\"", "\"\\ud800\""));
    CHECK(reads("\"\\ud800\\u0041\\u0000\\u001f\"", "\"\\ud800A\\u0000\\u001f\""));
    CHECK(reads("123456789012345678901234567890", "123456789012345678901234567890"));
    CHECK(reads("-0", "-0"));
    CHECK(reads("\"\xed\x9f\xbf\"", "\"\xed\x9f\xbf\""));
    static const char *const none[] = {"",          "{",     "[1,]",     "{\"a\":1,}", "01",           "1.",
                                       ".5",        "+1",    "1e",       "nul",        "\"\n\"",       "\"\\x\"",
                                       "\"\\u12\"", "\"",    "\"\\\"",   "\"\xff\"",   "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
                                       "1 2",       "{1:2}", "{\"a\" 1}"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) CHECK(reads(none[i], NULL));
    char deep[400] = {0};
    memset(deep, '[', 200);
    memset(deep + 200, ']', 199);
    CHECK(reads(deep, NULL));
}

static void numbers(void) {
    CHECK(is_written(0, "0"));
    CHECK(is_written(0.1, "0.1"));
    CHECK(is_written(-12.5, "-12.5"));
    CHECK(is_written(1e21, "1e+21"));
    CHECK(is_written(123456789012345680000.0, "123456789012345680000"));
    CHECK(is_written(1e-6, "0.000001"));
    CHECK(is_written(1.5e-7, "1.5e-7"));
    CHECK(is_written(DBL_MAX, "1.7976931348623157e+308"));
    CHECK(is_written(5e-324, "5e-324"));
    CHECK(is_written(9.5367431640625e-7, "9.5367431640625e-7"));
    CHECK(is_written(2e-44, "2e-44"));
    for (int power = -1074; power < 1024; power++) {
        char room[NHIPOL_NUMBER_ROOM];
        nhipol_write_double(room, ldexp(1, power));
        CHECK(strtod(room, NULL) == ldexp(1, power));
    }
    CHECK(is_canonical("1.0", "1"));
    CHECK(is_canonical("1e2", "100"));
    CHECK(is_canonical("-0", "0"));
    CHECK(is_canonical("0.00012300e2", "0.0123"));
    CHECK(is_canonical("9007199254740993", ""));
    CHECK(is_canonical("9007199254740992", "9007199254740992"));
    CHECK(is_canonical("1e400", ""));
    CHECK(is_canonical("1e-400", ""));
    CHECK(is_canonical("0.1000000000000000055511151231257827", ""));
    char room[NHIPOL_NUMBER_ROOM];
    CHECK(nhipol_write_scaled(room, 12500000, 6) == 4 && memcmp(room, "12.5", 4) == 0);
    CHECK(nhipol_write_scaled(room, -1, 6) == 9 && memcmp(room, "-0.000001", 9) == 0);
    CHECK(nhipol_write_scaled(room, INT64_MIN, 3) > 0 && memcmp(room, "-9223372036854775.808", 21) == 0);
    CHECK(nhipol_same_number(nhipol_bytes_of("1.50e1"), nhipol_bytes_of("15")));
    CHECK(nhipol_same_number(nhipol_bytes_of("0.0"), nhipol_bytes_of("-0")));
    CHECK(!nhipol_same_number(nhipol_bytes_of("0.015"), nhipol_bytes_of("15e-2")));
}

static void builders(void) {
    nhipol_arena arena = {0};
    nhipol_text text = {0};
    nhipol_value *object = nhipol_new(&arena, NHIPOL_OBJECT);
    nhipol_value *list = nhipol_put(&arena, object, "list", nhipol_new(&arena, NHIPOL_ARRAY));
    nhipol_push(&arena, list, nhipol_integer(&arena, INT64_MIN));
    nhipol_push(&arena, list, nhipol_double(&arena, 0.5));
    nhipol_push(&arena, list, nhipol_bool(&arena, false));
    nhipol_put(&arena, object, "x-y", nhipol_string(&arena, "\"\x01\\"));
    nhipol_write_value(&text, object);
    CHECK(nhipol_bytes_equal((nhipol_bytes){text.data, text.length},
                             nhipol_bytes_of("{\"list\":[-9223372036854775808,0.5,false],\"x-y\":\"\\\"\\u0001\\\\\"}")));
    CHECK(nhipol_get(object, "list") == list && nhipol_get(object, "none") == NULL && nhipol_get(list, "list") == NULL);
    text.length = 0;
    nhipol_write_step(&text, nhipol_bytes_of("plain_1"));
    nhipol_write_step(&text, nhipol_bytes_of("x-y"));
    nhipol_write_step(&text, nhipol_bytes_of("1st"));
    CHECK(nhipol_bytes_equal((nhipol_bytes){text.data, text.length}, nhipol_bytes_of(".plain_1[\"x-y\"][\"1st\"]")));
    arena.failed = true; /* as where memory was missing */
    CHECK(nhipol_push(&arena, list, nhipol_integer(&arena, 1)) != NULL && list->list.count == 3);
    nhipol_text_free(&text);
    nhipol_arena_clear(&arena);
}

int main(void) {
    texts();
    numbers();
    builders();
    return checked();
}
