/* The kernel's x86-64 interface as far as the runtime needs it, without a libc:
 * the same code works with glibc and musl, static or not, and no libc function
 * has to be allowed for. Values are the kernel's (asm/unistd_64.h,
 * linux/prctl.h, linux/seccomp.h, asm/signal.h, asm/siginfo.h, asm/ucontext.h).
 */
#ifndef CHESTNUT_RUNTIME_KERNEL_H_
#define CHESTNUT_RUNTIME_KERNEL_H_

#if !defined(__x86_64__) || defined(__ILP32__)
#error "chestnut: the runtime is for x86-64 (64-bit) programs only"
#endif

enum {
  CHESTNUT_SYS_WRITE = 1,
  CHESTNUT_SYS_CLOSE = 3,
  CHESTNUT_SYS_RT_SIGACTION = 13,
  CHESTNUT_SYS_RT_SIGPROCMASK = 14,
  CHESTNUT_SYS_RT_SIGRETURN = 15,
  CHESTNUT_SYS_PRCTL = 157,
  CHESTNUT_SYS_GETTID = 186,
  CHESTNUT_SYS_EXIT_GROUP = 231,
  CHESTNUT_SYS_SECCOMP = 317,

  CHESTNUT_PR_SET_NO_NEW_PRIVS = 38,
  CHESTNUT_PR_GET_NO_NEW_PRIVS = 39,
  CHESTNUT_SECCOMP_SET_MODE_FILTER = 1,
  CHESTNUT_SECCOMP_FILTER_FLAG_TSYNC = 1,
  CHESTNUT_SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3,
  CHESTNUT_SECCOMP_FILTER_FLAG_TSYNC_ESRCH = 1 << 4,
  CHESTNUT_SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 1 << 5,

  CHESTNUT_PR_SET_PTRACER = 0x59616d61,

  CHESTNUT_EINVAL = 22,

  CHESTNUT_SIGSYS = 31,
  CHESTNUT_SIG_UNBLOCK = 1,
  CHESTNUT_SA_SIGINFO = 0x4,
  CHESTNUT_SA_RESTORER = 0x04000000,
  CHESTNUT_SA_ONSTACK = 0x08000000,
};

/* struct sock_filter */
struct chestnut_instruction {
  unsigned short code;
  unsigned char jump_true;
  unsigned char jump_false;
  unsigned int k;
};

/* struct sock_fprog */
struct chestnut_program {
  unsigned short length;
  const struct chestnut_instruction *instructions;
};

/* struct sigaction as rt_sigaction takes it */
struct chestnut_sigaction {
  void (*handler)(int, void *, void *);
  unsigned long flags;
  void (*restorer)(void);
  unsigned long mask;
};

/* siginfo_t of a SIGSYS */
struct chestnut_siginfo {
  int signal;
  int error;
  int code;
  int padding;
  unsigned long call_address;
  int number;
  unsigned int architecture;
};

/* The head of ucontext_t; the registers in the kernel's order. */
struct chestnut_context {
  unsigned long flags;
  void *link;
  unsigned long stack[3];
  unsigned long r8, r9, r10, r11, r12, r13, r14, r15;
  unsigned long rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip;
};

static inline long chestnut_call(long number, long a, long b, long c, long d,
                                 long e) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}

/* Ends the process; if even that is denied, with an illegal instruction. */
static inline _Noreturn void chestnut_exit_process(int status) {
  chestnut_call(CHESTNUT_SYS_EXIT_GROUP, status, 0, 0, 0, 0);
  __builtin_trap();
}

#endif /* CHESTNUT_RUNTIME_KERNEL_H_ */
