/*
 * A test program checks conditions, tells those that fail, and ends with `return checked()`.
 */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include <stdio.h>

static int check_count, check_failures;

#define CHECK(CONDITION)                                                                                                   \
    do {                                                                                                                   \
        check_count++;                                                                                                     \
        if (!(CONDITION)) {                                                                                                \
            check_failures++;                                                                                              \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #CONDITION);                                                \
        }                                                                                                                  \
    } while (0)

static inline int checked(void) {
    printf("%d passed, %d failed\n", check_count - check_failures, check_failures);
    return check_failures == 0 ? 0 : 1;
}

#endif
