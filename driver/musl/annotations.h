/* What musl's assembly functions with system calls do (x86_64, musl 1.2). The
 * other assembly of musl has none and needs no annotation; a linked object in
 * which that is no longer true is an error until it is described here. */
#include "runtime/chestnut.h"

/* src/thread/x86_64/clone.s: (function, stack, flags, argument, parent's thread
 * id, thread area, child's thread id); the child calls the function and exits
 * with what it returns. */
CHESTNUT_ASSEMBLY_SYSCALL(__clone, 56, CHESTNUT_ARG(2), CHESTNUT_UNKNOWN,
                          CHESTNUT_ARG(4), CHESTNUT_ARG(6), CHESTNUT_ARG(5));
CHESTNUT_ASSEMBLY_CALL(__clone, CHESTNUT_ARG(0));
CHESTNUT_ASSEMBLY_SYSCALL(__clone, 60, CHESTNUT_UNKNOWN);

/* src/process/x86_64/vfork.s */
CHESTNUT_ASSEMBLY_SYSCALL(vfork, 58);
CHESTNUT_ASSEMBLY_CALL(vfork, "__syscall_ret");

/* src/thread/x86_64/__unmapself.s: unmaps the thread's own stack and exits. */
CHESTNUT_ASSEMBLY_SYSCALL(__unmapself, 11, CHESTNUT_ARG(0), CHESTNUT_ARG(1));
CHESTNUT_ASSEMBLY_SYSCALL(__unmapself, 60, 0);

/* src/thread/x86_64/syscall_cp.s: (cancellation flag, number, six arguments) */
CHESTNUT_ASSEMBLY_SYSCALL(__syscall_cp_asm, CHESTNUT_ARG(1), CHESTNUT_ARG(2),
                          CHESTNUT_ARG(3), CHESTNUT_ARG(4), CHESTNUT_ARG(5),
                          CHESTNUT_ARG(6), CHESTNUT_ARG(7));
CHESTNUT_ASSEMBLY_CALL(__syscall_cp_asm, "__cancel");

/* src/signal/x86_64/restore.s: where signal handlers return to. */
CHESTNUT_ASSEMBLY_SYSCALL(__restore_rt, 15);

/* src/thread/x86_64/__set_thread_area.s: arch_prctl(ARCH_SET_FS, area) */
CHESTNUT_ASSEMBLY_SYSCALL(__set_thread_area, 158, 0x1002, CHESTNUT_ARG(0));

/* ldso/dlstart.c as crt/rcrt1.c: inline assembly fetches the address of the
 * second stage, which is then called. */
CHESTNUT_ASSEMBLY_CALL(_start_c, "__dls2");
