/*
 * A shared library, as other languages use it: opened at run time, it exports every function of `nhipol.h` and no other.
 */
#include "check.h"
#include "nhipol.h"

#include <dlfcn.h>
#include <math.h>
#include <string.h>

int main(void) {
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    if (library == NULL) return checked();
    const nhipol_module *(*module)(void);
    nhipol_policy *(*load)(const nhipol_module *, size_t, size_t, uint32_t, nhipol_answer *);
    int (*decide)(nhipol_policy *, const char *, size_t, double, int, nhipol_answer *);
    void (*release)(nhipol_policy *);
    *(void **)&module = dlsym(library, "nhipol_library_module");
    *(void **)&load = dlsym(library, "nhipol_load");
    *(void **)&decide = dlsym(library, "nhipol_decide");
    *(void **)&release = dlsym(library, "nhipol_free");
    nhipol_policy *policy = load(module(), 0, 0, 0, NULL);
    CHECK(policy != NULL && decide(policy, "{", 1, NAN, NHIPOL_HOST_CLOCK, NULL) == NHIPOL_DENY);
    release(policy);
    CHECK(dlsym(library, "nhipol_session_restore") != NULL && dlsym(library, "nhipol_decide_written") != NULL);
    CHECK(dlsym(library, "wasm_rt_trap") == NULL && dlsym(library, "nhipol_read") == NULL);
    return checked();
}
