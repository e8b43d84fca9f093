#include "finalyzer/doctor.h"

#include <gnu/libc-version.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "support/file.h"

namespace chestnut::finalyzer {
namespace {

// The flags of seccomp(2) that are newer than some headers.
constexpr unsigned kTsync = 1;
constexpr unsigned kNewListener = 1 << 3;
constexpr unsigned kTsyncEsrch = 1 << 4;
constexpr unsigned kWaitKillable = 1 << 5;

std::string Read(const char* path) {
  absl::StatusOr<std::string> text = support::ReadFile(path);
  if (!text.ok()) return "";
  return std::string(absl::StripAsciiWhitespace(*text));
}

std::string StatusField(absl::string_view field) {
  const std::string status = Read("/proc/self/status");
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    if (absl::ConsumePrefix(&line, absl::StrCat(field, ":"))) {
      return std::string(absl::StripAsciiWhitespace(line));
    }
  }
  return "";
}

// Runs `step` in a child; its result (0 to 255), or -1 if it was killed.
template <typename Step>
int InChild(Step step) {
  const pid_t child = fork();
  if (child == 0) _exit(step());
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
    return -1;
  }
  return WEXITSTATUS(status);
}

// 0, or the errno with which a filter that allows everything is refused.
int InstallWith(unsigned flags) {
  return InChild([flags]() {
    sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    sock_fprog program = {1, &allow};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) >= 0
               ? 0
               : errno;
  });
}

std::string ErrorText(int error) {
  return error < 0 ? "whoever tries is killed" : strerror(error);
}

Finding Kernel() {
  utsname name = {};
  uname(&name);
  Finding finding = {Health::kGood, "kernel",
                     absl::StrCat(name.release, " ", name.machine),
                     "filters are x86-64 ones"};
  if (absl::string_view(name.machine) != "x86_64") {
    finding.health = Health::kBad;
    finding.means = "Chestnut's filters are for x86-64 only";
  }
  return finding;
}

Finding Libc() {
  return {
      Health::kGood, "libc", absl::StrCat("glibc ", gnu_get_libc_version()),
      "what a program needs of it is in its policy; chestnut check after an "
      "upgrade"};
}

Finding Actions() {
  const std::string available = Read("/proc/sys/kernel/seccomp/actions_avail");
  Finding finding = {Health::kGood, "actions", available,
                     "all modes can be used"};
  if (available.empty()) {
    finding.found = "not known";
    finding.means = "/proc/sys is not there; the lines below were tried";
    return finding;
  }
  for (const char* needed :
       {"kill_process", "errno", "trap", "log", "user_notif", "allow"}) {
    const std::vector<absl::string_view> words = absl::StrSplit(available, ' ');
    bool found = false;
    for (absl::string_view word : words) found |= word == needed;
    if (found) continue;
    const bool needed_by_all = absl::string_view(needed) == "kill_process";
    finding.health = needed_by_all ? Health::kBad : Health::kLess;
    finding.means = absl::StrCat("'", needed,
                                 "' is missing: the modes that "
                                 "need it cannot be used on this kernel");
  }
  return finding;
}

Finding Filters() {
  const int error = InstallWith(kTsync);
  if (error == 0) {
    return {Health::kGood, "filters", "can be installed",
            "programs can be confined"};
  }
  return {Health::kBad, "filters", ErrorText(error),
          "no program can be confined: an outer sandbox or container forbids "
          "seccomp(2) or prctl(2)"};
}

Finding Outer() {
  const std::string count = StatusField("Seccomp_filters");
  if (count.empty() || count == "0") {
    return {Health::kGood, "outer filters", "none", "nothing else is denied"};
  }
  return {Health::kGood, "outer filters", count,
          "this shell runs under filters already; the strictest answer wins"};
}

Finding UserNotification() {
  const int error = InstallWith(kNewListener | kTsync | kTsyncEsrch);
  if (error == 0) {
    return {Health::kGood, "user notification", "for all threads",
            "run --log, --learn, --ask and --trace-all work"};
  }
  const char* means =
      error == EBUSY ? "a supervisor listens to this process already (a "
                       "container runtime's); the kernel allows one, so run "
                       "--log, --learn, --ask and --trace-all do not work here"
                     : "run --log, --learn, --ask and --trace-all do not work; "
                       "they need Linux 5.7 and no outer filter against it";
  return {Health::kLess, "user notification", ErrorText(error), means};
}

Finding Killable() {
  const int error =
      InstallWith(kNewListener | kTsync | kTsyncEsrch | kWaitKillable);
  if (error == 0) {
    return {Health::kGood, "undisturbed waiting", "yes",
            "a signal does not interrupt a call that a supervisor looks at"};
  }
  return {Health::kLess, "undisturbed waiting", ErrorText(error),
          "before Linux 5.19 a signal interrupts a call that a supervisor "
          "looks at; a program that does not expect that may fail"};
}

Finding Tracing() {
  const std::string tracer = StatusField("TracerPid");
  if (!tracer.empty() && tracer != "0") {
    return {Health::kLess, "tracing", absl::StrCat("process ", tracer),
            "this shell is traced (strace, gdb), so chestnut run cannot start "
            "programs at their entry point"};
  }
  const std::string scope = Read("/proc/sys/kernel/yama/ptrace_scope");
  if (scope == "2" || scope == "3") {
    return {Health::kLess, "tracing",
            absl::StrCat("kernel.yama.ptrace_scope ", scope),
            "chestnut run needs a policy for install point exec, and cannot "
            "supervise"};
  }
  if (scope == "1" && geteuid() != 0) {
    return {Health::kGood, "tracing", "kernel.yama.ptrace_scope 1",
            "programs can be started; of what they execute themselves --ask "
            "shows no strings and no stacks"};
  }
  return {Health::kGood, "tracing", "allowed",
          "programs can be started at their entry point"};
}

Finding SecurityModules() {
  const std::string modules = Read("/sys/kernel/security/lsm");
  return {Health::kGood, "security modules",
          modules.empty() ? "not known" : modules,
          "they decide beside a filter; what they deny, no policy allows"};
}

Finding Logging() {
  const std::string logged = Read("/proc/sys/kernel/seccomp/actions_logged");
  if (logged.empty()) {
    return {Health::kLess, "kernel log", "not known",
            "mode log may leave no trace"};
  }
  const bool log = absl::StrContains(absl::StrCat(" ", logged, " "), " log ");
  return {log ? Health::kGood : Health::kLess, "kernel log", logged,
          log ? "mode log leaves records of type 1326 (journalctl -k, "
                "/var/log/audit/audit.log), which chestnut refine --audit reads"
              : "mode log leaves no records; write 'log' to "
                "/proc/sys/kernel/seccomp/actions_logged"};
}

}  // namespace

std::vector<Finding> Examine() {
  return {
      Kernel(),           Libc(),     Actions(), Filters(),         Outer(),
      UserNotification(), Killable(), Tracing(), SecurityModules(), Logging()};
}

}  // namespace chestnut::finalyzer
