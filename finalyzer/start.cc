#include "finalyzer/start.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "finalyzer/confinement.h"
#include "finalyzer/program.h"
#include "finalyzer/supervisor.h"
#include "finalyzer/supervisor_process.h"
#include "policy/bpf.h"
#include "policy/model.h"
#include "runtime/start.h"
#include "support/file.h"

namespace chestnut::finalyzer {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) {
    // execve takes them like this and does not change them.
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

// The value of a line of /proc/self/status, or empty.
std::string OwnStatus(absl::string_view field) {
  absl::StatusOr<std::string> text = support::ReadFile("/proc/self/status");
  if (!text.ok()) return "";
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (absl::ConsumePrefix(&line, absl::StrCat(field, ":"))) {
      return std::string(absl::StripAsciiWhitespace(line));
    }
  }
  return "";
}

// What forbids tracing, and what to do.
std::string TraceAdvice() {
  constexpr absl::string_view kOtherwise =
      "a policy for install point exec (chestnut analyze --at exec) needs no "
      "tracing, but allows start-up too";
  const std::string tracer = OwnStatus("TracerPid");
  if (!tracer.empty() && tracer != "0") {
    return absl::StrCat("process ", tracer,
                        " traces this one already (strace, gdb); start it "
                        "without, and attach to the program when it runs; ",
                        kOtherwise);
  }
  absl::StatusOr<std::string> scope =
      support::ReadFile("/proc/sys/kernel/yama/ptrace_scope");
  if (scope.ok() &&
      (absl::StartsWith(*scope, "2") || absl::StartsWith(*scope, "3"))) {
    return absl::StrCat("kernel.yama.ptrace_scope is ",
                        absl::StripAsciiWhitespace(*scope), "; ", kOtherwise);
  }
  return absl::StrCat(
      "in a container, allow it (docker run --cap-add=SYS_PTRACE); ",
      kOtherwise);
}

absl::Status ToStatus(const Program& program,
                      const chestnut_start_failure& failure) {
  std::string message = absl::StrCat(program.path, ": ", failure.what);
  if (failure.error != 0) {
    absl::StrAppend(&message, ": ", strerror(failure.error));
  }
  if (failure.step == CHESTNUT_START_TRACE) {
    absl::StrAppend(&message, "; ", TraceAdvice());
  }
  return absl::InternalError(message);
}

chestnut_start MakeStart(const Program& program,
                         const std::vector<char*>& arguments) {
  chestnut_start start = {};
  start.path = program.path.c_str();
  start.arguments = arguments.data();
  start.environment = environ;
  return start;
}

void SetFilter(const Confinement& confinement, chestnut_start& start) {
  static_assert(sizeof(policy::Instruction) == 8);
  start.filter =
      reinterpret_cast<const chestnut_instruction*>(confinement.filter.data());
  start.filter_length = static_cast<unsigned>(confinement.filter.size());
  start.canary_errno = confinement.canary_errno;
}

}  // namespace

absl::Status Start(const Program& program,
                   const std::vector<std::string>& arguments) {
  execve(program.path.c_str(), Pointers(arguments).data(), environ);
  return absl::InternalError(absl::StrCat(
      program.path, ": it could not be executed: ", strerror(errno)));
}

absl::Status StartConfined(const Program& program,
                           const std::vector<std::string>& arguments,
                           const Confinement& confinement) {
  const std::vector<char*> pointers = Pointers(arguments);
  chestnut_start start = MakeStart(program, pointers);
  SetFilter(confinement, start);
  return ToStatus(program, confinement.at == policy::InstallPoint::kExec
                               ? chestnut_start_at_exec(&start)
                               : chestnut_start_at_entry(&start));
}

absl::Status StartSupervised(const Program& program,
                             const std::vector<std::string>& arguments,
                             const Confinement* confinement,
                             const Supervision& supervision) {
  absl::StatusOr<SupervisorProcess> supervisor = StartSupervisor(supervision);
  if (!supervisor.ok()) return supervisor.status();
  const std::vector<char*> pointers = Pointers(arguments);
  chestnut_start start = MakeStart(program, pointers);
  if (confinement != nullptr) {
    SetFilter(*confinement, start);
  } else {
    start.filter_is_carried = 1;
  }
  start.supervisor = supervisor->id;
  start.supervisor_socket = supervisor->socket;
  return ToStatus(program, chestnut_start_at_entry(&start));
}

}  // namespace chestnut::finalyzer
