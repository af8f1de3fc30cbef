/*
 * From the manifest's bytes to rows: see `manifest.h`. What it must look like stands in the tables below, which say the
 * same as the contract's list of members.
 */
#include "manifest.h"

#include "nhipol.h"

#include <stdio.h>
#include <string.h>

typedef enum { END, TEXT, TRUTH, WHOLE, NUMBER, INDEX, LIST, TUPLE, RECORD, MAP, TYPE, EFFECT, MESSAGE } what;

typedef struct shape {
    what what;
    const char *name; /* as a member of a RECORD */
    bool optional;
    const char *of;            /* INDEX: of this list of the manifest */
    const struct shape *inner; /* of each of a LIST or MAP; the places of a TUPLE, the members of a RECORD, up to END */
    size_t most;               /* elements of a LIST; 0: any number */
    bool no_set;               /* TYPE */
} shape;

#define LIST_OF(NAME, INNER)                                                                                               \
    { .what = LIST, .name = NAME, .inner = INNER }
#define MAYBE_LIST_OF(NAME, INNER)                                                                                         \
    { .what = LIST, .name = NAME, .inner = INNER, .optional = true }

static const shape text = {.what = TEXT}, whole = {.what = WHOLE}, effect = {.what = EFFECT};
static const shape type = {.what = TYPE}, message = {.what = MESSAGE};
static const shape read_index = {.what = INDEX, .of = "reads"}, property_index = {.what = INDEX, .of = "properties"};
static const shape no_set = {.what = TYPE, .no_set = true};

static const shape path_row[] = {{.what = WHOLE}, {.what = TEXT}, {.what = INDEX, .of = "expected"}, {.what = END}};
static const shape path = {.what = TUPLE, .inner = path_row};
static const shape source_row[] = {{.what = INDEX, .of = "files"}, {.what = WHOLE}, {.what = WHOLE}, {.what = END}};
static const shape asked_members[] = {{.what = INDEX, .name = "obligation", .of = "obligations"},
                                      {.what = MAP, .name = "properties", .inner = &property_index},
                                      {.what = END}};
static const shape asked = {.what = RECORD, .inner = asked_members};
static const shape asks_members[] = {{.what = EFFECT, .name = "effect"}, LIST_OF("obligations", &asked), {.what = END}};
static const shape reason_members[] = {
    {.what = TEXT, .name = "id"},
    {.what = TUPLE, .name = "source", .inner = source_row},
    MAYBE_LIST_OF("message", &message),
    MAYBE_LIST_OF("covers", &text),
    {.what = LIST, .name = "unknown", .inner = &read_index, .optional = true, .most = 64},
    {.what = RECORD, .name = "asks", .inner = asks_members, .optional = true},
    {.what = END}};
static const shape reason = {.what = RECORD, .inner = reason_members};
static const shape rule_members[] = {LIST_OF("effects", &effect),        LIST_OF("read", &read_index),
                                     MAYBE_LIST_OF("subjects", &whole),  MAYBE_LIST_OF("actions", &whole),
                                     MAYBE_LIST_OF("resources", &whole), {.what = END}};
static const shape rule = {.what = RECORD, .inner = rule_members};
static const shape constraint_members[] = {{.what = TEXT, .name = "name"},
                                           {.what = TYPE, .name = "type"},
                                           {.what = TEXT, .name = "merge"},
                                           {.what = TEXT, .name = "limits", .optional = true},
                                           {.what = END}};
static const shape constraint = {.what = RECORD, .inner = constraint_members};
static const shape declared_members[] = {{.what = TEXT, .name = "name"},
                                         {.what = TYPE, .name = "type"},
                                         {.what = TRUTH, .name = "optional", .optional = true},
                                         {.what = END}};
static const shape declared = {.what = RECORD, .inner = declared_members};
static const shape obligation_members[] = {
    {.what = TEXT, .name = "name"}, {.what = TEXT, .name = "type"}, LIST_OF("properties", &declared), {.what = END}};
static const shape obligation = {.what = RECORD, .inner = obligation_members};
static const shape key_members[] = {{.what = TYPE, .name = "type"}, {.what = TEXT, .name = "expected"}, {.what = END}};
static const shape key = {.what = RECORD, .inner = key_members};
static const shape held_members[] = {{.what = TYPE, .name = "type"},
                                     {.what = TEXT, .name = "expected"},
                                     {.what = TEXT, .name = "element", .optional = true},
                                     {.what = END}};
static const shape table_members[] = {{.what = TEXT, .name = "name"},
                                      {.what = LIST, .name = "keys", .inner = &key, .most = 2},
                                      {.what = RECORD, .name = "value", .inner = held_members},
                                      {.what = END}};
static const shape table = {.what = RECORD, .inner = table_members};
static const shape word_row[] = {{.what = WHOLE}, {.what = NUMBER}, {.what = END}};
static const shape word = {.what = TUPLE, .inner = word_row};
static const shape session_members[] = {{.what = WHOLE, .name = "bytes"},
                                        {.what = MAP, .name = "words", .inner = &word},
                                        MAYBE_LIST_OF("signals", &text),
                                        {.what = TRUTH, .name = "approvals", .optional = true},
                                        {.what = END}};
static const shape step_row[] = {{.what = WHOLE}, {.what = WHOLE}, {.what = WHOLE}, {.what = WHOLE}, {.what = END}};
static const shape step = {.what = TUPLE, .inner = step_row};
static const shape bounds_members[] = {LIST_OF("steps", &step), {.what = WHOLE, .name = "memory_bytes"}, {.what = END}};
static const shape history_members[] = {LIST_OF("terms", &read_index), LIST_OF("decisions", &read_index), {.what = END}};
static const shape selector_members[] = {
    LIST_OF("subjects", &text), LIST_OF("actions", &text), LIST_OF("resources", &text), {.what = END}};
static const shape policy_members[] = {{.what = TEXT, .name = "name"}, {.what = TEXT, .name = "version"}, {.what = END}};
static const shape abi_members[] = {{.what = WHOLE, .name = "major"}, {.what = WHOLE, .name = "minor"}, {.what = END}};
static const shape nothing[] = {{.what = END}};
static const shape root_members[] = {{.what = RECORD, .name = "abi", .inner = abi_members},
                                     {.what = RECORD, .name = "policy", .inner = policy_members},
                                     {.what = TEXT, .name = "compiler"},
                                     {.what = TEXT, .name = "sources"},
                                     {.what = TRUTH, .name = "simd", .optional = true},
                                     {.what = TEXT, .name = "time_zones", .optional = true},
                                     {.what = RECORD, .name = "schema", .inner = nothing},
                                     {.what = RECORD, .name = "selectors", .inner = selector_members},
                                     LIST_OF("paths", &path),
                                     LIST_OF("expected", &text),
                                     LIST_OF("files", &text),
                                     LIST_OF("reads", &text),
                                     LIST_OF("reasons", &reason),
                                     LIST_OF("rules", &rule),
                                     LIST_OF("choosers", &text),
                                     LIST_OF("constraints", &constraint),
                                     LIST_OF("placeholders", &no_set),
                                     MAYBE_LIST_OF("obligations", &obligation),
                                     MAYBE_LIST_OF("properties", &type),
                                     MAYBE_LIST_OF("tables", &table),
                                     {.what = RECORD, .name = "bounds", .inner = bounds_members, .optional = true},
                                     {.what = RECORD, .name = "sessions", .inner = session_members, .optional = true},
                                     {.what = RECORD, .name = "history", .inner = history_members, .optional = true},
                                     {.what = END}};

static const char *const effects[] = {"permit", "narrow", "challenge", "deny", "revoke"};

int nhipol_effect_named(const nhipol_value *name) {
    for (int i = 0; i < 5; i++) {
        if (name->kind == NHIPOL_STRING && nhipol_bytes_equal(name->text, nhipol_bytes_of(effects[i]))) return i;
    }
    return -1;
}

static bool is_whole(const nhipol_value *value) {
    return value->kind == NHIPOL_INTEGER && value->integer >= 0 && value->integer <= UINT32_MAX;
}

static bool is_index(const nhipol_value *value, const nhipol_value *list) {
    return is_whole(value) && list != NULL && list->kind == NHIPOL_ARRAY && (size_t)value->integer < list->list.count;
}

static bool is_type(const nhipol_value *value, bool sets) {
    static const char *const plain[] = {"Bool",     "Int",      "Decimal", "String", "Timestamp",
                                        "Duration", "SpiffeId", "Ip",      "Cidr"};
    const nhipol_value *kind = nhipol_get(value, "kind");
    if (kind == NULL || kind->kind != NHIPOL_STRING) return false;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (nhipol_bytes_equal(kind->text, nhipol_bytes_of(plain[i]))) return true;
    }
    if (nhipol_bytes_equal(kind->text, nhipol_bytes_of("Set"))) {
        const nhipol_value *element = nhipol_get(value, "element");
        return sets && element != NULL && is_type(element, false);
    }
    const nhipol_value *name = nhipol_get(value, "name"), *members = nhipol_get(value, "members");
    if (!nhipol_bytes_equal(kind->text, nhipol_bytes_of("Enum")) || name == NULL || name->kind != NHIPOL_STRING)
        return false;
    if (members == NULL || members->kind != NHIPOL_ARRAY) return false;
    for (const nhipol_value *member = members->list.first; member != NULL; member = member->next) {
        if (member->kind != NHIPOL_STRING) return false;
    }
    return true;
}

static bool fits(const nhipol_value *root, const nhipol_value *value, const shape *expected);

static bool fits_list(const nhipol_value *root, const nhipol_value *list, const shape *expected) {
    if (expected->most > 0 && list->list.count > expected->most) return false;
    for (const nhipol_value *item = list->list.first; item != NULL; item = item->next) {
        if (!fits(root, item, expected->inner)) return false;
    }
    return true;
}

static bool fits_tuple(const nhipol_value *root, const nhipol_value *list, const shape *expected) {
    const nhipol_value *item = list->list.first;
    for (const shape *place = expected->inner; place->what != END; place++, item = item->next) {
        if (item == NULL || !fits(root, item, place)) return false;
    }
    return item == NULL;
}

static bool fits_record(const nhipol_value *root, const nhipol_value *object, const shape *expected) {
    for (const shape *member = expected->inner; member->what != END; member++) {
        const nhipol_value *value = nhipol_get(object, member->name);
        if (value == NULL ? !member->optional : !fits(root, value, member)) return false;
    }
    return true;
}

static bool fits(const nhipol_value *root, const nhipol_value *value, const shape *expected) {
    switch (expected->what) {
    case TEXT: return value->kind == NHIPOL_STRING;
    case TRUTH: return value->kind == NHIPOL_BOOL;
    case WHOLE: return is_whole(value);
    case NUMBER: return value->kind == NHIPOL_INTEGER || value->kind == NHIPOL_DECIMAL;
    case INDEX: return is_index(value, nhipol_get(root, expected->of));
    case TYPE: return is_type(value, !expected->no_set);
    case EFFECT: return nhipol_effect_named(value) >= 0;
    case MESSAGE: return value->kind == NHIPOL_STRING || is_index(value, nhipol_get(root, "placeholders"));
    case LIST: return value->kind == NHIPOL_ARRAY && fits_list(root, value, expected);
    case TUPLE: return value->kind == NHIPOL_ARRAY && fits_tuple(root, value, expected);
    case MAP: return value->kind == NHIPOL_OBJECT && fits_list(root, value, expected);
    case RECORD: return value->kind == NHIPOL_OBJECT && fits_record(root, value, expected);
    case END: break;
    }
    return false;
}

static nhipol_rows rows(nhipol_arena *arena, const nhipol_value *list) {
    nhipol_rows read = {NULL, 0};
    if (list == NULL) return read;
    read.items = nhipol_arena_take(arena, list->list.count * sizeof *read.items);
    if (read.items == NULL) return read;
    for (const nhipol_value *item = list->list.first; item != NULL; item = item->next) read.items[read.count++] = item;
    return read;
}

static void reasons(nhipol_manifest *manifest, const nhipol_value *list) {
    manifest->reasons = nhipol_arena_take(&manifest->arena, list->list.count * sizeof *manifest->reasons);
    if (manifest->reasons == NULL) return;
    for (const nhipol_value *row = list->list.first; row != NULL; row = row->next) {
        const nhipol_value *said = nhipol_get(row, "message"), *asks = nhipol_get(row, "asks");
        nhipol_reason_row *read = &manifest->reasons[manifest->reason_count++];
        *read = (nhipol_reason_row){.row = row, .asks = -1, .unknown = rows(&manifest->arena, nhipol_get(row, "unknown"))};
        for (const nhipol_value *part = said == NULL ? NULL : said->list.first; part != NULL; part = part->next) {
            if (part->kind == NHIPOL_INTEGER) read->speaks = true;
        }
        if (asks != NULL) read->asks = nhipol_effect_named(nhipol_get(asks, "effect"));
    }
}

static bool paths_go_on(const nhipol_rows *paths) {
    for (uint32_t i = 0; i < paths->count; i++) {
        if (paths->items[i]->list.first->integer >= (int64_t)i && i > 0) return false;
    }
    return paths->count > 0 && paths->items[0]->list.first->integer == 0;
}

static bool refused(nhipol_manifest *manifest, char why[160], const char *sentence) {
    snprintf(why, 160, "%s", sentence);
    nhipol_arena_clear(&manifest->arena);
    return false;
}

bool nhipol_manifest_read(nhipol_manifest *manifest, const char *json, size_t length, char why[160]) {
    memset(manifest, 0, sizeof *manifest);
    nhipol_arena *arena = &manifest->arena;
    const nhipol_value *root = nhipol_parse(arena, json, length);
    if (root == NULL || root->kind != NHIPOL_OBJECT) return refused(manifest, why, "The manifest is not valid JSON object.");
    const nhipol_value *abi = nhipol_get(root, "abi"), *major = nhipol_get(abi, "major");
    if (major != NULL && is_whole(major) && major->integer != 1) {
        return refused(manifest, why, "The module is of another major version of the ABI than 1.");
    }
    for (const shape *member = root_members; member->what != END; member++) {
        const nhipol_value *value = nhipol_get(root, member->name);
        if (value == NULL ? member->optional : fits(root, value, member)) continue;
        snprintf(why, 160, value == NULL ? "The manifest has no '%s'." : "The manifest's '%s' is invalid.",
                 member->name);
        nhipol_arena_clear(arena);
        return false;
    }
    const nhipol_value *selectors = nhipol_get(root, "selectors"), *history = nhipol_get(root, "history");
    struct {
        nhipol_rows *rows;
        const nhipol_value *of;
        const char *name;
    } lists[] = {{&manifest->subjects, selectors, "subjects"},
                 {&manifest->actions, selectors, "actions"},
                 {&manifest->resources, selectors, "resources"},
                 {&manifest->paths, root, "paths"},
                 {&manifest->expected, root, "expected"},
                 {&manifest->files, root, "files"},
                 {&manifest->reads, root, "reads"},
                 {&manifest->rules, root, "rules"},
                 {&manifest->choosers, root, "choosers"},
                 {&manifest->constraints, root, "constraints"},
                 {&manifest->placeholders, root, "placeholders"},
                 {&manifest->obligations, root, "obligations"},
                 {&manifest->properties, root, "properties"},
                 {&manifest->tables, root, "tables"},
                 {&manifest->terms, history, "terms"},
                 {&manifest->decisions, history, "decisions"},
                 {&manifest->signals, nhipol_get(root, "sessions"), "signals"}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        *lists[i].rows = rows(arena, nhipol_get(lists[i].of, lists[i].name));
    reasons(manifest, nhipol_get(root, "reasons"));
    manifest->root = root;
    manifest->name = nhipol_get(nhipol_get(root, "policy"), "name")->text;
    if (arena->failed) return refused(manifest, why, "There is not enough memory for the manifest.");
    if (!paths_go_on(&manifest->paths))
        return refused(manifest, why, "The manifest's 'paths' do not go on from earlier ones.");
    return true;
}

void nhipol_manifest_clear(nhipol_manifest *manifest) { nhipol_arena_clear(&manifest->arena); }
