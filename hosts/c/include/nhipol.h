/*
 * nhipol for C: policies that `nhipol-cc` translated, their decisions and sessions.
 *
 * This is also the ABI of the shared libraries that other languages load: all types are opaque, and all parameters are
 * pointers, integers and doubles. Texts are UTF-8 with a length, and do not end with a zero. Instants are whole
 * milliseconds since the epoch. Functions that return `int` and are not about effects return 1, or 0 if the answer has an
 * error. An answer may be NULL only where that is stated.
 *
 * A decision never fails: a trap, a response that the ABI of modules does not allow and a lack of memory are a deny with
 * the reason `engine_error`. Policies and sessions may be used by any number of threads, answers and writers by one at a
 * time.
 */
#ifndef NHIPOL_H
#define NHIPOL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nhipol_module nhipol_module;
typedef struct nhipol_policy nhipol_policy;
typedef struct nhipol_answer nhipol_answer;
typedef struct nhipol_sessions nhipol_sessions;
typedef struct nhipol_writer nhipol_writer;

enum { NHIPOL_PERMIT, NHIPOL_NARROW, NHIPOL_CHALLENGE, NHIPOL_DENY, NHIPOL_REVOKE };
enum { NHIPOL_HOST_CLOCK, NHIPOL_REQUEST_CLOCK }; /* whose instant counts: `now`, or the one of the request if it has one */
enum {
    NHIPOL_DEFAULT_DENY = 1,
    NHIPOL_INVALID = 2,
    NHIPOL_CLOCK_WENT_BACK = 4,
    NHIPOL_REVOKED_BEFORE = 8,
    NHIPOL_NO_INSTANT = 16
};

/* Declares the policy that was translated by `nhipol-cc -n NAME`, whose module is then `&nhipol_module_NAME`. */
#define NHIPOL_MODULE(NAME) extern const nhipol_module nhipol_module_##NAME

/* The module of a shared library. Programs that link a policy use NHIPOL_MODULE instead. */
const nhipol_module *nhipol_library_module(void);

/* ---- Answers: the result of a call. One may be used for any number of calls, each of which replaces its contents. */

nhipol_answer *nhipol_answer_new(void); /* NULL: no memory */
void nhipol_answer_free(nhipol_answer *answer);

int nhipol_answer_effect(const nhipol_answer *answer);
int nhipol_answer_decision(const nhipol_answer *answer); /* 1: permit or narrow */
uint32_t nhipol_answer_flags(const nhipol_answer *answer);
double nhipol_answer_valid_until(const nhipol_answer *answer); /* valid strictly before; infinity: time changes nothing */

/* Equal keys of a policy mean answers that differ only in `valid_until`. 0: the answer has none. */
uint64_t nhipol_answer_key(const nhipol_answer *answer);

/* The AuthZEN response as JSON, or what the call says that it returns. Valid until the next use of the answer. */
const char *nhipol_answer_text(const nhipol_answer *answer, size_t *length);

/* ---- Policies */

/*
 * Loads a module. NULL: it was refused, and the answer, which may be NULL, has an error. `table_bytes` and `session_bytes`
 * limit the memory for tables in each instance (0: 64 MiB) and for sessions (0: 1 GiB). At most `max_instances` decisions
 * run at the same time, further ones wait (0: 64).
 */
nhipol_policy *nhipol_load(const nhipol_module *module, size_t table_bytes, size_t session_bytes, uint32_t max_instances,
                           nhipol_answer *answer);

/* Sessions of the policy must be freed before. */
void nhipol_free(nhipol_policy *policy);

/* The manifest as JSON, empty if there is none, and its `policy.name` and `policy.version`. */
const char *nhipol_manifest(const nhipol_policy *policy, size_t *length);
const char *nhipol_name(const nhipol_policy *policy);
const char *nhipol_version(const nhipol_policy *policy);

double nhipol_now(void); /* the clock of the machine */

/* Decides a request in JSON; returns the effect. NaN: no instant. The answer may be NULL: then nothing is allocated. */
int nhipol_decide(nhipol_policy *policy, const char *json, size_t length, double now, int clock, nhipol_answer *answer);

/* Whether a request in JSON could be permitted for some value of the members that it does not have: 1, or 0 if no completion of
   it is permitted. Every member may be missing, except the types of subject and resource and the name of the action. The text
   of the answer is the response that says why not, or empty; the answer itself always refuses. The module must have been
   compiled with `--possible`. */
int nhipol_could(nhipol_policy *policy, const char *json, size_t length, double now, int clock, nhipol_answer *answer);

/* Fills or empties an external table, for all instances. After an error it has the same contents as before. */
int nhipol_load_table(nhipol_policy *policy, const char *name, size_t name_length, const char *json, size_t length,
                      nhipol_answer *answer);
int nhipol_drop_table(nhipol_policy *policy, const char *name, size_t name_length, nhipol_answer *answer);

/* ---- Sessions: facts in one instance, behind one lock. After an error, nothing changed. */

nhipol_sessions *nhipol_sessions_new(nhipol_policy *policy, nhipol_answer *answer); /* NULL: not compiled with sessions */
void nhipol_sessions_free(nhipol_sessions *sessions);

/* Opens a session with a request, whose action and resource may be missing. */
int nhipol_session_open(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                        double now, nhipol_answer *answer);

/* Changes facts: merges a part of a request (RFC 7396), or replaces each of subject, action, resource and context in it. */
int nhipol_session_patch(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                         nhipol_answer *answer);
int nhipol_session_replace(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                           nhipol_answer *answer);

/* Records a signal with its payload, which happened at `time` (NaN: `now`). */
int nhipol_session_record(nhipol_sessions *sessions, const char *id, size_t id_length, const char *signal,
                          size_t signal_length, const char *json, size_t length, double time, double now,
                          nhipol_answer *answer);

/* Takes a decision and returns its effect. JSON NULL: about the latest request; otherwise about one with this action,
   resource and change of the context. */
int nhipol_session_decide(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                          double now, nhipol_answer *answer);

/* Whether a request could be permitted in the session, as `nhipol_could`, for some value of the members that neither it nor the
   session has. JSON NULL: about the latest request. Nothing about the session changes. */
int nhipol_session_could(nhipol_sessions *sessions, const char *id, size_t id_length, const char *json, size_t length,
                         double now, nhipol_answer *answer);

/* Evaluates the latest request again, without taking a decision. */
int nhipol_session_reevaluate(nhipol_sessions *sessions, const char *id, size_t id_length, double now,
                              nhipol_answer *answer);

/* Evaluates the sessions whose answer may have changed, or `all`. The text of the answer is an array of the changes:
   `[{"session":ID,"before":EFFECT,"after":EFFECT}]`. */
int nhipol_sessions_sweep(nhipol_sessions *sessions, double now, int all, nhipol_answer *answer);
double nhipol_sessions_due(nhipol_sessions *sessions); /* when to sweep next: 0 immediately, infinity never */
size_t nhipol_sessions_count(nhipol_sessions *sessions);

/* Writes all facts and the history of a session as the text of the answer. */
int nhipol_session_snapshot(nhipol_sessions *sessions, const char *id, size_t id_length, nhipol_answer *answer);

/* Opens the session of a snapshot and copies its id. The text of the answer is a response, whose `error`, if any, is the
   first fact that this policy declares differently. */
int nhipol_session_restore(nhipol_sessions *sessions, const char *text, size_t length, char id[256], size_t *id_length,
                           nhipol_answer *answer);
int nhipol_session_close(nhipol_sessions *sessions, const char *id, size_t id_length, nhipol_answer *answer);

/* ---- Reading JSON in place: responses, manifests, snapshots */

/* The JSON text of one value; its first byte says what it is. */
typedef struct {
    const char *text;
    size_t length;
} nhipol_value;

/* A member of the `context` of the response, such as `reasons` or `error`; 0: there is none. */
int nhipol_answer_get(const nhipol_answer *answer, const char *name, nhipol_value *value);
int nhipol_answer_has_reason(const nhipol_answer *answer, const char *reason);

int nhipol_get(const nhipol_value *object, const char *name, nhipol_value *member);

/* Returns the next element or member of a list, whose `rest` is at first its value. The name may be NULL. */
int nhipol_next(nhipol_value *rest, nhipol_value *name, nhipol_value *value);

/* Writes the characters of a string, with a zero, and cuts what exceeds the buffer. Returns their length in bytes. */
size_t nhipol_string(const nhipol_value *value, char *buffer, size_t size);
int nhipol_equals(const nhipol_value *string, const char *text);
double nhipol_number(const nhipol_value *value); /* NaN: it is not a number; its text is exact */

/* ---- Writing requests: the values of a program as JSON, in order. A double that JSON cannot represent exactly, more than
   64 levels and more than 1 MiB make the request invalid. */

nhipol_writer *nhipol_writer_new(void); /* NULL: no memory */
void nhipol_writer_free(nhipol_writer *writer);
void nhipol_writer_clear(nhipol_writer *writer); /* for another request */

void nhipol_write_object(nhipol_writer *writer); /* until nhipol_write_end */
void nhipol_write_array(nhipol_writer *writer);
void nhipol_write_end(nhipol_writer *writer);
void nhipol_write_name(nhipol_writer *writer, const char *name, size_t length);
void nhipol_write_string(nhipol_writer *writer, const char *text, size_t length);
void nhipol_write_integer(nhipol_writer *writer, int64_t value);
void nhipol_write_double(nhipol_writer *writer, double value);
void nhipol_write_bool(nhipol_writer *writer, int value);
void nhipol_write_null(nhipol_writer *writer);

int nhipol_decide_written(nhipol_policy *policy, const nhipol_writer *writer, double now, int clock, nhipol_answer *answer);
int nhipol_could_written(nhipol_policy *policy, const nhipol_writer *writer, double now, int clock, nhipol_answer *answer);

#ifdef __cplusplus
}
#endif

#endif
