/*
 * SHA-256 (FIPS 180-4) of bytes, as 64 lower-case hexadecimal digits and a zero.
 */
#ifndef NHIPOL_SHA256_H
#define NHIPOL_SHA256_H

#include <stddef.h>

void nhipol_sha256(const void *bytes, size_t length, char digits[65]);

#endif
