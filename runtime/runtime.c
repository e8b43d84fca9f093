/* libchestnut: puts the filter on. One translation unit, compiled anew for each
 * program with its policy header, which is all that it knows of the policy. */
#include "runtime/canary.h"
#include "runtime/chestnut.h"
#include "runtime/install_rules.h"
#include "runtime/kernel.h"
#include "runtime/message.h"

/* Modes, as the policy header names them in CHESTNUT_MODE. */
#define CHESTNUT_MODE_KILL 1
#define CHESTNUT_MODE_ERRNO 2
#define CHESTNUT_MODE_TRAP 3
#define CHESTNUT_MODE_LOG 4
#define CHESTNUT_MODE_NOTIFY 5

/* Of one call, for messages. */
struct chestnut_name {
  int number;
  int allowed; /* 1: the policy has it, maybe with rules on arguments */
  const char *name;
};

#ifdef CHESTNUT_POLICY_HEADER
#include CHESTNUT_POLICY_HEADER
#else
#include "chestnut_policy.h"
#endif

#if CHESTNUT_HEADER_VERSION != 1
#error "chestnut: the policy header is of another version than the runtime"
#endif

#if CHESTNUT_MODE == CHESTNUT_MODE_TRAP
#include "runtime/trap.h"
#endif
#if CHESTNUT_MODE == CHESTNUT_MODE_NOTIFY
#include "runtime/notify.h"
#endif

static _Noreturn void chestnut_fail(const char *what, long result) {
  struct chestnut_message message;
  message.length = 0;
  chestnut_put(&message, "chestnut: the sandbox could not be put on: ");
  chestnut_put(&message, what);
  chestnut_put(&message, " (");
  chestnut_put_number(&message, result);
  chestnut_put(&message, "); the program is not run\n");
  chestnut_send(&message);
  chestnut_exit_process(CHESTNUT_EXIT_NOT_INSTALLED);
}

static void chestnut_require(enum chestnut_step step, long result) {
  const char *failure =
      chestnut_step_failure(step, result, CHESTNUT_CANARY_ERRNO);
  if (failure != 0) chestnut_fail(failure, result);
}

#if CHESTNUT_MODE == CHESTNUT_MODE_NOTIFY
/* Before the filter is on nobody has heard of a supervisor, afterwards it is
   too late to say that there is none. */
static void chestnut_require_supervisor(void) {
  const int supervisor = chestnut_find_supervisor();
  struct chestnut_message message;
  if (supervisor != 0) {
    /* It reads our memory; where nothing restricts that, there is nobody to
       ask, and an error. */
    chestnut_call(CHESTNUT_SYS_PRCTL, CHESTNUT_PR_SET_PTRACER, supervisor, 0, 0,
                  0);
    return;
  }
  message.length = 0;
  chestnut_put(
      &message,
      "chestnut: " CHESTNUT_PROGRAM
      " was built in mode notify and has no supervisor; run it by "
      "chestnut run --log, --learn, --ask or --trace-all -- PROGRAM, or "
      "build it in another mode\n");
  chestnut_send(&message);
  chestnut_exit_process(CHESTNUT_EXIT_NOT_INSTALLED);
}

static void chestnut_put_filter_on(const struct chestnut_program *program) {
  const long listener = chestnut_listen(program);
  const char *failure;
  chestnut_require(CHESTNUT_STEP_LISTENER, listener);
  failure = chestnut_hand_over(listener);
  if (failure != 0) chestnut_fail(failure, listener);
}
#else
static void chestnut_put_filter_on(const struct chestnut_program *program) {
  chestnut_require(
      CHESTNUT_STEP_FILTER,
      chestnut_call(CHESTNUT_SYS_SECCOMP, CHESTNUT_SECCOMP_SET_MODE_FILTER,
                    CHESTNUT_SECCOMP_FILTER_FLAG_TSYNC, (long)program, 0, 0));
}
#endif

static void chestnut_take_steps(void) {
  const struct chestnut_program program = {
      .length = sizeof(chestnut_filter) / sizeof(*chestnut_filter),
      .instructions = chestnut_filter,
  };
  chestnut_require(CHESTNUT_STEP_SET_NO_NEW_PRIVS,
                   chestnut_call(CHESTNUT_SYS_PRCTL,
                                 CHESTNUT_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  chestnut_require(CHESTNUT_STEP_GET_NO_NEW_PRIVS,
                   chestnut_call(CHESTNUT_SYS_PRCTL,
                                 CHESTNUT_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  chestnut_put_filter_on(&program);
  chestnut_require(CHESTNUT_STEP_CANARY,
                   chestnut_call(CHESTNUT_CANARY_NUMBER, 0, 0, 0, 0, 0));
}

/* `stack_top`: an address above all frames of the calling thread that a message
 * may have to read. */
static void chestnut_install_below(unsigned long stack_top) {
  /* Keeps the note in the program whatever sections the linker drops. */
  __asm__ volatile("" : : "r"(chestnut_policy_note));
#if CHESTNUT_MODE == CHESTNUT_MODE_TRAP
  long error = chestnut_install_trap(stack_top);
  if (error != 0) chestnut_fail("the handler of SIGSYS was refused", error);
#else
  (void)stack_top;
#endif
#if CHESTNUT_MODE == CHESTNUT_MODE_LOG
  struct chestnut_message message;
  message.length = 0;
  chestnut_put(&message,
               "chestnut: mode log: this program is not confined; calls "
               "outside its policy are only written to the kernel's log\n");
  chestnut_send(&message);
#endif
#if CHESTNUT_MODE == CHESTNUT_MODE_NOTIFY
  chestnut_require_supervisor();
#endif
  chestnut_take_steps();
}

void chestnut_install(void) {
  chestnut_install_below((unsigned long)__builtin_frame_address(0));
}

#if CHESTNUT_INSTALL_AT_MAIN
/* The link calls these by --wrap=main: the C library starts __wrap_main, and
 * the program's own main is __real_main. */
// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names
int __real_main(int argc, char **argv, char **envp);
int __wrap_main(int argc, char **argv, char **envp);
// NOLINTEND(bugprone-reserved-identifier)
_Noreturn void exit(int status);

int __wrap_main(int argc, char **argv, char **envp) {
  /* The kernel put the environment above everything else on the stack. */
  chestnut_install_below((unsigned long)envp);
  /* Not left to the C library's start-up code: so what comes after main is
   * reached from here in the call graph, too. */
  exit(__real_main(argc, argv, envp));
}
#endif
