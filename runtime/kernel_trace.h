/* The kernel's x86-64 interface for starting and tracing a program, beside
 * kernel.h. Values are the kernel's (asm/unistd_64.h, linux/ptrace.h,
 * linux/sched.h, linux/auxvec.h, asm/ptrace.h, asm-generic/siginfo.h). */
#ifndef CHESTNUT_RUNTIME_KERNEL_TRACE_H_
#define CHESTNUT_RUNTIME_KERNEL_TRACE_H_

#include "runtime/kernel.h"

enum {
  CHESTNUT_SYS_READ = 0,
  CHESTNUT_SYS_GETPID = 39,
  CHESTNUT_SYS_SENDMSG = 46,
  CHESTNUT_SYS_CLONE = 56,
  CHESTNUT_SYS_EXECVE = 59,
  CHESTNUT_SYS_WAIT4 = 61,
  CHESTNUT_SYS_KILL = 62,
  CHESTNUT_SYS_FCNTL = 72,
  CHESTNUT_SYS_PTRACE = 101,
  CHESTNUT_SYS_SETSID = 112,
  CHESTNUT_SYS_TGKILL = 234,
  CHESTNUT_SYS_PIPE2 = 293,
  CHESTNUT_SYS_PIDFD_OPEN = 434,
  CHESTNUT_SYS_CLOSE_RANGE = 436,
  CHESTNUT_SYS_PIDFD_GETFD = 438,

  CHESTNUT_EINTR = 4,
  CHESTNUT_ESRCH = 3,
  CHESTNUT_ECHILD = 10,

  CHESTNUT_SIGTRAP = 5,
  CHESTNUT_SIGKILL = 9,
  CHESTNUT_SIG_SETMASK = 2,
  CHESTNUT_SIGNAL_IGNORED = 1, /* SIG_IGN; SIG_DFL is 0 */
  CHESTNUT_SI_KERNEL = 0x80,   /* int3's SIGTRAP comes with it */

  CHESTNUT_CLONE_VM = 0x100,
  CHESTNUT_CLONE_VFORK = 0x4000,
  CHESTNUT_WAIT_ALL = 0x40000000, /* __WALL */
  CHESTNUT_O_CLOEXEC = 02000000,
  CHESTNUT_F_DUPFD_CLOEXEC = 1030,

  CHESTNUT_PTRACE_PEEKDATA = 2,
  CHESTNUT_PTRACE_POKEDATA = 5,
  CHESTNUT_PTRACE_CONT = 7,
  CHESTNUT_PTRACE_GETREGS = 12,
  CHESTNUT_PTRACE_SETREGS = 13,
  CHESTNUT_PTRACE_DETACH = 17,
  CHESTNUT_PTRACE_SYSCALL = 24,
  CHESTNUT_PTRACE_SETOPTIONS = 0x4200,
  CHESTNUT_PTRACE_GETSIGINFO = 0x4202,
  CHESTNUT_PTRACE_SEIZE = 0x4206,
  CHESTNUT_PTRACE_LISTEN = 0x4208,
  CHESTNUT_PTRACE_GETSIGMASK = 0x420a,
  CHESTNUT_PTRACE_SETSIGMASK = 0x420b,
  CHESTNUT_PTRACE_GET_SYSCALL_INFO = 0x420e,

  CHESTNUT_PTRACE_O_TRACESYSGOOD = 0x1,
  CHESTNUT_PTRACE_O_TRACECLONE = 0x8,
  CHESTNUT_PTRACE_O_TRACEEXEC = 0x10,
  CHESTNUT_PTRACE_O_EXITKILL = 0x100000,
  CHESTNUT_PTRACE_EVENT_CLONE = 3,
  CHESTNUT_PTRACE_EVENT_EXEC = 4,
  CHESTNUT_PTRACE_EVENT_STOP = 128,
  CHESTNUT_SYSCALL_INFO_ENTRY = 1,
  CHESTNUT_SYSCALL_INFO_EXIT = 2,
  CHESTNUT_SYSCALL_STOP = CHESTNUT_SIGTRAP | 0x80,

  CHESTNUT_AT_NULL = 0,
  CHESTNUT_AT_ENTRY = 9,
  CHESTNUT_AT_SECURE = 23,

  CHESTNUT_SOL_SOCKET = 1,
  CHESTNUT_SCM_RIGHTS = 1,
  CHESTNUT_MSG_NOSIGNAL = 0x4000,

  CHESTNUT_CODE_SEGMENT_64 = 0x33, /* of 64-bit user code */
};

/* struct user_regs_struct */
struct chestnut_registers {
  unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx,
      rsi, rdi, orig_rax, rip, cs, eflags, rsp, ss, fs_base, gs_base, ds, es,
      fs, gs;
};

/* The head of struct ptrace_syscall_info, and what it says of an entry. */
struct chestnut_syscall_info {
  unsigned char op;
  unsigned char padding[3];
  unsigned int architecture;
  unsigned long instruction_pointer;
  unsigned long stack_pointer;
  unsigned long number;
  unsigned long arguments[6];
  unsigned long rest[2];
};

/* struct iovec, struct msghdr, and a struct cmsghdr with one descriptor */
struct chestnut_vector {
  void *base;
  unsigned long length;
};
struct chestnut_message_header {
  void *name;
  unsigned int name_length;
  struct chestnut_vector *vectors;
  unsigned long vector_count;
  void *control;
  unsigned long control_length;
  int flags;
};
struct chestnut_rights {
  unsigned long length; /* of the header and the descriptor, unpadded */
  int level;
  int type;
  int descriptor;
  int padding;
};

#endif /* CHESTNUT_RUNTIME_KERNEL_TRACE_H_ */
