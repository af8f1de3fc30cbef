/*
 * Numbers as decimal texts: see `number.h`.
 */
#include "number.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 17 };

/* digits[0].digits[1..count-1] · 10^exponent, without zeros at the ends; zero has no digits. */
typedef struct {
    char digits[MOST_DIGITS + 1];
    int count;
    int exponent;
} scientific;

static double value_of(const scientific *s) {
    char text[NHIPOL_NUMBER_ROOM + 16]; /* without a point, which the locale chooses */
    snprintf(text, sizeof text, "%se%d", s->count == 0 ? "0" : s->digits, s->exponent - s->count + 1);
    return strtod(text, NULL);
}

static void trimmed(scientific *s) {
    while (s->count > 0 && s->digits[s->count - 1] == '0') s->count--;
    s->digits[s->count] = 0;
}

/* The double rounded to so many digits. */
static scientific rounded(double number, int count) {
    char text[NHIPOL_NUMBER_ROOM + 16];
    scientific s = {.count = count};
    snprintf(text, sizeof text, "%.*e", count - 1, number);
    s.digits[0] = text[0];
    if (count > 1) memcpy(s.digits + 1, strpbrk(text + 1, "0123456789"), (size_t)count - 1);
    s.digits[count] = 0;
    s.exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    return s;
}

static scientific shortest(double number) {
    if (number == 0) return (scientific){.count = 0};
    scientific s = rounded(number, MOST_DIGITS);
    /* 15 digits of a decimal survive in every normal double, so that fewer need no try. */
    for (int count = number < DBL_MIN ? 1 : 15; count < MOST_DIGITS; count++) {
        scientific fewer = rounded(number, count);
        if (value_of(&fewer) != number && count == 16 && fewer.digits[15] < '9') {
            fewer.digits[15]++; /* below a power of two doubles lie closer: the next decimal above may be the one */
        }
        if (value_of(&fewer) == number) {
            s = fewer;
            break;
        }
    }
    trimmed(&s);
    return s;
}

size_t nhipol_write_double(char room[NHIPOL_NUMBER_ROOM], double number) {
    scientific s = shortest(fabs(number));
    char *at = room;
    if (number < 0) *at++ = '-';
    int before = s.exponent + 1; /* digits before the point */
    if (s.count == 0) {
        *at++ = '0';
    } else if (before > 21 || before < -5) {
        *at++ = s.digits[0];
        if (s.count > 1) *at++ = '.';
        memcpy(at, s.digits + 1, (size_t)s.count - 1);
        at += s.count - 1;
        at += snprintf(at, 8, "e%+d", s.exponent);
    } else if (before <= 0) {
        memcpy(at, "0.", 2);
        memset(at + 2, '0', (size_t)-before);
        memcpy(at + 2 - before, s.digits, (size_t)s.count);
        at += 2 - before + s.count;
    } else {
        for (int i = 0; i < before || i < s.count; i++) {
            if (i == before) *at++ = '.';
            *at++ = (char)(i < s.count ? s.digits[i] : '0');
        }
    }
    *at = 0;
    return (size_t)(at - room);
}

size_t nhipol_write_scaled(char room[NHIPOL_NUMBER_ROOM], int64_t value, int decimals) {
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t scale = decimals == 3 ? 1000 : 1000000;
    int length = snprintf(room, NHIPOL_NUMBER_ROOM, "%s%" PRIu64 ".%0*" PRIu64, value < 0 ? "-" : "", size / scale,
                          decimals, size % scale);
    while (room[length - 1] == '0') length--;
    if (room[length - 1] == '.') length--;
    room[length] = 0;
    return (size_t)length;
}

/* A number's digits without zeros at the ends, as a part of its text (which may have a point within), and its exponent. */
typedef struct {
    nhipol_bytes digits;
    bool negative;
    long exponent; /* of the first digit; without meaning for zero */
} exact;

static exact exactly(nhipol_bytes text) {
    exact e = {.negative = text.length > 0 && text.data[0] == '-'};
    const char *at = text.data + e.negative, *end = text.data + text.length;
    const char *first = NULL, *last = NULL;
    long before_point = 0, before_first = 0, zeros_behind_point = 0;
    bool behind_point = false, first_behind_point = false;
    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            behind_point = true;
            continue;
        }
        if (*at != '0') {
            if (first == NULL) {
                first = at;
                before_first = before_point;
                first_behind_point = behind_point;
            }
            last = at;
        }
        if (!behind_point) {
            before_point++;
        } else if (first == NULL) {
            zeros_behind_point++;
        }
    }
    if (first == NULL) return (exact){.digits = {"", 0}};
    e.digits = (nhipol_bytes){first, (size_t)(last - first) + 1};
    e.exponent = first_behind_point ? -zeros_behind_point - 1 : before_point - before_first - 1;
    if (at < end) {
        long power = 0;
        bool down = at[1] == '-';
        for (at += (at[1] == '-' || at[1] == '+') ? 2 : 1; at < end; at++) {
            if (power < 100000000) power = power * 10 + (*at - '0');
        }
        e.exponent += down ? -power : power;
    }
    return e;
}

static bool same(const exact *a, const exact *b) {
    if (a->digits.length == 0 || b->digits.length == 0) return a->digits.length == b->digits.length;
    if (a->negative != b->negative || a->exponent != b->exponent) return false;
    size_t i = 0, j = 0;
    for (;; i++, j++) {
        if (i < a->digits.length && a->digits.data[i] == '.') i++;
        if (j < b->digits.length && b->digits.data[j] == '.') j++;
        if (i >= a->digits.length || j >= b->digits.length) return i >= a->digits.length && j >= b->digits.length;
        if (a->digits.data[i] != b->digits.data[j]) return false;
    }
}

bool nhipol_same_number(nhipol_bytes a, nhipol_bytes b) {
    exact first = exactly(a), second = exactly(b);
    return same(&first, &second);
}

size_t nhipol_write_canonical(char room[NHIPOL_NUMBER_ROOM], nhipol_bytes number) {
    exact e = exactly(number);
    scientific s = {.exponent = (int)e.exponent};
    for (size_t i = 0; i < e.digits.length; i++) {
        if (e.digits.data[i] == '.') continue;
        if (s.count == MOST_DIGITS) return 0;
        s.digits[s.count++] = e.digits.data[i];
    }
    double value = value_of(&s);
    if (isinf(value)) return 0;
    size_t length = nhipol_write_double(room, e.negative ? -value : value);
    exact written = exactly((nhipol_bytes){room, length});
    return same(&e, &written) ? length : 0;
}
