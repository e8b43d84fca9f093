/* The canary: a system call number that no kernel gives away and that every
 * filter made by Chestnut answers with an errno of its own. The runtime makes
 * the call after it has installed the filter; any other answer means that the
 * filter is not on, whatever the kernel seemed to say. */
#ifndef CHESTNUT_RUNTIME_CANARY_H_
#define CHESTNUT_RUNTIME_CANARY_H_

/* Above all numbers in use and below the x32 numbers (bit 30). */
#define CHESTNUT_CANARY_NUMBER 0x0c4e5357

/* The errno is CHESTNUT_CANARY_ERRNO_BASE plus 0 to CHESTNUT_CANARY_ERRNO_COUNT
 * - 1, chosen by the policy's digest. It differs between policies because of a
 * parent's filter: when several filters say "errno", the newest one's value
 * counts, so a filter of another policy that was there before cannot stand in
 * for ours. (If the same policy was there before, ours is on in any case.) The
 * kernel's own errors end at 133, its internal ones (512 to 530) never reach a
 * program, and the largest that a filter can give is 4095. */
#define CHESTNUT_CANARY_ERRNO_BASE 2048
#define CHESTNUT_CANARY_ERRNO_COUNT 2048

/* The next number: what a program built in mode notify calls to ask whether it
 * is supervised, and to say where its listener is (rendezvous.h). Nobody but a
 * tracer answers it. */
#define CHESTNUT_RENDEZVOUS_NUMBER (CHESTNUT_CANARY_NUMBER + 1)

#endif /* CHESTNUT_RUNTIME_CANARY_H_ */
