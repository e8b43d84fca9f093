#include "runtime/tracer.h"

#include "runtime/canary.h"
#include "runtime/handover.h"
#include "runtime/install_rules.h"
#include "runtime/kernel_trace.h"
#include "runtime/message.h"
#include "runtime/remote.h"
#include "runtime/rendezvous.h"

enum {
  RED_ZONE = 128,
  MOST_INSTRUCTIONS = 4096, /* BPF_MAXINSNS */
  MASK_SIZE = 8,            /* of the kernel's sigset_t */
  ENTRY_SIZE = 2,           /* of the instructions put there */
  SIGNAL_CODE = 2,          /* siginfo's third int */
};

static const unsigned char chestnut_int3[1] = {0xcc};
static const unsigned char chestnut_syscall[ENTRY_SIZE] = {0x0f, 0x05};
static const unsigned long chestnut_trap_bit = 1ul << (CHESTNUT_SIGTRAP - 1);

/* The program, from its execve on. */
struct chestnut_target {
  const struct chestnut_tracing *tracing;
  int id;
  unsigned long entry;
  unsigned char entry_bytes[ENTRY_SIZE];
  int trap_is_blocked; /* when it was executed */
  struct chestnut_registers registers;
  unsigned long mask;
  unsigned long question[2]; /* of a rendezvous call under way; 0: none */
};

/* What is put on the target's stack for seccomp(2) and rt_sigaction(2). */
struct chestnut_image {
  unsigned long length; /* struct sock_fprog */
  unsigned long instructions;
  struct chestnut_sigaction action;
  struct chestnut_instruction filter[MOST_INSTRUCTIONS];
};
static struct chestnut_image chestnut_image;
static struct chestnut_image chestnut_saved_stack;

static _Noreturn void kill_after(const struct chestnut_target *target,
                                 struct chestnut_message *message) {
  chestnut_put(message, "; the program is killed\n");
  /* Before the death, so that it stands before what the parent prints. */
  chestnut_send(message);
  chestnut_call(CHESTNUT_SYS_KILL, target->id, CHESTNUT_SIGKILL, 0, 0, 0);
  chestnut_exit_process(1);
}

static void begin_message(struct chestnut_message *message, const char *what) {
  message->length = 0;
  chestnut_put(message, "chestnut: the sandbox could not be put on: ");
  chestnut_put(message, what);
}

static _Noreturn void fail(const struct chestnut_target *target,
                           const char *what) {
  struct chestnut_message message;
  begin_message(&message, what);
  kill_after(target, &message);
}

static _Noreturn void fail_with(const struct chestnut_target *target,
                                const char *what, long result) {
  struct chestnut_message message;
  begin_message(&message, what);
  chestnut_put(&message, " (");
  chestnut_put_number(&message, result);
  chestnut_put(&message, ")");
  kill_after(target, &message);
}

static void require(const struct chestnut_target *target, const char *what,
                    long error) {
  /* Somebody killed it: nothing goes wrong, nobody needs to be told, and its id
     may soon be another's. */
  if (error == -CHESTNUT_ESRCH) chestnut_exit_process(1);
  if (error != 0) fail_with(target, what, error);
}

static void set_mask(const struct chestnut_target *target, unsigned long mask) {
  require(target, "the signal mask cannot be set",
          chestnut_ptrace(CHESTNUT_PTRACE_SETSIGMASK, target->id, MASK_SIZE,
                          (unsigned long)&mask));
}

static void get_mask(struct chestnut_target *target) {
  require(target, "the signal mask cannot be read",
          chestnut_ptrace(CHESTNUT_PTRACE_GETSIGMASK, target->id, MASK_SIZE,
                          (unsigned long)&target->mask));
}

static void get_registers(struct chestnut_target *target) {
  require(target, "the registers cannot be read",
          chestnut_ptrace(CHESTNUT_PTRACE_GETREGS, target->id, 0,
                          (unsigned long)&target->registers));
}

/* The target has executed a program: puts a breakpoint on its entry point. */
static void prepare(struct chestnut_target *target) {
  const int id = target->id;
  unsigned long stack;
  require(target, "it cannot be traced", chestnut_adopt(id));
  get_registers(target);
  if (target->registers.cs != CHESTNUT_CODE_SEGMENT_64) {
    fail(target, "the program is not a 64-bit one");
  }
  stack = target->registers.rsp;
  if (chestnut_auxiliary(id, stack, CHESTNUT_AT_SECURE, 1) != 0) {
    fail(target,
         "the program is set-uid, set-gid or has capabilities of its own, "
         "which no_new_privs would take away");
  }
  target->entry = chestnut_auxiliary(id, stack, CHESTNUT_AT_ENTRY, 0);
  if (target->entry == 0) fail(target, "the entry point is not known");
  /* It stops by itself, when it puts its filter on. */
  if (target->tracing->start->filter_is_carried) return;
  get_mask(target);
  target->trap_is_blocked = (target->mask & chestnut_trap_bit) != 0;
  require(target, "the entry point cannot be read",
          chestnut_read_bytes(id, target->entry, target->entry_bytes,
                              sizeof(target->entry_bytes)));
  require(target, "the breakpoint cannot be set",
          chestnut_write_bytes(id, target->entry, chestnut_int3,
                               sizeof(chestnut_int3)));
}

/* Whether the SIGTRAP at which the target stopped is the breakpoint's. Reads
 * the registers. */
static int is_at_entry(struct chestnut_target *target) {
  int information[32]; /* siginfo_t */
  if (target->entry == 0 || target->tracing->start->filter_is_carried) return 0;
  require(target, "the signal cannot be read",
          chestnut_ptrace(CHESTNUT_PTRACE_GETSIGINFO, target->id, 0,
                          (unsigned long)information));
  get_registers(target);
  return information[SIGNAL_CODE] == CHESTNUT_SI_KERNEL &&
         target->registers.rip == target->entry + sizeof(chestnut_int3);
}

/* Of what else a result as large as the number may be. */
static int may_be_descriptor(const struct chestnut_target *target,
                             long number) {
  return number == CHESTNUT_SYS_SECCOMP &&
         target->tracing->start->supervisor != 0;
}

static long make_call(const struct chestnut_target *target, long number,
                      unsigned long a, unsigned long b, unsigned long c,
                      unsigned long d) {
  const struct chestnut_remote_call call = {number, {a, b, c, d}};
  long result = 0;
  const long error =
      chestnut_remote_call(target->id, target->entry, &call, &result);
  require(target, "a system call was not made", error);
  /* Where a filter kills, the kernel leaves the number there for the core. */
  if (result == number && !may_be_descriptor(target, number)) {
    fail(target, "another filter kills the program for it");
  }
  return result;
}

static void take_step(const struct chestnut_target *target,
                      enum chestnut_step step, long result) {
  const char *failure =
      chestnut_step_failure(step, result, target->tracing->start->canary_errno);
  if (failure != 0) fail_with(target, failure, result);
}

/* Puts a filter with a listener on, and hands the listener over. */
static void take_listener_step(const struct chestnut_target *target,
                               unsigned long image) {
  const struct chestnut_start *start = target->tracing->start;
  const unsigned long flags = CHESTNUT_SECCOMP_FILTER_FLAG_TSYNC |
                              CHESTNUT_SECCOMP_FILTER_FLAG_TSYNC_ESRCH |
                              CHESTNUT_SECCOMP_FILTER_FLAG_NEW_LISTENER;
  long listener;
  /* An error means that nothing restricts reading its memory. */
  make_call(target, CHESTNUT_SYS_PRCTL, CHESTNUT_PR_SET_PTRACER,
            (unsigned long)start->supervisor, 0, 0);
  listener = make_call(
      target, CHESTNUT_SYS_SECCOMP, CHESTNUT_SECCOMP_SET_MODE_FILTER,
      flags | CHESTNUT_SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, image, 0);
  if (listener == CHESTNUT_NO_SUCH_FLAG) { /* before Linux 5.19 */
    listener = make_call(target, CHESTNUT_SYS_SECCOMP,
                         CHESTNUT_SECCOMP_SET_MODE_FILTER, flags, image, 0);
  }
  take_step(target, CHESTNUT_STEP_LISTENER, listener);
  require(target, "the listener cannot be handed to the supervisor",
          chestnut_send_listener(target->id, (int)listener,
                                 start->supervisor_socket));
  if (make_call(target, CHESTNUT_SYS_CLOSE, (unsigned long)listener, 0, 0, 0) !=
      0) {
    fail(target, "the listener cannot be closed");
  }
}

static void take_filter_step(const struct chestnut_target *target,
                             unsigned long image) {
  if (target->tracing->start->supervisor != 0) {
    take_listener_step(target, image);
    return;
  }
  take_step(
      target, CHESTNUT_STEP_FILTER,
      make_call(target, CHESTNUT_SYS_SECCOMP, CHESTNUT_SECCOMP_SET_MODE_FILTER,
                CHESTNUT_SECCOMP_FILTER_FLAG_TSYNC, image, 0));
}

static void take_steps(const struct chestnut_target *target,
                       unsigned long image) {
  take_step(target, CHESTNUT_STEP_SET_NO_NEW_PRIVS,
            make_call(target, CHESTNUT_SYS_PRCTL, CHESTNUT_PR_SET_NO_NEW_PRIVS,
                      1, 0, 0));
  take_step(target, CHESTNUT_STEP_GET_NO_NEW_PRIVS,
            make_call(target, CHESTNUT_SYS_PRCTL, CHESTNUT_PR_GET_NO_NEW_PRIVS,
                      0, 0, 0));
  take_filter_step(target, image);
  take_step(target, CHESTNUT_STEP_CANARY,
            make_call(target, CHESTNUT_CANARY_NUMBER, 0, 0, 0, 0));
}

/* The breakpoint reset SIGTRAP's action if it was to ignore it. */
static void ignore_trap_again(const struct chestnut_target *target,
                              unsigned long action) {
  const unsigned long offset =
      __builtin_offsetof(struct chestnut_sigaction, handler);
  unsigned long handler = 0;
  if (make_call(target, CHESTNUT_SYS_RT_SIGACTION, CHESTNUT_SIGTRAP, 0, action,
                MASK_SIZE) != 0 ||
      chestnut_read_bytes(target->id, action + offset, &handler,
                          sizeof(handler)) != 0) {
    fail(target, "the action for SIGTRAP cannot be read");
  }
  if (handler != 0) return; /* a constructor's choice */
  chestnut_image.action.handler =
      // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel's SIG_IGN
      (void (*)(int, void *, void *))CHESTNUT_SIGNAL_IGNORED;
  require(target, "the action for SIGTRAP cannot be written",
          chestnut_write_bytes(target->id, action, &chestnut_image.action,
                               sizeof(chestnut_image.action)));
  if (make_call(target, CHESTNUT_SYS_RT_SIGACTION, CHESTNUT_SIGTRAP, action, 0,
                MASK_SIZE) != 0) {
    fail(target, "SIGTRAP cannot be ignored");
  }
}

/* What seccomp(2) reads, for the address `at`; returns its size. */
static unsigned long fill_image(const struct chestnut_start *start,
                                unsigned long at) {
  const unsigned long head = __builtin_offsetof(struct chestnut_image, filter);
  chestnut_image.length = start->filter_length;
  chestnut_image.instructions = at + head;
  for (unsigned int i = 0; i < start->filter_length; ++i) {
    chestnut_image.filter[i] = start->filter[i];
  }
  return head + start->filter_length * sizeof(*start->filter);
}

/* The target stands behind the breakpoint: puts the filter on and everything
 * else back. */
static void install(struct chestnut_target *target) {
  const struct chestnut_start *start = target->tracing->start;
  const int id = target->id;
  unsigned long image;
  unsigned long size;
  target->registers.rip = target->entry;
  get_mask(target);
  if (target->trap_is_blocked) target->mask |= chestnut_trap_bit;
  set_mask(target, ~0ul);
  image = (target->registers.rsp - RED_ZONE - sizeof(chestnut_image)) & ~63ul;
  size = fill_image(start, image);
  require(target, "the stack cannot be read",
          chestnut_read_bytes(id, image, &chestnut_saved_stack, size));
  require(target, "the stack cannot be written",
          chestnut_write_bytes(id, image, &chestnut_image, size));
  require(target, "the entry point cannot be written",
          chestnut_write_bytes(id, target->entry, chestnut_syscall,
                               sizeof(chestnut_syscall)));
  if (target->tracing->trap_is_ignored) {
    ignore_trap_again(
        target, image + __builtin_offsetof(struct chestnut_image, action));
  }
  take_steps(target, image);
  require(target, "the stack cannot be set back",
          chestnut_write_bytes(id, image, &chestnut_saved_stack, size));
  require(target, "the entry point cannot be set back",
          chestnut_write_bytes(id, target->entry, target->entry_bytes,
                               sizeof(target->entry_bytes)));
  require(target, "the registers cannot be set back",
          chestnut_ptrace(CHESTNUT_PTRACE_SETREGS, id, 0,
                          (unsigned long)&target->registers));
  set_mask(target, target->mask);
}

static _Noreturn void let_go(const struct chestnut_target *target) {
  /* Nobody who waits for the end of a pipe shall wait for us. */
  chestnut_call(CHESTNUT_SYS_CLOSE, 2, 0, 0, 0, 0);
  chestnut_ptrace(CHESTNUT_PTRACE_DETACH, target->id, 0, 0);
  /* The other threads are let go by our end, without being interrupted. */
  chestnut_exit_process(0);
}

/* The stopped program's rendezvous call has the answer. */
static void answer_rendezvous(struct chestnut_target *target, long answer) {
  get_registers(target);
  target->registers.rax = (unsigned long)answer;
  require(target, "the registers cannot be set",
          chestnut_ptrace(CHESTNUT_PTRACE_SETREGS, target->id, 0,
                          (unsigned long)&target->registers));
}

/* At the end of a rendezvous call, whose question stood at its beginning. */
static void end_rendezvous(struct chestnut_target *target) {
  const struct chestnut_start *start = target->tracing->start;
  const unsigned long question = target->question[0];
  target->question[0] = 0;
  if (question == CHESTNUT_RENDEZVOUS_ASK) {
    answer_rendezvous(target,
                      CHESTNUT_RENDEZVOUS_MARK << 32 | start->supervisor);
  } else if (question == CHESTNUT_RENDEZVOUS_LISTENER) {
    require(target, "the listener cannot be handed to the supervisor",
            chestnut_send_listener(target->id, (int)target->question[1],
                                   start->supervisor_socket));
    answer_rendezvous(target, 0);
    let_go(target);
  }
}

/* A program that carries its filter begins or ends a system call. */
static void handle_call(struct chestnut_target *target) {
  struct chestnut_syscall_info call = {0};
  if (!target->tracing->start->filter_is_carried) {
    fail(target, "an unexpected stop");
  }
  /* The result is how much the kernel has to say. */
  if (chestnut_ptrace(CHESTNUT_PTRACE_GET_SYSCALL_INFO, target->id,
                      sizeof(call), (unsigned long)&call) < 0) {
    fail(target, "the kernel does not describe calls (Linux 5.3 and later do)");
  }
  if (call.op == CHESTNUT_SYSCALL_INFO_ENTRY) {
    const int asks = call.number == CHESTNUT_RENDEZVOUS_NUMBER;
    target->question[0] = asks ? call.arguments[0] : 0;
    target->question[1] = asks ? call.arguments[1] : 0;
  } else if (call.op == CHESTNUT_SYSCALL_INFO_EXIT) {
    end_rendezvous(target);
  }
}

static _Noreturn void follow(struct chestnut_target *target) {
  const long resume = target->tracing->start->filter_is_carried
                          ? CHESTNUT_PTRACE_SYSCALL
                          : CHESTNUT_PTRACE_CONT;
  for (;;) {
    unsigned long signal = 0;
    switch (chestnut_wait_for_stop(target->id, resume)) {
      case CHESTNUT_STOP_EXECUTED:
        prepare(target);
        break;
      case CHESTNUT_STOP_TRAP:
        if (is_at_entry(target)) {
          install(target);
          let_go(target);
        }
        signal = CHESTNUT_SIGTRAP;
        break;
      case CHESTNUT_STOP_ENDED:
        chestnut_exit_process(0);
      case CHESTNUT_STOP_LOST:
        fail(target,
             "a thread executed another program before the entry point");
      case CHESTNUT_STOP_CALL:
        handle_call(target);
        break;
    }
    chestnut_ptrace(resume, target->id, 0, signal);
  }
}

static void close_range(int first, int last) {
  if (first > last) return;
  chestnut_call(CHESTNUT_SYS_CLOSE_RANGE, first, last, 0, 0, 0);
}

static void swap(int *a, int *b) {
  const int kept = *a;
  *a = *b;
  *b = kept;
}

/* Keeps our ends of the pipes and the supervisor's socket, and standard error
 * for messages. Of what an old kernel cannot close at once, only the pipes'
 * other ends matter: we have to notice when the target is gone. The rest is
 * closed when we end. */
static void close_others(const struct chestnut_tracing *tracing) {
  const int socket = tracing->start->supervisor_socket;
  int ours[3] = {tracing->ready[0], tracing->attached[1],
                 socket != 0 ? socket : tracing->ready[0]};
  int next = 3;
  chestnut_call(CHESTNUT_SYS_CLOSE, tracing->ready[1], 0, 0, 0, 0);
  chestnut_call(CHESTNUT_SYS_CLOSE, tracing->attached[0], 0, 0, 0, 0);
  if (ours[0] > ours[1]) swap(&ours[0], &ours[1]);
  if (ours[1] > ours[2]) swap(&ours[1], &ours[2]);
  if (ours[0] > ours[1]) swap(&ours[0], &ours[1]);
  close_range(0, 1);
  for (int i = 0; i < 3; ++i) {
    close_range(next, ours[i] - 1);
    next = ours[i] + 1;
  }
  close_range(next, 0x7fffffff);
}

void chestnut_trace(void *argument) {
  const struct chestnut_tracing *tracing = argument;
  static struct chestnut_target target;
  char ready;
  long error;
  target.tracing = tracing;
  target.id = tracing->target;
  /* Out of reach of the terminal and of signals to the target's group. */
  chestnut_call(CHESTNUT_SYS_SETSID, 0, 0, 0, 0, 0);
  close_others(tracing);
  if (chestnut_call(CHESTNUT_SYS_READ, tracing->ready[0], (long)&ready, 1, 0,
                    0) != 1) {
    chestnut_exit_process(1);
  }
  error = chestnut_attach(target.id);
  chestnut_call(CHESTNUT_SYS_WRITE, tracing->attached[1], (long)&error,
                sizeof(error), 0, 0);
  if (error != 0) chestnut_exit_process(1);
  chestnut_call(CHESTNUT_SYS_CLOSE, tracing->ready[0], 0, 0, 0, 0);
  chestnut_call(CHESTNUT_SYS_CLOSE, tracing->attached[1], 0, 0, 0, 0);
  follow(&target);
}
