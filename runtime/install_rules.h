/* When a filter counts as being on: the steps that put it on, in their order,
 * and the only answer that each may get. Anything else is a failure, after
 * which the program must not run. The runtime takes these steps itself, the
 * tracer (tracer.h) makes a stopped process take them.
 *
 * Sources: prctl(2) and Documentation/userspace-api/no_new_privs.rst;
 * seccomp(2), SECCOMP_FILTER_FLAG_TSYNC: a result above 0 is the thread that
 * could not be brought along; canary.h. */
#ifndef CHESTNUT_RUNTIME_INSTALL_RULES_H_
#define CHESTNUT_RUNTIME_INSTALL_RULES_H_

enum chestnut_step {
  CHESTNUT_STEP_SET_NO_NEW_PRIVS, /* prctl(PR_SET_NO_NEW_PRIVS, 1) */
  CHESTNUT_STEP_GET_NO_NEW_PRIVS, /* a filter that was there before may have
                                     answered in the kernel's name */
  CHESTNUT_STEP_FILTER,           /* seccomp(SET_MODE_FILTER, TSYNC, program) */
  CHESTNUT_STEP_LISTENER, /* in its place under a supervisor: with TSYNC,
                             TSYNC_ESRCH and NEW_LISTENER the result is a
                             descriptor */
  CHESTNUT_STEP_CANARY,
};

/* Errors of the kernel that CHESTNUT_STEP_LISTENER has words for. */
enum {
  CHESTNUT_NO_SUCH_FLAG = -22,   /* EINVAL */
  CHESTNUT_LISTENER_TAKEN = -16, /* EBUSY */
  CHESTNUT_THREAD_DIFFERS = -3,  /* ESRCH */
};

/* NOLINTBEGIN(google-runtime-int): C, and what a system call gives is long */
static inline const char *chestnut_listener_failure(long result) {
  if (result >= 0) return 0;
  switch (result) {
    case CHESTNUT_LISTENER_TAKEN:
      return "a supervisor listens to this process already (as some containers "
             "have it), and the kernel allows one only";
    case CHESTNUT_NO_SUCH_FLAG:
      return "the kernel has no user notification for all threads (Linux 5.7 "
             "and later have); mode log and chestnut refine --audit do without";
    case CHESTNUT_THREAD_DIFFERS:
      return "this thread has a filter that the others do not have";
    default:
      return "the kernel refused the filter";
  }
}

/* Null if `result` (of the system call, negative for an error) is what the step
 * has to give, else what to tell the user. */
static inline const char *chestnut_step_failure(enum chestnut_step step,
                                                long result,
                                                long canary_errno) {
  switch (step) {
    case CHESTNUT_STEP_SET_NO_NEW_PRIVS:
      return result == 0 ? 0 : "no_new_privs was refused";
    case CHESTNUT_STEP_GET_NO_NEW_PRIVS:
      return result == 1 ? 0 : "no_new_privs is not on";
    case CHESTNUT_STEP_FILTER:
      if (result == 0) return 0;
      return result > 0 ? "this thread has a filter that the others do not have"
                        : "the kernel refused the filter";
    case CHESTNUT_STEP_LISTENER:
      return chestnut_listener_failure(result);
    case CHESTNUT_STEP_CANARY:
      return result == -canary_errno
                 ? 0
                 : "the kernel took the filter, but it is not in force";
  }
  return "unknown step";
}
/* NOLINTEND(google-runtime-int) */

#endif /* CHESTNUT_RUNTIME_INSTALL_RULES_H_ */
