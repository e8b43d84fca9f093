#ifndef CHESTNUT_FINALYZER_SUPERVISOR_PROCESS_H_
#define CHESTNUT_FINALYZER_SUPERVISOR_PROCESS_H_

#include <sys/types.h>

#include "absl/status/statusor.h"
#include "finalyzer/supervisor.h"

namespace chestnut::finalyzer {

struct SupervisorProcess {
  pid_t id = 0;
  int socket = -1;  // where the listener is sent (runtime/start.h)
};

// Starts a supervisor for this process, which must have one thread and is about
// to become the program. It is nobody's child: this process has neither a
// SIGCHLD nor a zombie of it. It keeps nothing open but standard error (until
// the program ends), the terminal if it asks, and files of its own; no signal
// but SIGKILL and SIGSTOP reaches it. If this process ends without having sent
// a listener, it undoes what it wrote and ends. Errors: it could not be
// started, or what Supervisor::Prepare says.
absl::StatusOr<SupervisorProcess> StartSupervisor(
    const Supervision& supervision);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_SUPERVISOR_PROCESS_H_
