/*
 * Writes requests from the values of a program: see `nhipol.h`. The first value that JSON cannot represent makes the
 * request invalid, at its path.
 */
#include "internal.h"

typedef struct {
    bool is_array;
    size_t count;             /* of its members or elements so far */
    size_t name, name_length; /* the name of the current member in the text, with its quotes */
} level;

struct nhipol_writer {
    nhipol_text text;
    level levels[NHIPOL_MAX_INPUT_LEVELS]; /* the objects and arrays around the next value, or the one with the error */
    size_t depth;
    const char *code, *expected, *found; /* of the first error; NULL: none */
};

nhipol_writer *nhipol_writer_new(void) { return calloc(1, sizeof(nhipol_writer)); }

void nhipol_writer_free(nhipol_writer *writer) {
    if (writer != NULL) free(writer->text.data);
    free(writer);
}

void nhipol_writer_clear(nhipol_writer *writer) {
    nhipol_text_clear(&writer->text);
    writer->depth = 0;
    writer->code = NULL;
}

static void refuse(nhipol_writer *writer, const char *code, const char *expected, const char *found) {
    writer->code = code;
    writer->expected = expected;
    writer->found = found;
}

/* Starts a name (in an object) or a value, with a comma if it follows another. False: there was an error before. */
static bool start(nhipol_writer *writer, bool is_name) {
    if (writer->code != NULL || writer->text.length > NHIPOL_MAX_INPUT_BYTES) return false;
    level *outer = writer->depth == 0 ? NULL : &writer->levels[writer->depth - 1];
    if (outer == NULL) return !is_name;
    if ((is_name || outer->is_array) && outer->count++ > 0) nhipol_text_byte(&writer->text, ',');
    return true;
}

static void begin(nhipol_writer *writer, bool is_array) {
    if (!start(writer, false)) return;
    if (writer->depth == NHIPOL_MAX_INPUT_LEVELS) {
        refuse(writer, NHIPOL_ERROR_TOO_DEEP, NHIPOL_TEXT_LEVELS, NHIPOL_TEXT_DEEPER_OR_CYCLIC);
        writer->depth = 0;
        return;
    }
    writer->levels[writer->depth++] = (level){.is_array = is_array};
    nhipol_text_byte(&writer->text, is_array ? '[' : '{');
}

void nhipol_write_object(nhipol_writer *writer) { begin(writer, false); }
void nhipol_write_array(nhipol_writer *writer) { begin(writer, true); }

void nhipol_write_end(nhipol_writer *writer) {
    if (writer->code != NULL || writer->depth == 0) return;
    nhipol_text_byte(&writer->text, writer->levels[--writer->depth].is_array ? ']' : '}');
}

void nhipol_write_name(nhipol_writer *writer, const char *name, size_t length) {
    if (!start(writer, true)) return;
    level *outer = &writer->levels[writer->depth - 1];
    outer->name = writer->text.length;
    nhipol_text_quote(&writer->text, name, length);
    outer->name_length = writer->text.length - outer->name;
    nhipol_text_byte(&writer->text, ':');
}

void nhipol_write_string(nhipol_writer *writer, const char *text, size_t length) {
    if (start(writer, false)) nhipol_text_quote(&writer->text, text, length);
}

static void write_text(nhipol_writer *writer, const char *text) {
    if (start(writer, false)) nhipol_text_put(&writer->text, text);
}

void nhipol_write_integer(nhipol_writer *writer, int64_t value) {
    char digits[32];
    snprintf(digits, sizeof digits, "%lld", (long long)value);
    write_text(writer, digits);
}

void nhipol_write_double(nhipol_writer *writer, double value) {
    bool is_whole = floor(value) == value;
    if (!isfinite(value) || (is_whole && fabs(value) > 9007199254740991.0)) {
        const char *found = isnan(value) ? "NaN" : isinf(value) ? "Infinity" : NHIPOL_TEXT_LARGE_INTEGER;
        if (start(writer, false)) refuse(writer, NHIPOL_ERROR_WRONG_TYPE, NHIPOL_TEXT_NUMBER, found);
        return;
    }
    if (is_whole) {
        nhipol_write_integer(writer, (int64_t)value);
        return;
    }
    char digits[40];
    int precision = 15; /* without trailing zeros: the shortest digits that are read as this number */
    do snprintf(digits, sizeof digits, "%.*g", precision, value);
    while (strtod(digits, NULL) != value && ++precision <= 17);
    for (char *at = digits; *at != 0; at++) {
        if (strchr("+-0123456789e", *at) == NULL) *at = '.'; /* in any locale */
    }
    write_text(writer, digits);
}

void nhipol_write_bool(nhipol_writer *writer, int value) { write_text(writer, value ? "true" : "false"); }
void nhipol_write_null(nhipol_writer *writer) { write_text(writer, "null"); }

/* Whether a string with its quotes has the short form in a path. */
static bool is_short(const char *string, size_t length) {
    for (size_t i = 1; i + 1 < length; i++) {
        bool is_letter = string[i] == '_' || ((string[i] | 0x20) >= 'a' && (string[i] | 0x20) <= 'z');
        if (!is_letter && (i == 1 || string[i] < '0' || string[i] > '9')) return false;
    }
    return length > 2;
}

/* Adds the path of the value with the error (RFC 9535), and a zero. */
static void add_path(const nhipol_writer *writer, nhipol_text *path) {
    nhipol_text_put(path, "$");
    for (size_t i = 0; i < writer->depth; i++) {
        const level *at = &writer->levels[i];
        const char *name = writer->text.data + at->name;
        char index[32];
        if (at->is_array) {
            snprintf(index, sizeof index, "[%zu]", at->count - 1);
            nhipol_text_put(path, index);
        } else if (is_short(name, at->name_length)) {
            nhipol_text_put(path, ".");
            nhipol_text_add(path, name + 1, at->name_length - 2);
        } else {
            nhipol_text_put(path, "[");
            nhipol_text_add(path, name, at->name_length);
            nhipol_text_put(path, "]");
        }
    }
    nhipol_text_add(path, "", 1);
}

typedef int evaluate(nhipol_policy *policy, const char *json, size_t length, double now, int clock, nhipol_answer *answer);

/* Evaluates what was written; returns `refused` if it is not a request. */
static int evaluate_written(nhipol_policy *policy, const nhipol_writer *writer, double now, int clock,
                            nhipol_answer *answer, evaluate *evaluate, int refused) {
    nhipol_text path = {.failed = writer->text.failed};
    if (!path.failed && writer->code == NULL && writer->text.length <= NHIPOL_MAX_INPUT_BYTES) {
        return evaluate(policy, writer->text.data, writer->text.length, now, clock, answer);
    }
    if (writer->code != NULL) add_path(writer, &path);
    if (path.failed) {
        nhipol_engine_error(answer, "memory for the request", "none");
    } else if (writer->code != NULL) {
        nhipol_deny(answer, "invalid_request", writer->code, path.data, writer->expected, writer->found);
    } else {
        char expected[48];
        snprintf(expected, sizeof expected, NHIPOL_TEXT_BYTES, (size_t)NHIPOL_MAX_INPUT_BYTES);
        nhipol_deny(answer, "invalid_request", NHIPOL_ERROR_TOO_LARGE, "$", expected, NHIPOL_TEXT_LONGER_DOCUMENT);
    }
    if (answer != NULL && !path.failed) answer->flags = NHIPOL_FLAG_INVALID;
    free(path.data);
    return refused;
}

int nhipol_decide_written(nhipol_policy *policy, const nhipol_writer *writer, double now, int clock,
                          nhipol_answer *answer) {
    return evaluate_written(policy, writer, now, clock, answer, nhipol_decide, NHIPOL_DENY);
}

int nhipol_could_written(nhipol_policy *policy, const nhipol_writer *writer, double now, int clock, nhipol_answer *answer) {
    return evaluate_written(policy, writer, now, clock, answer, nhipol_could, 0);
}
