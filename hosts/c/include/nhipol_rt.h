/*
 * What translated modules are compiled with: the `wasm-rt.h` of wasm2c, and the return from a trap.
 *
 * The code that `nhipol-cc` generates includes this first. wabt's own runtime stores the point that a trap returns to in
 * one global for all threads. This one stores it by thread, and limits the depth of calls by thread, so modules may be
 * called from any number of threads.
 * Each access is compared with the size of the memory: no signal handler is installed.
 */
#ifndef NHIPOL_RT_H
#define NHIPOL_RT_H

#define WASM_RT_MEMCHECK_SIGNAL_HANDLER 0
#define WASM_RT_USE_STACK_DEPTH_COUNT 0 /* its counter is one for all threads */
#include <wasm-rt.h>
#undef WASM_RT_USE_STACK_DEPTH_COUNT
#define WASM_RT_USE_STACK_DEPTH_COUNT 1
#define WASM_RT_MAX_CALL_STACK_DEPTH 500

#include <setjmp.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "nhipol reads the little-endian memory of a module in place, so it requires a little-endian machine"
#endif

/* The thread-locals of the program itself, which a module in a shared library reads without a call. */
#define NHIPOL_RT_LOCAL _Thread_local __attribute__((tls_model("initial-exec")))

/* The point that a trap of this thread returns to; NULL: no module is running. */
typedef struct {
    jmp_buf point;
    uint32_t trap;
} nhipol_rt_frame;

extern NHIPOL_RT_LOCAL uint32_t wasm_rt_call_stack_depth;
extern NHIPOL_RT_LOCAL nhipol_rt_frame *nhipol_rt_back;

/* Surround each call of a module in the functions that `nhipol-cc` generates. After a trap, its code is stored in the
   instance, and the function returns RETURN, as do all later calls of this instance. */
#define NHIPOL_RT_ENTER(INSTANCE, RETURN)                                                                                  \
    if ((INSTANCE)->trap != 0) return RETURN;                                                                              \
    nhipol_rt_frame frame;                                                                                                 \
    nhipol_rt_frame *const outer = nhipol_rt_back;                                                                         \
    wasm_rt_call_stack_depth = 0;                                                                                          \
    nhipol_rt_back = &frame;                                                                                               \
    if (setjmp(frame.point) != 0) {                                                                                        \
        nhipol_rt_back = outer;                                                                                            \
        (INSTANCE)->trap = frame.trap;                                                                                     \
        return RETURN;                                                                                                     \
    }
#define NHIPOL_RT_LEAVE nhipol_rt_back = outer

#endif
