/*
 * Loading a policy, its pool of workers, and their decisions: see `nhipol_policy.h`.
 */
#include "contract.h"
#include "policy.h"

#include "digest.h"

#include <stdio.h>
#include <time.h>

enum { TABLES_BYTES = 64 << 20, SESSIONS_BYTES = 1 << 30 };

bool nhipol_instant_of(nhipol_when when, double *now) {
    struct timespec time;
    switch (when.source) {
    case NHIPOL_MACHINE_NOW:
        clock_gettime(CLOCK_REALTIME, &time);
        *now = floor((double)time.tv_sec * 1000 + (double)time.tv_nsec / 1e6);
        return true;
    case NHIPOL_WITHOUT_NOW: *now = NAN; return true;
    case NHIPOL_GIVEN_NOW: break;
    }
    *now = floor(when.now);
    return fabs(*now) <= NHIPOL_LAST_INSTANT;
}

void nhipol_finish(nhipol *n, nhipol_kept *kept, const nhipol_manifest *manifest, nhipol_status status,
                   const nhipol_result *result, nhipol_answer *answer) {
    if (status != NHIPOL_OK) {
        nhipol_answer_engine_error(answer, NHIPOL_ENGINE_CONFORMING_ANSWER, "a trap or an invalid result");
    } else if (nhipol_kept_fill(kept, answer, n, manifest, result)) {
        return;
    }
    nhipol_destroy(n);
}

/* Whether what every policy has, and what this one's manifest speaks of, is there. */
static const char *lack_of(nhipol *n, const nhipol_manifest *m) {
    const nhipol_module *e = n->module;
    nhipol_at(n, *e->reasons(n->it), sizeof(nhipol_reason));
    nhipol_at(n, *e->constraints(n->it), m->constraints.count * sizeof(nhipol_cell));
    nhipol_at(n, *e->placeholders(n->it), m->placeholders.count * sizeof(nhipol_cell));
    if (e->properties) nhipol_at(n, *e->properties(n->it), m->properties.count * sizeof(nhipol_cell));
    if (n->failed) return "An area of the module is not within its memory.";
    if (m->properties.count > 0 && !e->properties)
        return "The module has obligations, but does not export their properties.";
    bool tables = e->reserve && e->table_text && e->load_table && e->drop_table && e->table_outcome;
    if (m->tables.count > 0 && !tables) return "The module has tables, but not the exports that fill them.";
    bool sessions = e->reserve && e->session_id && e->changes && e->session_open && e->session_patch && e->session_set &&
                    e->session_record && e->session_decide && e->session_effect && e->session_close && e->session_buffer &&
                    e->session_snapshot && e->session_restore && e->session_sweep && e->session_due && e->session_count;
    if (nhipol_get(m->root, "sessions") != NULL && !sessions) return "The module does not export the functions of sessions.";
    return NULL;
}

nhipol_status nhipol_policy_instance(const nhipol_policy *policy, nhipol *n, size_t room) {
    nhipol_status status = nhipol_create(n, policy->module, policy->limits.memory_bytes);
    if (status != NHIPOL_OK) return status;
    size_t most = n->memory->pages + room / NHIPOL_PAGE;
    if (n->memory->max_pages > most) n->memory->max_pages = (uint32_t)most;
    return NHIPOL_OK;
}

nhipol_policy *nhipol_policy_load(const nhipol_module *module, const nhipol_limits *limits, char why[160]) {
    nhipol_policy *policy = calloc(1, sizeof *policy);
    snprintf(why, 160, "There is not enough memory for the policy.");
    if (policy == NULL) return NULL;
    policy->module = module;
    if (limits != NULL) policy->limits = *limits;
    if (policy->limits.tables_bytes == 0) policy->limits.tables_bytes = TABLES_BYTES;
    if (policy->limits.sessions_bytes == 0) policy->limits.sessions_bytes = SESSIONS_BYTES;
    if (policy->limits.memory_bytes == 0) policy->limits.memory_bytes = SIZE_MAX;
    pthread_mutex_init(&policy->lock, NULL);
    pthread_mutex_init(&policy->loading, NULL);
    pthread_rwlock_init(&policy->tables_lock, NULL);
    if (nhipol_manifest_read(&policy->manifest, module->manifest, module->manifest_length, why)) {
        policy->tables = calloc(policy->manifest.tables.count + 1, sizeof *policy->tables);
        policy->declared = nhipol_declared_of(&policy->manifest.arena, &policy->manifest);
        nhipol n;
        nhipol_status status = nhipol_policy_instance(policy, &n, policy->limits.tables_bytes);
        const char *lack = status == NHIPOL_NO_MEMORY ? "The module's memory is larger than the limit allows."
                           : status != NHIPOL_OK      ? "The module cannot be instantiated, or is of another ABI."
                                                      : lack_of(&n, &policy->manifest);
        if (status == NHIPOL_OK) nhipol_destroy(&n);
        if (lack == NULL && policy->tables != NULL && policy->declared != NULL) return policy;
        if (lack != NULL) snprintf(why, 160, "%s", lack);
    }
    nhipol_policy_free(policy);
    return NULL;
}

void nhipol_policy_free(nhipol_policy *policy) {
    if (policy == NULL) return;
    while (policy->all != NULL) {
        nhipol_worker *next = policy->all->next;
        nhipol_destroy(&policy->all->n);
        nhipol_kept_clear(&policy->all->kept);
        nhipol_text_free(&policy->all->text);
        free(policy->all);
        policy->all = next;
    }
    nhipol_tables_clear(policy);
    nhipol_manifest_clear(&policy->manifest);
    pthread_mutex_destroy(&policy->lock);
    pthread_mutex_destroy(&policy->loading);
    pthread_rwlock_destroy(&policy->tables_lock);
    free(policy);
}

const char *nhipol_policy_manifest(const nhipol_policy *policy, size_t *length) {
    *length = policy->module->manifest_length;
    return policy->module->manifest;
}

nhipol_worker *nhipol_take(nhipol_policy *policy) {
    pthread_mutex_lock(&policy->lock);
    nhipol_worker *worker = policy->idle;
    if (worker != NULL) {
        policy->idle = worker->next_idle;
    } else {
        worker = calloc(1, sizeof *worker);
        if (worker != NULL) {
            worker->policy = policy;
            worker->n.failed = true; /* it is created when it is asked first */
            worker->next = policy->all;
            policy->all = worker;
        }
    }
    pthread_mutex_unlock(&policy->lock);
    return worker;
}

void nhipol_give(nhipol_worker *worker) {
    pthread_mutex_lock(&worker->policy->lock);
    worker->next_idle = worker->policy->idle;
    worker->policy->idle = worker;
    pthread_mutex_unlock(&worker->policy->lock);
}

/* An instance that is fit to be asked, with the tables of now. */
static bool ready(nhipol_worker *worker) {
    nhipol_policy *policy = worker->policy;
    if (worker->n.failed) {
        nhipol_destroy(&worker->n);
        if (nhipol_policy_instance(policy, &worker->n, policy->limits.tables_bytes) != NHIPOL_OK) return false;
        worker->version = 0;
    }
    if (worker->version == atomic_load_explicit(&policy->version, memory_order_acquire)) return true;
    if (nhipol_bring_tables(policy, &worker->n, &worker->version) == NHIPOL_OK) return true;
    nhipol_destroy(&worker->n);
    return false;
}

void nhipol_worker_decide(nhipol_worker *worker, const char *json, size_t length, nhipol_when when, nhipol_answer *answer) {
    double now;
    if (!nhipol_instant_of(when, &now)) {
        nhipol_answer_engine_error(answer, "an instant", NHIPOL_VIOLATION_INVALID_INSTANT);
        return;
    }
    if (!ready(worker)) {
        nhipol_answer_engine_error(answer, "an instance to ask", "no memory for one, or for its tables");
        return;
    }
    if (worker->policy->module->call_digest != NULL) {
        char digest[NHIPOL_DIGEST_ROOM];
        nhipol_tell_digest(&worker->n, nhipol_digest_of_text(json, length, worker->policy->manifest.name, digest) ? digest : NULL);
    }
    nhipol_result result;
    nhipol_status status = nhipol_decide(&worker->n, json, length, now, when.clock, &result);
    nhipol_finish(&worker->n, &worker->kept, &worker->policy->manifest, status, &result, answer);
}

void nhipol_worker_decide_value(nhipol_worker *worker, const nhipol_value *request, nhipol_when when,
                                nhipol_answer *answer) {
    nhipol_misfit misfit = {.found = NULL};
    const nhipol_policy *policy = worker->policy;
    worker->text.length = 0;
    nhipol_write_request(&worker->text, policy->declared, request, policy->module->call_digest != NULL, &misfit);
    if (misfit.found != NULL) {
        nhipol_answer_invalid(answer, "wrong_type", misfit.path, NHIPOL_CARRIED, misfit.found);
    } else if (worker->text.failed) {
        nhipol_text_free(&worker->text);
        nhipol_answer_engine_error(answer, "memory for the request", "none");
    } else {
        nhipol_worker_decide(worker, worker->text.data, worker->text.length, when, answer);
    }
}

void nhipol_policy_decide(nhipol_policy *policy, const char *json, size_t length, nhipol_when when, nhipol_answer *answer) {
    nhipol_worker *worker = nhipol_take(policy);
    if (worker == NULL) {
        nhipol_answer_engine_error(answer, "a worker", "no memory for one");
        return;
    }
    nhipol_worker_decide(worker, json, length, when, answer);
    nhipol_give(worker);
}

void nhipol_policy_decide_value(nhipol_policy *policy, const nhipol_value *request, nhipol_when when,
                                nhipol_answer *answer) {
    nhipol_worker *worker = nhipol_take(policy);
    if (worker == NULL) {
        nhipol_answer_engine_error(answer, "a worker", "no memory for one");
        return;
    }
    nhipol_worker_decide_value(worker, request, when, answer);
    nhipol_give(worker);
}
