/* How a program built in mode notify finds its supervisor. It makes the system
 * call CHESTNUT_RENDEZVOUS_NUMBER (canary.h), which no kernel has and only the
 * tracer of `chestnut run` answers: no environment variable, no file and no
 * descriptor that somebody could leave lying about stands for a supervisor, and
 * without one the answer is an error, upon which the program does not run.
 *
 *   call(ASK)                 the supervisor's process id in the low 32 bits of
 *                             the answer, CHESTNUT_RENDEZVOUS_MARK in the upper
 *   call(LISTENER, number)    after the filter is on: the tracer has taken the
 *                             listener of that number (pidfd_getfd(2)) and
 *                             given it to the supervisor; 0
 *
 * After that the program closes its own listener: with it, it could answer for
 * its supervisor. */
#ifndef CHESTNUT_RUNTIME_RENDEZVOUS_H_
#define CHESTNUT_RUNTIME_RENDEZVOUS_H_

#define CHESTNUT_RENDEZVOUS_ASK 1
#define CHESTNUT_RENDEZVOUS_LISTENER 2

/* No errno and no small number that a filter could give. */
#define CHESTNUT_RENDEZVOUS_MARK 0x4e535043l

#endif /* CHESTNUT_RUNTIME_RENDEZVOUS_H_ */
