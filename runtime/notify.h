/* Mode notify: the filter asks a supervisor about what the policy lacks. Part
 * of runtime.c. */
#ifndef CHESTNUT_RUNTIME_NOTIFY_H_
#define CHESTNUT_RUNTIME_NOTIFY_H_

#include "runtime/canary.h"
#include "runtime/install_rules.h"
#include "runtime/kernel.h"
#include "runtime/rendezvous.h"

/* The supervisor's process id, or 0 if there is none. */
static inline int chestnut_find_supervisor(void) {
  const long answer = chestnut_call(CHESTNUT_RENDEZVOUS_NUMBER,
                                    CHESTNUT_RENDEZVOUS_ASK, 0, 0, 0, 0);
  return answer >> 32 == CHESTNUT_RENDEZVOUS_MARK ? (int)answer : 0;
}

/* Puts the filter on; the listener's number, or a negative errno. */
static inline long chestnut_listen(const struct chestnut_program *program) {
  const long flags = CHESTNUT_SECCOMP_FILTER_FLAG_TSYNC |
                     CHESTNUT_SECCOMP_FILTER_FLAG_TSYNC_ESRCH |
                     CHESTNUT_SECCOMP_FILTER_FLAG_NEW_LISTENER;
  long result =
      chestnut_call(CHESTNUT_SYS_SECCOMP, CHESTNUT_SECCOMP_SET_MODE_FILTER,
                    flags | CHESTNUT_SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
                    (long)program, 0, 0);
  if (result == CHESTNUT_NO_SUCH_FLAG) { /* before Linux 5.19 */
    result =
        chestnut_call(CHESTNUT_SYS_SECCOMP, CHESTNUT_SECCOMP_SET_MODE_FILTER,
                      flags, (long)program, 0, 0);
  }
  return result;
}

/* Null, or why the supervisor does not have the listener alone. */
static inline const char *chestnut_hand_over(long listener) {
  if (chestnut_call(CHESTNUT_RENDEZVOUS_NUMBER, CHESTNUT_RENDEZVOUS_LISTENER,
                    listener, 0, 0, 0) != 0) {
    return "the supervisor did not take the listener";
  }
  if (chestnut_call(CHESTNUT_SYS_CLOSE, listener, 0, 0, 0, 0) != 0) {
    return "the listener cannot be closed";
  }
  return 0;
}

#endif /* CHESTNUT_RUNTIME_NOTIFY_H_ */
