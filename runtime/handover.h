/* Listeners on their way from a traced program to its supervisor. */
#ifndef CHESTNUT_RUNTIME_HANDOVER_H_
#define CHESTNUT_RUNTIME_HANDOVER_H_

/* Takes the listener that the process `target` has under `number` and sends it
 * through `socket`, together with that number as an int. 0 or a negative errno:
 * of pidfd_getfd(2) (which asks for the right to trace the target), of
 * sendmsg(2) if the supervisor is gone. */
long chestnut_send_listener(int target, int number, int socket);

#endif /* CHESTNUT_RUNTIME_HANDOVER_H_ */
