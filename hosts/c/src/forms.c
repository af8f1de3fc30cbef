/*
 * Instants, durations and addresses as text: see `forms.h`.
 */
#include "forms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define ERA 146097 /* days of 400 years */
#define YEAR_0 INT64_C(-62167219200000)
#define YEAR_10000 INT64_C(253402300800000)

size_t nhipol_write_instant(char room[NHIPOL_FORM_ROOM], int64_t milliseconds) {
    if (milliseconds < YEAR_0 || milliseconds >= YEAR_10000) {
        return (size_t)snprintf(room, NHIPOL_FORM_ROOM, "%" PRId64 "ms", milliseconds);
    }
    /* Days from a first of March on, so that leap days end a year, and in eras of 400 years. */
    int64_t since = milliseconds - YEAR_0;
    int day = (int)(since / DAY) - 60 + ERA, rest = (int)(since % DAY);
    int of_era = day % ERA;
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA - 1)) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int march = (5 * of_year + 2) / 153;
    int month = march < 10 ? march + 3 : march - 9;
    year += day / ERA * 400 - 400 + (month <= 2);
    return (size_t)snprintf(room, NHIPOL_FORM_ROOM, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month,
                            of_year - (153 * march + 2) / 5 + 1, (int)(rest / HOUR), (int)(rest % HOUR / MINUTE),
                            (int)(rest % MINUTE / SECOND), (int)(rest % SECOND));
}

size_t nhipol_write_duration(char room[NHIPOL_FORM_ROOM], int64_t milliseconds) {
    static const struct {
        int64_t length;
        const char *letters;
    } units[] = {{DAY, "d"}, {HOUR, "h"}, {MINUTE, "m"}, {SECOND, "s"}, {1, "ms"}};
    size_t i = milliseconds == 0 ? 3 : 0;
    while (milliseconds % units[i].length != 0) i++;
    return (size_t)snprintf(room, NHIPOL_FORM_ROOM, "%" PRId64 "%s", milliseconds / units[i].length, units[i].letters);
}

size_t nhipol_write_address(char room[NHIPOL_FORM_ROOM], const uint8_t bytes[16], int bits) {
    static const uint8_t v4[12] = {[10] = 0xff, [11] = 0xff};
    size_t length = 0;
    int shift = 0;
    if (memcmp(bytes, v4, sizeof v4) == 0 && (bits < 0 || bits >= 96)) {
        shift = 96;
        length = (size_t)snprintf(room, NHIPOL_FORM_ROOM, "%d.%d.%d.%d", bytes[12], bytes[13], bytes[14], bytes[15]);
    } else {
        int groups[8], zeros = 0, most = 1, from = 8; /* the first longest run of at least two zeros */
        for (int i = 0; i < 8; i++) {
            const uint8_t *pair = bytes + (size_t)i * 2;
            groups[i] = pair[0] << 8 | pair[1];
            zeros = groups[i] == 0 ? zeros + 1 : 0;
            if (zeros > most) {
                most = zeros;
                from = i + 1 - zeros;
            }
        }
        for (int i = 0; i < 8; i++) {
            if (i == from) {
                room[length++] = ':';
                if (i + most == 8) room[length++] = ':';
                i += most - 1;
                continue;
            }
            length +=
                (size_t)snprintf(room + length, NHIPOL_FORM_ROOM - length, i == 0 ? "%x" : ":%x", (unsigned)groups[i]);
        }
    }
    if (bits >= 0) length += (size_t)snprintf(room + length, NHIPOL_FORM_ROOM - length, "/%d", bits - shift);
    return length;
}

size_t nhipol_character(const char *text, const char *end) {
    const unsigned char *at = (const unsigned char *)text;
    if (at[0] < 0x80) return 1;
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || (size_t)(end - text) < length) return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) return 0;
    }
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f)) return 0;
    if ((at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f)) return 0;
    return length;
}

bool nhipol_is_utf8(nhipol_bytes text) {
    const char *at = text.data, *end = text.data + text.length;
    while (at < end) {
        size_t length = nhipol_character(at, end);
        if (length == 0) return false;
        at += length;
    }
    return true;
}
