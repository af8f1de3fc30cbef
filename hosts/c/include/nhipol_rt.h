/*
 * What translated modules are compiled with: wasm2c's `wasm-rt.h`, and how a trap comes back to the host.
 *
 * `nhipol-cc` has the generated code include this first. wabt's own runtime keeps the point that a trap returns to in one
 * global for all threads; ours keeps it by thread, frees the whole of what it maps, and bounds the depth of calls by
 * thread, so that modules may be asked from any number of threads at once.
 *
 * NHIPOL_GUARD_PAGES 1 (64-bit POSIX): accesses outside of a memory meet pages without rights, and a handler of SIGSEGV
 * makes a trap of them. 0, the default: each access is compared with the memory's size, and no handler is installed.
 */
#ifndef NHIPOL_RT_H
#define NHIPOL_RT_H

#ifndef NHIPOL_GUARD_PAGES
#define NHIPOL_GUARD_PAGES 0
#endif

#define WASM_RT_MEMCHECK_SIGNAL_HANDLER NHIPOL_GUARD_PAGES
#define WASM_RT_USE_STACK_DEPTH_COUNT 0 /* its counter is one for all threads: ours follows */
#include <wasm-rt.h>
#undef WASM_RT_USE_STACK_DEPTH_COUNT
#define WASM_RT_USE_STACK_DEPTH_COUNT 1
#define WASM_RT_MAX_CALL_STACK_DEPTH 500

#include <setjmp.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "nhipol reads memories in place, which are little-endian: this machine is not"
#endif

/* Of the thread-locals of the program, so that a module in a shared library reads them without a call. */
#define NHIPOL_RT_LOCAL _Thread_local __attribute__((tls_model("initial-exec")))

extern NHIPOL_RT_LOCAL uint32_t wasm_rt_call_stack_depth;
extern NHIPOL_RT_LOCAL jmp_buf *nhipol_rt_back;       /* where this thread goes on after a trap */
extern NHIPOL_RT_LOCAL wasm_rt_trap_t nhipol_rt_trap; /* the last trap of this thread */

/* Around each call of a module, in the functions that `nhipol-cc` writes: after a trap they return nothing, or 0. */
#define NHIPOL_RT_ENTER(RETURN)                                                                                            \
    jmp_buf nhipol_here;                                                                                                   \
    jmp_buf *const nhipol_outer = nhipol_rt_back;                                                                          \
    wasm_rt_call_stack_depth = 0;                                                                                          \
    nhipol_rt_back = &nhipol_here;                                                                                         \
    if (setjmp(nhipol_here) != 0) {                                                                                        \
        nhipol_rt_back = nhipol_outer;                                                                                     \
        RETURN;                                                                                                            \
    }
#define NHIPOL_RT_LEAVE nhipol_rt_back = nhipol_outer

#endif
