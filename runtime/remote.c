#include "runtime/remote.h"

#include "runtime/kernel_trace.h"

static const unsigned long word_size = sizeof(unsigned long);

long chestnut_ptrace(long request, int target, unsigned long address,
                     unsigned long data) {
  return chestnut_call(CHESTNUT_SYS_PTRACE, request, target, (long)address,
                       (long)data, 0);
}

/* With CHESTNUT_PTRACE_O_EXITKILL only the main thread: its death is that of
 * the process, and the others must survive our end. */
enum {
  THREAD_OPTIONS = CHESTNUT_PTRACE_O_TRACECLONE | CHESTNUT_PTRACE_O_TRACEEXEC |
                   CHESTNUT_PTRACE_O_TRACESYSGOOD,
  MAIN_OPTIONS = THREAD_OPTIONS | CHESTNUT_PTRACE_O_EXITKILL,
};

long chestnut_attach(int target) {
  return chestnut_ptrace(CHESTNUT_PTRACE_SEIZE, target, 0, MAIN_OPTIONS);
}

long chestnut_adopt(int target) {
  return chestnut_ptrace(CHESTNUT_PTRACE_SETOPTIONS, target, 0, MAIN_OPTIONS);
}

static int stops_the_process(int signal) {
  return signal >= 19 && signal <= 22; /* SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU */
}

/* Lets a stopped thread go on as if nobody traced it. */
static void pass_on(int thread, int status, long resume) {
  const int signal = status >> 8 & 0xff;
  const int event = status >> 16;
  if (event == CHESTNUT_PTRACE_EVENT_STOP && stops_the_process(signal)) {
    chestnut_ptrace(CHESTNUT_PTRACE_LISTEN, thread, 0, 0);
    return;
  }
  chestnut_ptrace(resume, thread, 0, event == 0 ? (unsigned long)signal : 0);
}

/* A stop of another thread than the main one. */
static void handle_thread(int target, int thread, int status) {
  if ((status & 0xff) != 0x7f) return; /* it ended */
  if (status >> 16 == CHESTNUT_PTRACE_EVENT_STOP) {
    /* The first stop of a thread, or of a process made by clone. */
    if (chestnut_call(CHESTNUT_SYS_TGKILL, target, thread, 0, 0, 0) != 0) {
      chestnut_ptrace(CHESTNUT_PTRACE_DETACH, thread, 0, 0);
      return;
    }
    chestnut_ptrace(CHESTNUT_PTRACE_SETOPTIONS, thread, 0, THREAD_OPTIONS);
  }
  pass_on(thread, status, CHESTNUT_PTRACE_CONT);
}

enum chestnut_stop chestnut_wait_for_stop(int target, long resume) {
  for (;;) {
    int status = 0;
    const long waited = chestnut_call(CHESTNUT_SYS_WAIT4, -1, (long)&status,
                                      CHESTNUT_WAIT_ALL, 0, 0);
    if (waited == -CHESTNUT_EINTR) continue;
    if (waited < 0) return CHESTNUT_STOP_LOST;
    if (waited != target) {
      handle_thread(target, (int)waited, status);
      continue;
    }
    if ((status & 0xff) != 0x7f) return CHESTNUT_STOP_ENDED;
    if (status >> 16 == CHESTNUT_PTRACE_EVENT_EXEC) {
      return CHESTNUT_STOP_EXECUTED;
    }
    if (status >> 8 == CHESTNUT_SYSCALL_STOP) return CHESTNUT_STOP_CALL;
    if (status >> 8 == CHESTNUT_SIGTRAP) return CHESTNUT_STOP_TRAP;
    pass_on(target, status, resume);
  }
}

/* The kernel reads and writes words; those at the ends may hold more than is
 * asked for. */
static long read_word(int target, unsigned long address, unsigned long *word) {
  return chestnut_ptrace(CHESTNUT_PTRACE_PEEKDATA, target, address,
                         (unsigned long)word);
}

long chestnut_read_bytes(int target, unsigned long address, void *bytes,
                         unsigned long size) {
  unsigned char *to = bytes;
  unsigned long word = 0;
  for (unsigned long i = 0; i < size; ++i, ++address) {
    if (i == 0 || address % word_size == 0) {
      const long error =
          read_word(target, address - address % word_size, &word);
      if (error != 0) return error;
    }
    to[i] = (unsigned char)(word >> address % word_size * 8);
  }
  return 0;
}

long chestnut_write_bytes(int target, unsigned long address, const void *bytes,
                          unsigned long size) {
  const unsigned char *from = bytes;
  while (size > 0) {
    const unsigned long first = address % word_size;
    const unsigned long aligned = address - first;
    unsigned long word = 0;
    unsigned long i = first;
    long error = 0;
    if (first != 0 || size < word_size) {
      error = read_word(target, aligned, &word);
    }
    if (error != 0) return error;
    for (; i < word_size && size > 0; ++i, --size) {
      word &= ~(0xfful << i * 8);
      word |= (unsigned long)*from++ << i * 8;
    }
    error = chestnut_ptrace(CHESTNUT_PTRACE_POKEDATA, target, aligned, word);
    if (error != 0) return error;
    address = aligned + i;
  }
  return 0;
}

unsigned long chestnut_auxiliary(int target, unsigned long stack,
                                 unsigned long type, unsigned long missing) {
  unsigned long word = 0;
  if (read_word(target, stack, &word) != 0) return missing;
  /* The number of arguments, they and a null, the environment and a null. */
  stack += (word + 2) * word_size;
  do {
    if (read_word(target, stack, &word) != 0) return missing;
    stack += word_size;
  } while (word != 0);
  for (;; stack += 2 * word_size) {
    if (read_word(target, stack, &word) != 0) return missing;
    if (word == CHESTNUT_AT_NULL) return missing;
    if (word != type) continue;
    return read_word(target, stack + word_size, &word) == 0 ? word : missing;
  }
}

/* To the next stop before or behind a system call. */
static long resume_to_call(int target) {
  const long error = chestnut_ptrace(CHESTNUT_PTRACE_SYSCALL, target, 0, 0);
  if (error != 0) return error;
  switch (chestnut_wait_for_stop(target, CHESTNUT_PTRACE_SYSCALL)) {
    case CHESTNUT_STOP_CALL:
      return 0;
    case CHESTNUT_STOP_ENDED:
      return -CHESTNUT_ESRCH;
    default:
      return -CHESTNUT_ECHILD;
  }
}

long chestnut_remote_call(int target, unsigned long instruction,
                          const struct chestnut_remote_call *call,
                          long *result) {
  struct chestnut_registers registers;
  long error = chestnut_ptrace(CHESTNUT_PTRACE_GETREGS, target, 0,
                               (unsigned long)&registers);
  if (error != 0) return error;
  registers.rip = instruction;
  registers.rax = (unsigned long)call->number;
  registers.rdi = call->arguments[0];
  registers.rsi = call->arguments[1];
  registers.rdx = call->arguments[2];
  registers.r10 = call->arguments[3];
  registers.r8 = 0;          /* prctl wants the rest to be 0 */
  registers.orig_rax = ~0ul; /* no call to be restarted */
  error = chestnut_ptrace(CHESTNUT_PTRACE_SETREGS, target, 0,
                          (unsigned long)&registers);
  if (error == 0) error = resume_to_call(target);
  if (error == 0) error = resume_to_call(target);
  if (error == 0) {
    error = chestnut_ptrace(CHESTNUT_PTRACE_GETREGS, target, 0,
                            (unsigned long)&registers);
  }
  *result = (long)registers.rax;
  return error;
}
