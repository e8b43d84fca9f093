/* Starts a program under a filter: the process that calls this becomes the
 * program, with the same pid, parent, terminal, descriptors, signal mask and
 * signals, as by execve(2). The filter goes on
 *
 *   at entry  when the program is about to run its first own instruction (its
 *             ELF entry point): the loader and the libraries' constructors have
 *             run, in a static program nothing has;
 *   at exec   before execve, so that it must allow execve and all of start-up.
 *
 * How it goes on at the entry point, and by which rules of the kernel:
 *   - A helper traces the calling process while that executes the program, puts
 *     a breakpoint on the entry point, and makes the stopped program itself
 *     take the steps of install_rules.h; TSYNC brings the threads along that
 *     constructors started. Then everything is as it was and the helper ends
 *     (tracer.h).
 *   - The helper is no child of the program: a child in between starts it and
 *     ends, is waited for here, and has no exit signal, so that neither SIGCHLD
 *     nor a zombie is left (clone(2), wait(2): __WALL). Init or the nearest
 *     subreaper inherits the helper; if that is the calling process itself (pid
 *     1 of a container), the program sees one orphan, as it must expect there.
 *   - A process may trace another of the same user that is no descendant only
 *     if the other says so where Yama restricts it: prctl(PR_SET_PTRACER)
 *     (Documentation/admin-guide/LSM/Yama.rst); the permission ends with the
 *     helper.
 *   - If the helper dies, the program dies (PTRACE_O_EXITKILL): nothing runs
 *     without its filter.
 *
 * Under a supervisor (the descriptor of a socket is given) the filter has a
 * listener (seccomp_unotify(2)). The helper takes it from the stopped program
 * (pidfd_getfd(2)), sends it through the socket as SCM_RIGHTS with the
 * program's own number of it as an int, and lets the program close its own.
 * Whether that is the filter given or the one that a program built in mode
 * notify carries (rendezvous.h), it is on and handed over when the socket has
 * the message, and the start is over when the socket's other end sees its end.
 *
 * A program with privileges of its own (set-uid, set-gid, file capabilities) is
 * ended at its start: no_new_privs and a tracer would take them away. No
 * allocation, no stdio, no environment; one start a process, as memory is
 * static; the caller has one thread. */
#ifndef CHESTNUT_RUNTIME_START_H_
#define CHESTNUT_RUNTIME_START_H_

#ifdef __cplusplus
extern "C" {
#endif

/* The kernel's struct sock_filter; runtime/kernel.h and policy/bpf.h each have
 * a type of this layout. */
struct chestnut_instruction;

/* Everything must stay unchanged until the process is the program. */
struct chestnut_start {
  const char *path; /* as execve takes it; PATH is not searched */
  char *const *arguments;
  char *const *environment;
  const struct chestnut_instruction *filter;
  unsigned int filter_length; /* in instructions */
  int canary_errno;           /* what the filter answers the canary with */
  /* Of a supervisor; both 0 if there is none. */
  int supervisor_socket; /* closed on execve */
  int supervisor;        /* its process id */
  /* The program puts its own filter on (built in mode notify); the three above
     do not matter. Only with a supervisor. */
  int filter_is_carried;
};

/* How far it came. */
enum chestnut_start_step {
  CHESTNUT_START_HELPER,  /* no helper could be started */
  CHESTNUT_START_TRACE,   /* the kernel refused to trace */
  CHESTNUT_START_FILTER,  /* at exec: the filter is not on */
  CHESTNUT_START_EXECUTE, /* execve failed */
};

struct chestnut_start_failure {
  enum chestnut_start_step step;
  const char *what; /* for people */
  int error;        /* errno, or 0 where the system gave none */
};

/* Becomes the program, its filter going on at the entry point; returns only if
 * it could not be executed, with nothing of the program having run. What goes
 * wrong later (the filter is refused, the program has privileges of its own or
 * is not of 64 bits) is one line on standard error, and the program dies by
 * SIGKILL before it reaches its entry point. */
struct chestnut_start_failure chestnut_start_at_entry(
    const struct chestnut_start *start);

/* Puts the filter on, then becomes the program. Returns only if the filter is
 * not on; the process must not run the program then. If execve fails after
 * that, it writes one line to standard error and ends the process with
 * CHESTNUT_EXIT_NOT_EXECUTED, or the filter ends it where it allows neither. */
struct chestnut_start_failure chestnut_start_at_exec(
    const struct chestnut_start *start);

#define CHESTNUT_EXIT_NOT_EXECUTED 2

#ifdef __cplusplus
}
#endif

#endif /* CHESTNUT_RUNTIME_START_H_ */
