/* A stopped, traced process: its memory, its registers, and system calls that
 * it is made to make. All results are 0 or more, or a negative errno;
 * -CHESTNUT_ESRCH means that it was killed meanwhile. */
#ifndef CHESTNUT_RUNTIME_REMOTE_H_
#define CHESTNUT_RUNTIME_REMOTE_H_

#include "runtime/kernel_trace.h"

/* Why the target's main thread stopped, as far as that is for the tracer to
 * handle. */
enum chestnut_stop {
  CHESTNUT_STOP_EXECUTED, /* it, or a thread that took its place, executed a
                             program */
  CHESTNUT_STOP_TRAP,     /* SIGTRAP is about to be delivered */
  CHESTNUT_STOP_CALL,     /* it enters or leaves a system call */
  CHESTNUT_STOP_ENDED,    /* the process is no more */
  CHESTNUT_STOP_LOST,     /* nothing is traced any more */
};

long chestnut_ptrace(long request, int target, unsigned long address,
                     unsigned long data);

/* Begins to trace a process of one thread, without stopping it. If this process
 * ends, the target is killed. */
long chestnut_attach(int target);

/* To be called when the target has executed a program: the thread that did it
 * may have been another than the one attached to. */
long chestnut_adopt(int target);

/* Waits until the target stops for one of these reasons. Other signals are
 * delivered, and stops by job control last until SIGCONT; after each the target
 * goes on by `resume` (CHESTNUT_PTRACE_CONT or CHESTNUT_PTRACE_SYSCALL). Its
 * other threads go on in any case: they are only traced so that none can
 * execute a program unseen, and become free when this process ends. */
enum chestnut_stop chestnut_wait_for_stop(int target, long resume);

long chestnut_read_bytes(int target, unsigned long address, void *bytes,
                         unsigned long size);
/* Also where the target itself may not write, as ptrace(2) has it. */
long chestnut_write_bytes(int target, unsigned long address, const void *bytes,
                          unsigned long size);

/* The entry in the auxiliary vector of a program that has just been executed;
 * `stack` is its stack pointer, `missing` what to return if there is none. */
unsigned long chestnut_auxiliary(int target, unsigned long stack,
                                 unsigned long type, unsigned long missing);

/* A call that the target is made to make. */
struct chestnut_remote_call {
  long number;
  unsigned long arguments[4];
};

/* Makes the stopped target make a call by the `syscall` instruction that stands
 * at `instruction`. Returns 0 and the call's result, or a negative errno if the
 * target did not make it. It is left stopped behind the call with registers
 * that have to be set back. */
long chestnut_remote_call(int target, unsigned long instruction,
                          const struct chestnut_remote_call *call,
                          long *result);

#endif /* CHESTNUT_RUNTIME_REMOTE_H_ */
