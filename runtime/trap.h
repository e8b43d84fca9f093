/* Mode trap: a SIGSYS handler that says which call was denied and where, and
 * ends the process. Included by runtime.c after the policy header. */
#ifndef CHESTNUT_RUNTIME_TRAP_H_
#define CHESTNUT_RUNTIME_TRAP_H_

#include "runtime/kernel.h"
#include "runtime/message.h"

enum {
  CHESTNUT_TRAP_STATUS = 159, /* 128 + SIGSYS, as a shell shows the signal */
  CHESTNUT_MOST_FRAMES = 16,
  CHESTNUT_MOST_WORDS = 512, /* of the stack, looked at for return addresses */
};

/* The bounds of the program's own code; the linker defines them. */
// NOLINTNEXTLINE(bugprone-reserved-identifier): the linker's name
extern const char __executable_start[] __attribute__((weak));
extern const char etext[] __attribute__((weak));

/* Where the main thread's stack can be read: everything from its stack pointer
 * up to `chestnut_stack_top`. The kernel keeps at least 128 MiB below that free
 * of other mappings, so an address nearer than this is on that stack. */
static unsigned long chestnut_stack_top;
static const unsigned long chestnut_stack_reach = 64UL << 20;
static const unsigned long chestnut_page_size = 4096;

/* The end of what is surely mapped above `stack`: in other threads only the
 * page that the stack pointer itself is in. */
static unsigned long chestnut_readable_end(unsigned long stack) {
  if (stack < chestnut_stack_top &&
      chestnut_stack_top - stack < chestnut_stack_reach) {
    return chestnut_stack_top;
  }
  return (stack & ~(chestnut_page_size - 1)) + chestnut_page_size;
}

static int chestnut_is_code(unsigned long address) {
  return address >= (unsigned long)__executable_start &&
         address < (unsigned long)etext;
}

static void chestnut_put_frame(struct chestnut_message *message,
                               unsigned long address) {
  chestnut_put(message, " ");
  chestnut_put_address(message, address);
}

/* By frame pointers where there are any. */
static int chestnut_put_frames(struct chestnut_message *message,
                               unsigned long frame, unsigned long stack,
                               unsigned long end) {
  int count = 0;
  unsigned long lowest = stack;
  while (count < CHESTNUT_MOST_FRAMES && frame % sizeof(long) == 0 &&
         frame >= lowest && frame < end && end - frame >= 2 * sizeof(long)) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): registers hold numbers
    const unsigned long *words = (const unsigned long *)frame;
    /* Registers that hold no frame pointer often point somewhere on the stack:
     * what stands there is data. */
    if (words[1] < chestnut_page_size ||
        (words[1] >= stack && words[1] < end)) {
      break;
    }
    chestnut_put_frame(message, words[1]);
    ++count;
    lowest = frame + 2 * sizeof(long);
    frame = words[0];
  }
  return count;
}

/* Without them: every word on the stack that points into the program's code. */
static void chestnut_put_candidates(struct chestnut_message *message,
                                    unsigned long stack, unsigned long end) {
  int count = 0;
  stack = (stack + sizeof(long) - 1) & ~(sizeof(long) - 1);
  for (int i = 0; i < CHESTNUT_MOST_WORDS && count < CHESTNUT_MOST_FRAMES &&
                  stack < end && end - stack >= sizeof(long);
       ++i, stack += sizeof(long)) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): registers hold numbers
    const unsigned long word = *(const unsigned long *)stack;
    if (!chestnut_is_code(word)) continue;
    chestnut_put_frame(message, word);
    ++count;
  }
}

static void chestnut_put_call(struct chestnut_message *message, int number) {
  const unsigned int count = sizeof(chestnut_names) / sizeof(*chestnut_names);
  for (unsigned int i = 0; i < count; ++i) {
    if (chestnut_names[i].number != number) continue;
    chestnut_put(message, chestnut_names[i].name);
    chestnut_put(message, " (");
    chestnut_put_number(message, number);
    chestnut_put(message, chestnut_names[i].allowed
                              ? ") is not allowed with these arguments"
                              : ") is not allowed");
    return;
  }
  chestnut_put(message, "call ");
  chestnut_put_number(message, number);
  chestnut_put(message, " is not allowed");
}

static void chestnut_put_arguments(struct chestnut_message *message,
                                   const struct chestnut_context *context) {
  const unsigned long arguments[] = {context->rdi, context->rsi, context->rdx,
                                     context->r10, context->r8,  context->r9};
  for (unsigned int i = 0; i < 6; ++i) {
    chestnut_put_frame(message, arguments[i]);
  }
}

static void chestnut_put_hint(struct chestnut_message *message, int number) {
  const unsigned int count = sizeof(chestnut_names) / sizeof(*chestnut_names);
  chestnut_put(message,
               "\nchestnut: why: chestnut explain " CHESTNUT_PROGRAM " ");
  for (unsigned int i = 0; i < count; ++i) {
    if (chestnut_names[i].number == number) {
      chestnut_put(message, chestnut_names[i].name);
      chestnut_put(message, "\n");
      return;
    }
  }
  chestnut_put_number(message, number);
  chestnut_put(message, "\n");
}

static void chestnut_on_sigsys(int signal, void *info_pointer,
                               void *context_pointer) {
  const struct chestnut_siginfo *info = info_pointer;
  const struct chestnut_context *context = context_pointer;
  const unsigned long end = chestnut_readable_end(context->rsp);
  struct chestnut_message message;
  (void)signal;
  message.length = 0;
  chestnut_put(&message, "chestnut: ");
  chestnut_put_call(&message, info->number);
  chestnut_put(&message, "; thread ");
  chestnut_put_number(&message,
                      chestnut_call(CHESTNUT_SYS_GETTID, 0, 0, 0, 0, 0));
  chestnut_put(&message, ", address ");
  chestnut_put_address(&message, info->call_address);
  chestnut_put(&message, "\nchestnut: arguments");
  chestnut_put_arguments(&message, context);
  chestnut_put(&message, "\nchestnut: program at");
  chestnut_put_frame(&message, (unsigned long)__executable_start);
  chestnut_put(&message, ", called from");
  if (chestnut_put_frames(&message, context->rbp, context->rsp, end) < 2) {
    chestnut_put(&message, " perhaps");
    chestnut_put_candidates(&message, context->rsp, end);
  }
  chestnut_put_hint(&message, info->number);
  chestnut_send(&message);
  chestnut_exit_process(CHESTNUT_TRAP_STATUS);
}

/* Never reached, as the handler does not return; the kernel wants one. */
__attribute__((naked, noinline)) static void chestnut_restorer(void) {
  __asm__ volatile("mov $15, %eax\n\tsyscall");
}

/* 0, or the kernel's error. */
static long chestnut_install_trap(unsigned long stack_top) {
  const unsigned long signals = 1UL << (CHESTNUT_SIGSYS - 1);
  const struct chestnut_sigaction action = {
      .handler = chestnut_on_sigsys,
      .flags = CHESTNUT_SA_SIGINFO | CHESTNUT_SA_ONSTACK | CHESTNUT_SA_RESTORER,
      .restorer = chestnut_restorer,
      .mask = ~0UL,
  };
  long error;
  chestnut_stack_top = stack_top;
  error = chestnut_call(CHESTNUT_SYS_RT_SIGACTION, CHESTNUT_SIGSYS,
                        (long)&action, 0, sizeof(long), 0);
  if (error != 0) return error;
  /* A parent may have left it blocked: then the kernel would kill silently. */
  return chestnut_call(CHESTNUT_SYS_RT_SIGPROCMASK, CHESTNUT_SIG_UNBLOCK,
                       (long)&signals, 0, sizeof(long), 0);
}

#endif /* CHESTNUT_RUNTIME_TRAP_H_ */
