/*
 * Kept contexts: see `kept.h`.
 */
#include "kept.h"

typedef struct {
    uint32_t numbers[5 + NHIPOL_MOST_KEPT_REASONS]; /* effect, flags, selectors, reasons as they came */
    size_t count;
    uint32_t hash;
} key;

struct nhipol_kept_entry {
    struct nhipol_kept_entry *next;
    key key;
    nhipol_answer answer;
};

static void add(key *k, uint32_t number) {
    k->numbers[k->count++] = number;
    k->hash = (k->hash ^ number) * 0x9e3779b1u;
    k->hash ^= k->hash >> 15;
}

/* False: the answer is not one that may be kept. */
static bool key_of(key *k, nhipol *n, const nhipol_manifest *manifest, const nhipol_result *r) {
    if (r->reason_count > NHIPOL_MOST_KEPT_REASONS || !nhipol_answer_is_plain(n, manifest, r)) return false;
    k->count = 0;
    k->hash = 0;
    add(k, r->effect);
    add(k, r->flags);
    add(k, r->subject);
    add(k, r->action);
    add(k, r->resource);
    for (uint32_t i = 0; i < r->reason_count; i++) add(k, nhipol_reason_at(n, i).index);
    return true;
}

bool nhipol_kept_fill(nhipol_kept *kept, nhipol_answer *answer, nhipol *n, const nhipol_manifest *manifest,
                      const nhipol_result *result) {
    key k;
    if (!key_of(&k, n, manifest, result)) return nhipol_answer_fill(answer, n, manifest, result);
    struct nhipol_kept_entry **bucket = &kept->buckets[k.hash % NHIPOL_KEPT_BUCKETS], *found = *bucket;
    while (found != NULL && (found->key.hash != k.hash || found->key.count != k.count ||
                             memcmp(found->key.numbers, k.numbers, k.count * sizeof *k.numbers) != 0)) {
        found = found->next;
    }
    if (found == NULL) {
        if (!nhipol_answer_fill(answer, n, manifest, result)) return false;
        found = kept->count < NHIPOL_MOST_KEPT ? malloc(sizeof *found) : NULL;
        if (found == NULL) return true;
        *found = (struct nhipol_kept_entry){.next = *bucket, .key = k, .answer = *answer};
        *bucket = found;
        kept->count++;
    }
    answer->effect = (nhipol_effect)result->effect;
    answer->decision = result->effect <= NHIPOL_NARROW;
    answer->single_use = found->answer.single_use;
    answer->valid_until = result->valid_until;
    answer->context = found->answer.context;
    answer->arena.chunks = NULL;
    answer->arena.failed = false;
    return true;
}

void nhipol_kept_clear(nhipol_kept *kept) {
    for (size_t i = 0; i < NHIPOL_KEPT_BUCKETS; i++) {
        while (kept->buckets[i] != NULL) {
            struct nhipol_kept_entry *next = kept->buckets[i]->next;
            nhipol_answer_clear(&kept->buckets[i]->answer);
            free(kept->buckets[i]);
            kept->buckets[i] = next;
        }
    }
}
