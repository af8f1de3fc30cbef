/*
 * Instances of modules: see `internal.h`.
 */
#include "internal.h"

/* Fails the instance; returns NHIPOL_DENY. */
static int violate(nhipol_instance *instance, const char *found, nhipol_answer *answer) {
    instance->failed = true;
    return nhipol_engine_error(answer, NHIPOL_ENGINE_CONFORMING_ANSWER, found);
}

bool nhipol_trapped(nhipol_instance *instance, nhipol_answer *answer) {
    /* In the order of wasm_rt_trap_t. */
    static const char *const names[] = {"none",           "out of bounds", "integer overflow", "division by zero",
                                        "conversion",     "unreachable",   "indirect call",    "exception",
                                        "exhausted stack"};
    uint32_t trap = *(uint32_t *)instance->it;
    if (trap == 0) return false;
    char found[64];
    snprintf(found, sizeof found, NHIPOL_ENGINE_TRAP "%s", trap < sizeof names / sizeof *names ? names[trap] : "unknown");
    instance->failed = true;
    nhipol_engine_error(answer, NHIPOL_ENGINE_NO_TRAP, found);
    return true;
}

/* Starts an instance; false: it is not one of this ABI. */
static bool start(nhipol_instance *instance, uint32_t extra_pages, nhipol_answer *answer) {
    const nhipol_module *module = instance->module;
    module->start();
    module->instantiate(instance->it);
    if (nhipol_trapped(instance, answer)) return false;
    if (*module->abi_major(instance->it) != NHIPOL_ABI_MAJOR) {
        nhipol_engine_error(answer, "a module of ABI version 2", "another version");
        return false;
    }
    wasm_rt_memory_t *memory = instance->memory = module->memory(instance->it);
    if (memory->max_pages - memory->pages > extra_pages) memory->max_pages = memory->pages + extra_pages;
    instance->request = NHIPOL_CALL(instance, request, 0);
    if (module->limit != NULL) NHIPOL_CALL(instance, limit, extra_pages);
    if (nhipol_trapped(instance, answer)) return false;
    bool is_within = instance->request != 0 && nhipol_memory(instance, instance->request, NHIPOL_MAX_REQUEST_BYTES);
    if (!is_within) violate(instance, NHIPOL_VIOLATION_OUTSIDE_MEMORY, answer);
    return is_within;
}

nhipol_instance *nhipol_instance_new(const nhipol_module *module, size_t extra_bytes, nhipol_answer *answer) {
    nhipol_instance *instance = nhipol_allocate(sizeof *instance, answer);
    if (instance == NULL) return NULL;
    instance->module = module;
    instance->it = nhipol_allocate(module->instance_bytes, answer);
    size_t pages = extra_bytes / NHIPOL_PAGE_BYTES;
    if (instance->it != NULL && start(instance, pages > UINT16_MAX ? UINT16_MAX : (uint32_t)pages, answer)) return instance;
    nhipol_instance_free(instance);
    return NULL;
}

void nhipol_instance_free(nhipol_instance *instance) {
    if (instance == NULL) return;
    for (size_t i = 0; instance->cached != NULL && i < NHIPOL_CACHED; i++) free(instance->cached[i].text.data);
    free(instance->cached);
    if (instance->it != NULL) instance->module->release(instance->it);
    free(instance->it);
    free(instance);
}

uint8_t *nhipol_memory(nhipol_instance *instance, uint32_t address, uint64_t length) {
    if (address + length > instance->memory->size) {
        instance->failed = true;
        return NULL;
    }
    return instance->memory->data + address;
}

/* The length to pass for a text. The module refuses the longest. */
static uint32_t passed(size_t length) { return length > INT32_MAX ? INT32_MAX : (uint32_t)length; }

uint32_t nhipol_put_request(nhipol_instance *instance, const char *json, size_t length) {
    if (length <= NHIPOL_MAX_REQUEST_BYTES && length > 0) {
        memcpy(instance->memory->data + instance->request, json, length);
    }
    return passed(length);
}

uint32_t nhipol_put_name(nhipol_instance *instance, const char *name, size_t length) {
    uint8_t *room = nhipol_memory(instance, *instance->module->name(instance->it), NHIPOL_MAX_NAME_BYTES);
    if (room != NULL && length <= NHIPOL_MAX_NAME_BYTES && length > 0) memcpy(room, name, length);
    return passed(length);
}

uint32_t nhipol_put_text(nhipol_instance *instance, uint32_t (*room)(void *it, uint32_t length), const char *text,
                         size_t length) {
    uint32_t address = room(instance->it, passed(length));
    uint8_t *start = address == 0 ? NULL : nhipol_memory(instance, address, length);
    if (start != NULL && length > 0) memcpy(start, text, length);
    return passed(length);
}

static bool is_response(const char *text, size_t length, int effect) {
    static const char *const starts[] = {NHIPOL_RESPONSE_STARTS};
    size_t start = strlen(starts[effect]);
    return length >= start && memcmp(text, starts[effect], start) == 0 && text[length - 1] == '}';
}

static nhipol_answer *cached(nhipol_instance *instance, uint64_t key) {
    if (instance->cached == NULL) instance->cached = calloc(NHIPOL_CACHED, sizeof *instance->cached);
    return instance->cached == NULL ? NULL : &instance->cached[key * 0x9e3779b97f4a7c15u >> 54];
}

/* Copies the response of a header that was read, or returns what is wrong with it. */
static const char *copy_response(nhipol_instance *instance, const uint8_t *header, size_t length, nhipol_answer *answer) {
    size_t start = (size_t)(header - instance->memory->data) + NHIPOL_HEADER_SIZE;
    if (length == 0) return NHIPOL_VIOLATION_NO_RESPONSE;
    if (length > instance->memory->size - start) return NHIPOL_VIOLATION_OUTSIDE_MEMORY;
    const char *text = (const char *)instance->memory->data + start;
    if (!is_response(text, length, answer->effect)) return NHIPOL_VIOLATION_OTHER_EFFECT;
    if (!nhipol_is_utf8(text, length)) return NHIPOL_VIOLATION_INVALID_UTF_8;
    nhipol_text_add(&answer->text, text, length);
    return NULL;
}

/* What is wrong with a header; NULL: nothing. */
static const char *check(int effect, uint32_t flags, double valid_until) {
    bool is_exact = fabs(valid_until) < 9007199254740992.0 && floor(valid_until) == valid_until;
    if (effect > NHIPOL_REVOKE) return NHIPOL_VIOLATION_UNKNOWN_EFFECT;
    if ((flags & NHIPOL_FLAG_INVALID) != 0 && effect <= NHIPOL_NARROW) return NHIPOL_VIOLATION_GRANTED_INVALID;
    return is_exact || valid_until == INFINITY ? NULL : NHIPOL_VIOLATION_INVALID_INSTANT;
}

int nhipol_read(nhipol_instance *instance, uint32_t address, uint32_t form, nhipol_answer *answer) {
    if (nhipol_trapped(instance, answer)) return NHIPOL_DENY;
    const uint8_t *header = address == 0 ? NULL : nhipol_memory(instance, address, NHIPOL_HEADER_SIZE);
    if (header == NULL) {
        return violate(instance, address == 0 ? NHIPOL_VIOLATION_NO_RESPONSE : NHIPOL_VIOLATION_OUTSIDE_MEMORY, answer);
    }
    int effect = header[NHIPOL_HEADER_EFFECT];
    uint32_t flags = header[NHIPOL_HEADER_FLAGS], length;
    double valid_until;
    uint64_t key;
    memcpy(&length, header + NHIPOL_HEADER_LENGTH, sizeof length);
    memcpy(&valid_until, header + NHIPOL_HEADER_VALID_UNTIL, sizeof valid_until);
    memcpy(&key, header + NHIPOL_HEADER_KEY, sizeof key);
    const char *violation = check(effect, flags, valid_until);
    if (violation != NULL) return violate(instance, violation, answer);
    if (answer == NULL) return effect;
    nhipol_answer_start(answer);
    answer->effect = effect;
    answer->flags = flags;
    answer->valid_until = valid_until;
    answer->key = key;
    nhipol_answer *entry = key == 0 ? NULL : cached(instance, key);
    if (length == 0 && form == NHIPOL_FORM_UNLESS_KEYED && key != 0) {
        if (entry != NULL && entry->key == key && entry->effect == effect && entry->valid_until == valid_until) {
            nhipol_text_add(&answer->text, entry->text.data, entry->text.length);
            return nhipol_answer_effect(answer);
        }
        address = NHIPOL_CALL(instance, respond, NHIPOL_FORM_RESPONSE);
        return nhipol_read(instance, address, NHIPOL_FORM_RESPONSE, answer);
    }
    violation = copy_response(instance, header, length, answer);
    if (violation != NULL) return violate(instance, violation, answer);
    if (entry != NULL && !answer->text.failed) {
        nhipol_text_clear(&entry->text);
        nhipol_text_add(&entry->text, answer->text.data, answer->text.length);
        entry->key = entry->text.failed ? 0 : key;
        entry->effect = effect;
        entry->valid_until = valid_until;
    }
    return nhipol_answer_effect(answer);
}

int nhipol_read_possibility(nhipol_instance *instance, uint32_t address, nhipol_answer *answer) {
    if (nhipol_read(instance, address, NHIPOL_FORM_HEADER, NULL) > NHIPOL_NARROW) {
        nhipol_read(instance, address, NHIPOL_FORM_UNLESS_KEYED, answer);
        return 0;
    }
    const uint8_t *header = nhipol_memory(instance, address, NHIPOL_HEADER_SIZE);
    nhipol_answer_start(answer);
    if (answer != NULL) memcpy(&answer->valid_until, header + NHIPOL_HEADER_VALID_UNTIL, sizeof answer->valid_until);
    return 1;
}

int nhipol_read_change(nhipol_instance *instance, uint32_t refused, nhipol_answer *answer) {
    if (!nhipol_trapped(instance, answer) && refused == 0 && !instance->failed) return 1;
    nhipol_read(instance, refused, NHIPOL_FORM_RESPONSE, answer);
    return 0;
}

int nhipol_read_refusal(nhipol_instance *instance, nhipol_answer *answer) {
    if (nhipol_trapped(instance, answer)) return 0;
    nhipol_read(instance, NHIPOL_CALL(instance, respond, NHIPOL_FORM_RESPONSE), NHIPOL_FORM_RESPONSE, answer);
    return 0;
}
