/* The helper of start.h: traces the process that is about to execute a program
 * and makes it put its filter on at the program's entry point.
 *
 * The rules of the kernel that it lives by (ptrace(2) unless said otherwise):
 *   - PTRACE_SEIZE neither stops the target nor changes what its parent and
 *     signals see: signals are passed on with their siginfo, stops by job
 *     control stay stops (PTRACE_LISTEN) until SIGCONT, and the parent's wait
 *     sees them.
 *   - At PTRACE_EVENT_EXEC nothing of the program has run; its stack holds what
 *     execve(2) put there: arguments, environment, auxiliary vector
 *     (getauxval(3)). AT_ENTRY is the program's own entry point, never the
 *     interpreter's; AT_SECURE says that it has privileges of its own.
 *   - The breakpoint is an int3. Whatever reaches the entry point otherwise (a
 *     process that a constructor forked) dies of it: nothing enters the program
 *     without a filter. If SIGTRAP is blocked or ignored, the kernel unblocks
 *     it and resets its action before it stops the target; both are put back.
 *   - A system call is made in the target by placing a `syscall` instruction at
 *     the entry point and stopping before and after it (PTRACE_SYSCALL), all
 *     signals but SIGKILL and SIGSTOP blocked meanwhile; those that arrive stay
 *     pending and are delivered afterwards. Registers are set back, floating
 *     point and vector state is never touched.
 *   - The filter is read from the target's stack below the 128 bytes that the
 *     ABI lets a function use there; what stood there is put back.
 *   - Any thread may execute a program, which then is the main thread's: so all
 *     are traced from their birth on (PTRACE_O_TRACECLONE). Other processes
 *     that clone(2) starts are let go.
 *   - A tracer that ends detaches what it traces without disturbing it; with
 *     PTRACE_O_EXITKILL the target is killed instead, until its detach. */
#ifndef CHESTNUT_RUNTIME_TRACER_H_
#define CHESTNUT_RUNTIME_TRACER_H_

#include "runtime/start.h"

/* A program that carries its filter (mode notify) has no breakpoint: it is
 * stopped at its system calls until it asks for its supervisor (rendezvous.h),
 * which it does before main. */

/* Shared with the target until it executes the program. */
struct chestnut_tracing {
  const struct chestnut_start *start;
  int target;          /* the process's id */
  int ready[2];        /* pipe: one byte, when the tracer may begin */
  int attached[2];     /* pipe: then a long, 0 or a negative errno */
  int trap_is_ignored; /* the target's action for SIGTRAP is to ignore it */
};

/* The tracer's whole life; begins with all signals blocked and ends the
 * process. The argument is a struct chestnut_tracing. */
void chestnut_trace(void *tracing);

#endif /* CHESTNUT_RUNTIME_TRACER_H_ */
