/*
 * Writes requests from the values of a program: see `nhipol.h`. The first value that JSON cannot represent makes the
 * request invalid, at its path.
 */
#include "internal.h"

typedef struct {
    bool is_array;
    size_t count; /* of its members or elements so far */
    size_t path;  /* the length of the path of the list */
} level;

struct nhipol_writer {
    nhipol_text text, path; /* the path is that of the value that comes next, or of the first error (RFC 9535) */
    level levels[NHIPOL_MAX_INPUT_LEVELS];
    size_t depth;
    const char *code, *expected, *found; /* of the first error; NULL: none */
};

nhipol_writer *nhipol_writer_new(void) {
    nhipol_writer *writer = calloc(1, sizeof *writer);
    if (writer != NULL) nhipol_writer_clear(writer);
    return writer;
}

void nhipol_writer_free(nhipol_writer *writer) {
    if (writer == NULL) return;
    free(writer->text.data);
    free(writer->path.data);
    free(writer);
}

void nhipol_writer_clear(nhipol_writer *writer) {
    writer->text.length = writer->path.length = writer->depth = 0;
    writer->text.failed = writer->path.failed = false;
    writer->code = NULL;
    nhipol_text_put(&writer->path, "$");
}

static bool is_identifier(const char *name, size_t length) {
    for (size_t i = 0; i < length; i++) {
        bool is_letter = (name[i] | 0x20) >= 'a' && (name[i] | 0x20) <= 'z';
        if (!is_letter && name[i] != '_' && (i == 0 || name[i] < '0' || name[i] > '9')) return false;
    }
    return length > 0;
}

static void refuse(nhipol_writer *writer, const char *code, const char *expected, const char *found) {
    writer->code = code;
    writer->expected = expected;
    writer->found = found;
}

/* Starts a value: a comma between the elements of an array. False: there was an error before. */
static bool start(nhipol_writer *writer) {
    if (writer->code != NULL || writer->text.length > NHIPOL_MAX_INPUT_BYTES) return false;
    if (writer->depth == 0 || !writer->levels[writer->depth - 1].is_array) return true;
    level *at = &writer->levels[writer->depth - 1];
    char index[32];
    writer->path.length = at->path;
    nhipol_text_add(&writer->path, index, (size_t)snprintf(index, sizeof index, "[%zu]", at->count));
    if (at->count++ > 0) nhipol_text_put(&writer->text, ",");
    return true;
}

static void begin(nhipol_writer *writer, bool is_array) {
    if (!start(writer)) return;
    if (writer->depth == NHIPOL_MAX_INPUT_LEVELS) {
        writer->path.length = 1;
        refuse(writer, NHIPOL_ERROR_TOO_DEEP, NHIPOL_TEXT_LEVELS, NHIPOL_TEXT_DEEPER_OR_CYCLIC);
        return;
    }
    writer->levels[writer->depth++] = (level){.is_array = is_array, .path = writer->path.length};
    nhipol_text_put(&writer->text, is_array ? "[" : "{");
}

void nhipol_write_object(nhipol_writer *writer) { begin(writer, false); }
void nhipol_write_array(nhipol_writer *writer) { begin(writer, true); }

void nhipol_write_end(nhipol_writer *writer) {
    if (writer->code != NULL || writer->depth == 0) return;
    nhipol_text_put(&writer->text, writer->levels[--writer->depth].is_array ? "]" : "}");
}

void nhipol_write_name(nhipol_writer *writer, const char *name, size_t length) {
    if (writer->code != NULL || writer->depth == 0) return;
    level *at = &writer->levels[writer->depth - 1];
    if (at->count++ > 0) nhipol_text_put(&writer->text, ",");
    nhipol_text_quote(&writer->text, name, length);
    nhipol_text_put(&writer->text, ":");
    writer->path.length = at->path;
    if (is_identifier(name, length)) {
        nhipol_text_put(&writer->path, ".");
        nhipol_text_add(&writer->path, name, length);
    } else {
        nhipol_text_put(&writer->path, "[");
        nhipol_text_quote(&writer->path, name, length);
        nhipol_text_put(&writer->path, "]");
    }
}

void nhipol_write_string(nhipol_writer *writer, const char *text, size_t length) {
    if (start(writer)) nhipol_text_quote(&writer->text, text, length);
}

void nhipol_write_integer(nhipol_writer *writer, int64_t value) {
    char digits[32];
    if (!start(writer)) return;
    nhipol_text_add(&writer->text, digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)value));
}

void nhipol_write_double(nhipol_writer *writer, double value) {
    char digits[40];
    if (!start(writer)) return;
    if (!isfinite(value) || (fabs(value) > 9007199254740991.0 && floor(value) == value)) {
        const char *found = isnan(value) ? "NaN" : isinf(value) ? "Infinity" : NHIPOL_TEXT_LARGE_INTEGER;
        refuse(writer, NHIPOL_ERROR_WRONG_TYPE, NHIPOL_TEXT_NUMBER, found);
        return;
    }
    int precision = 1; /* the shortest digits that are read as this number */
    do snprintf(digits, sizeof digits, "%.*g", precision, value);
    while (strtod(digits, NULL) != value && ++precision <= 17);
    for (char *at = digits; *at != 0; at++) {
        if (strchr("+-0123456789e", *at) == NULL) *at = '.'; /* in any locale */
    }
    nhipol_text_put(&writer->text, digits);
}

void nhipol_write_bool(nhipol_writer *writer, int value) {
    if (start(writer)) nhipol_text_put(&writer->text, value ? "true" : "false");
}

void nhipol_write_null(nhipol_writer *writer) {
    if (start(writer)) nhipol_text_put(&writer->text, "null");
}

int nhipol_decide_written(nhipol_policy *policy, const nhipol_writer *writer, double now, int clock,
                          nhipol_answer *answer) {
    if (writer->text.failed || writer->path.failed) return nhipol_engine_error(answer, "memory for the request", "none");
    if (writer->code == NULL && writer->text.length <= NHIPOL_MAX_INPUT_BYTES) {
        return nhipol_decide(policy, writer->text.data, writer->text.length, now, clock, answer);
    }
    char path[1024] = "$", expected[48];
    snprintf(expected, sizeof expected, NHIPOL_TEXT_BYTES, (size_t)NHIPOL_MAX_INPUT_BYTES);
    if (writer->code == NULL) {
        nhipol_deny(answer, "invalid_request", NHIPOL_ERROR_TOO_LARGE, path, expected, NHIPOL_TEXT_LONGER_DOCUMENT);
    } else {
        snprintf(path, sizeof path, "%.*s", (int)writer->path.length, writer->path.data);
        nhipol_deny(answer, "invalid_request", writer->code, path, writer->expected, writer->found);
    }
    if (answer != NULL) answer->flags = NHIPOL_FLAG_INVALID;
    return NHIPOL_DENY;
}
