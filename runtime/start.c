#include "runtime/start.h"

#include "runtime/canary.h"
#include "runtime/install_rules.h"
#include "runtime/kernel_trace.h"
#include "runtime/message.h"
#include "runtime/tracer.h"

enum {
  STARTER_STACK = 8 << 10,
  TRACER_STACK = 32 << 10,
  STANDARD_DESCRIPTORS = 3,
};

/* Starts a process that shares our memory, runs `run` on its own stack and has
 * no exit signal. Returns its id or a negative errno. `run` does not return. */
static long spawn(unsigned long flags, char *stack_end, void (*run)(void *),
                  void *argument) {
  void **stack = (void **)stack_end - 2;
  long result;
  register long r10 __asm__("r10") = 0;
  register long r8 __asm__("r8") = 0;
  stack[0] = (void *)run;
  stack[1] = argument;
  __asm__ volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "pop %%rax\n\t"
      "pop %%rdi\n\t"
      "call *%%rax\n\t"
      "ud2\n"
      "1:"
      : "=a"(result)
      : "a"((long)CHESTNUT_SYS_CLONE), "D"(flags), "S"(stack), "d"(0), "r"(r10),
        "r"(r8)
      : "rcx", "r11", "memory");
  return result;
}

static void close_descriptor(int descriptor) {
  chestnut_call(CHESTNUT_SYS_CLOSE, descriptor, 0, 0, 0, 0);
}

/* Not among the standard descriptors, whichever of them are closed. */
static int move_up(int descriptor) {
  int moved = descriptor;
  if (descriptor < STANDARD_DESCRIPTORS) {
    moved = (int)chestnut_call(CHESTNUT_SYS_FCNTL, descriptor,
                               CHESTNUT_F_DUPFD_CLOEXEC, STANDARD_DESCRIPTORS,
                               0, 0);
    close_descriptor(descriptor);
  }
  return moved;
}

static long make_pipe(int ends[2]) {
  const long error = chestnut_call(CHESTNUT_SYS_PIPE2, (long)ends,
                                   CHESTNUT_O_CLOEXEC, 0, 0, 0);
  if (error != 0) return error;
  ends[0] = move_up(ends[0]);
  ends[1] = move_up(ends[1]);
  return ends[0] < 0 ? ends[0] : ends[1] < 0 ? ends[1] : 0;
}

static struct chestnut_start_failure failure(enum chestnut_start_step step,
                                             const char *what, long result) {
  const struct chestnut_start_failure failure = {step, what,
                                                 result < 0 ? (int)-result : 0};
  return failure;
}

/* What this process and its helpers share; static, as the tracer goes on when
 * the stack that started it is gone. */
struct chestnut_helpers {
  struct chestnut_tracing tracing;
  long tracer; /* its id, or a negative errno */
};
static struct chestnut_helpers chestnut_helpers;
static char chestnut_starter_stack[STARTER_STACK] __attribute__((aligned(64)));
static char chestnut_tracer_stack[TRACER_STACK] __attribute__((aligned(64)));

/* The child in between. */
static void start_tracer(void *argument) {
  struct chestnut_helpers *helpers = argument;
  helpers->tracer =
      spawn(CHESTNUT_CLONE_VM, chestnut_tracer_stack + TRACER_STACK,
            chestnut_trace, &helpers->tracing);
  chestnut_exit_process(0);
}

static int trap_is_ignored(void) {
  struct chestnut_sigaction action = {0};
  chestnut_call(CHESTNUT_SYS_RT_SIGACTION, CHESTNUT_SIGTRAP, 0, (long)&action,
                sizeof(action.mask), 0);
  return (unsigned long)action.handler == CHESTNUT_SIGNAL_IGNORED;
}

/* Returns when the tracer is running, or the reason in helpers->tracer. */
static void spawn_helpers(struct chestnut_helpers *helpers) {
  const unsigned long all = ~0ul;
  unsigned long mask = 0;
  long child;
  /* The helpers begin with this mask. */
  chestnut_call(CHESTNUT_SYS_RT_SIGPROCMASK, CHESTNUT_SIG_SETMASK, (long)&all,
                (long)&mask, sizeof(mask), 0);
  helpers->tracer = 0;
  child = spawn(CHESTNUT_CLONE_VM | CHESTNUT_CLONE_VFORK,
                chestnut_starter_stack + STARTER_STACK, start_tracer, helpers);
  if (child < 0) {
    helpers->tracer = child;
  } else {
    while (chestnut_call(CHESTNUT_SYS_WAIT4, child, 0, CHESTNUT_WAIT_ALL, 0,
                         0) == -CHESTNUT_EINTR) {
    }
  }
  chestnut_call(CHESTNUT_SYS_RT_SIGPROCMASK, CHESTNUT_SIG_SETMASK, (long)&mask,
                0, sizeof(mask), 0);
}

/* Lets the tracer begin; returns 1 and what the kernel answered it, or 0 if it
 * is gone. */
static int let_attach(struct chestnut_helpers *helpers, long *answer) {
  struct chestnut_tracing *tracing = &helpers->tracing;
  const char ready = 1;
  long count;
  /* An error means that there is no Yama to ask. */
  chestnut_call(CHESTNUT_SYS_PRCTL, CHESTNUT_PR_SET_PTRACER, helpers->tracer, 0,
                0, 0);
  /* Our own read end stays open meanwhile, so there is no SIGPIPE. */
  chestnut_call(CHESTNUT_SYS_WRITE, tracing->ready[1], (long)&ready, 1, 0, 0);
  close_descriptor(tracing->ready[0]);
  close_descriptor(tracing->attached[1]);
  do {
    count = chestnut_call(CHESTNUT_SYS_READ, tracing->attached[0], (long)answer,
                          sizeof(*answer), 0, 0);
  } while (count == -CHESTNUT_EINTR);
  return count == sizeof(*answer);
}

static struct chestnut_start_failure execute(
    const struct chestnut_start *start) {
  const long error =
      chestnut_call(CHESTNUT_SYS_EXECVE, (long)start->path,
                    (long)start->arguments, (long)start->environment, 0, 0);
  return failure(CHESTNUT_START_EXECUTE, "it could not be executed", error);
}

struct chestnut_start_failure chestnut_start_at_entry(
    const struct chestnut_start *start) {
  struct chestnut_helpers *helpers = &chestnut_helpers;
  struct chestnut_tracing *tracing = &helpers->tracing;
  long answer = 0;
  long error = make_pipe(tracing->ready);
  if (error == 0) error = make_pipe(tracing->attached);
  if (error != 0) {
    return failure(CHESTNUT_START_HELPER, "no pipe could be made", error);
  }
  tracing->start = start;
  tracing->target = (int)chestnut_call(CHESTNUT_SYS_GETPID, 0, 0, 0, 0, 0);
  tracing->trap_is_ignored = trap_is_ignored();
  spawn_helpers(helpers);
  if (helpers->tracer <= 0) {
    return failure(CHESTNUT_START_HELPER, "no process could be started",
                   helpers->tracer);
  }
  if (!let_attach(helpers, &answer)) {
    return failure(CHESTNUT_START_HELPER, "the helper ended unexpectedly", 0);
  }
  if (answer != 0) {
    return failure(CHESTNUT_START_TRACE, "the kernel does not let it be traced",
                   answer);
  }
  return execute(start);
}

/* The filter may allow only what the program needs, so the caller's own ways to
 * report are not open any more. */
static _Noreturn void fail_under_filter(const struct chestnut_start *start,
                                        int error) {
  struct chestnut_message message;
  message.length = 0;
  chestnut_put(&message, "chestnut: ");
  chestnut_put(&message, start->path);
  chestnut_put(&message, " could not be executed under its filter: errno ");
  chestnut_put_number(&message, error);
  chestnut_put(&message, "\n");
  chestnut_send(&message);
  chestnut_exit_process(CHESTNUT_EXIT_NOT_EXECUTED);
}

struct chestnut_start_failure chestnut_start_at_exec(
    const struct chestnut_start *start) {
  const struct chestnut_program program = {
      .length = (unsigned short)start->filter_length,
      .instructions = start->filter,
  };
  static const long calls[][4] = {
      [CHESTNUT_STEP_SET_NO_NEW_PRIVS] = {CHESTNUT_SYS_PRCTL,
                                          CHESTNUT_PR_SET_NO_NEW_PRIVS, 1},
      [CHESTNUT_STEP_GET_NO_NEW_PRIVS] = {CHESTNUT_SYS_PRCTL,
                                          CHESTNUT_PR_GET_NO_NEW_PRIVS},
      [CHESTNUT_STEP_FILTER] = {CHESTNUT_SYS_SECCOMP,
                                CHESTNUT_SECCOMP_SET_MODE_FILTER,
                                CHESTNUT_SECCOMP_FILTER_FLAG_TSYNC},
      [CHESTNUT_STEP_CANARY] = {CHESTNUT_CANARY_NUMBER},
  };
  for (unsigned int i = 0; i < sizeof(calls) / sizeof(*calls); ++i) {
    const enum chestnut_step step = (enum chestnut_step)i;
    const long third = step == CHESTNUT_STEP_FILTER ? (long)&program : 0;
    const long result =
        chestnut_call(calls[i][0], calls[i][1], calls[i][2], third, 0, 0);
    const char *what = chestnut_step_failure(step, result, start->canary_errno);
    if (what != 0) return failure(CHESTNUT_START_FILTER, what, result);
  }
  fail_under_filter(start, execute(start).error);
}
