#include "runtime/handover.h"

#include "runtime/kernel_trace.h"

static long send_descriptor(int socket, int descriptor, int number) {
  struct chestnut_vector vector = {&number, sizeof(number)};
  struct chestnut_rights rights = {
      .length = __builtin_offsetof(struct chestnut_rights, padding),
      .level = CHESTNUT_SOL_SOCKET,
      .type = CHESTNUT_SCM_RIGHTS,
      .descriptor = descriptor,
  };
  const struct chestnut_message_header header = {
      .vectors = &vector,
      .vector_count = 1,
      .control = &rights,
      .control_length = sizeof(rights),
  };
  long sent;
  do {
    sent = chestnut_call(CHESTNUT_SYS_SENDMSG, socket, (long)&header,
                         CHESTNUT_MSG_NOSIGNAL, 0, 0);
  } while (sent == -CHESTNUT_EINTR);
  return sent < 0 ? sent : 0;
}

long chestnut_send_listener(int target, int number, int socket) {
  const long process =
      chestnut_call(CHESTNUT_SYS_PIDFD_OPEN, target, 0, 0, 0, 0);
  long listener;
  long error;
  if (process < 0) return process;
  listener = chestnut_call(CHESTNUT_SYS_PIDFD_GETFD, process, number, 0, 0, 0);
  chestnut_call(CHESTNUT_SYS_CLOSE, process, 0, 0, 0, 0);
  if (listener < 0) return listener;
  error = send_descriptor(socket, (int)listener, number);
  chestnut_call(CHESTNUT_SYS_CLOSE, listener, 0, 0, 0, 0);
  return error;
}
