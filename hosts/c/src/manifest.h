/*
 * A policy's manifest, read once and checked: every index in it is one, and every list is there, if empty.
 */
#ifndef NHIPOL_MANIFEST_H
#define NHIPOL_MANIFEST_H

#include "nhipol_value.h"

typedef struct {
    const nhipol_value **items;
    uint32_t count;
} nhipol_rows;

typedef struct {
    const nhipol_value *row;
    bool speaks; /* its message has placeholders */
    int asks;    /* the effect that it asks for obligations at; -1: none */
    nhipol_rows unknown;
} nhipol_reason_row;

typedef struct {
    nhipol_arena arena;
    const nhipol_value *root;
    nhipol_bytes name; /* of the policy */
    nhipol_rows subjects, actions, resources; /* the names of the selectors */
    nhipol_rows paths, expected, files, reads, rules, choosers, constraints, placeholders, obligations, properties, tables;
    nhipol_rows terms, decisions; /* of `history` */
    nhipol_rows signals;
    nhipol_reason_row *reasons;
    uint32_t reason_count;
} nhipol_manifest;

/* Reads it; on false `why` is a sentence that says what is wrong, and there is nothing to clear. */
bool nhipol_manifest_read(nhipol_manifest *manifest, const char *json, size_t length, char why[160]);
void nhipol_manifest_clear(nhipol_manifest *manifest);

/* The entry of `effects` by name, as the result numbers it; -1: none. */
int nhipol_effect_named(const nhipol_value *name);

#endif
