#include "policy/families.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

// What a libc function of one name has been made of, in glibc 2.28 to 2.41 and
// musl 1.1 to 1.2, for x86-64; members give a program nothing that the others
// do not.
const std::vector<std::vector<absl::string_view>>& Families() {
  static const auto* const kFamilies =
      new std::vector<std::vector<absl::string_view>>{
          {"open", "openat", "openat2", "creat"},
          {"stat", "lstat", "fstat", "newfstatat", "statx"},
          {"statfs", "fstatfs"},
          {"access", "faccessat", "faccessat2"},
          {"readlink", "readlinkat"},
          {"mkdir", "mkdirat"},
          {"mknod", "mknodat"},
          {"unlink", "unlinkat", "rmdir"},
          {"rename", "renameat", "renameat2"},
          {"link", "linkat"},
          {"symlink", "symlinkat"},
          {"chmod", "fchmodat", "fchmodat2"},
          {"chown", "lchown", "fchownat"},
          {"utime", "utimes", "futimesat", "utimensat"},
          {"getdents", "getdents64"},
          {"pipe", "pipe2"},
          {"dup2", "dup3"},
          {"eventfd", "eventfd2"},
          {"epoll_create", "epoll_create1"},
          {"epoll_wait", "epoll_pwait", "epoll_pwait2"},
          {"inotify_init", "inotify_init1"},
          {"signalfd", "signalfd4"},
          {"accept", "accept4"},
          {"poll", "ppoll"},
          {"select", "pselect6"},
          {"fork", "vfork", "clone", "clone3"},
          {"wait4", "waitid"},
          {"time", "gettimeofday", "clock_gettime"},
          {"nanosleep", "clock_nanosleep"},
          {"alarm", "setitimer"},
          {"getrlimit", "setrlimit", "prlimit64"},
          {"getpgrp", "getpgid"},
          {"preadv", "preadv2"},
          {"pwritev", "pwritev2"},
          // What a new thread registers.
          {"set_robust_list", "rseq"},
      };
  return *kFamilies;
}

void Close(std::vector<Call>& calls) {
  const size_t count = calls.size();
  for (const auto& family : Families()) {
    std::string present;
    for (size_t i = 0; i < count && present.empty(); ++i) {
      for (absl::string_view member : family) {
        if (calls[i].name == member) present = calls[i].name;
      }
    }
    if (present.empty()) continue;
    for (absl::string_view member : family) {
      const syscalls::Syscall* call = syscalls::FindByName(member);
      if (call == nullptr || FindCall(calls, call->number) != nullptr) continue;
      calls.push_back(
          {.name = std::string(member),
           .number = call->number,
           .arguments = {},
           .witness = {{.function = "chestnut",
                        .place = "",
                        .reason = absl::StrCat("another version of libc may "
                                               "make it in place of ",
                                               present)}}});
    }
  }
}

}  // namespace

absl::Span<const std::vector<absl::string_view>> CallFamilies() {
  return Families();
}

void CloseOverFamilies(Policy& policy) {
  Close(policy.calls);
  Close(policy.startup_calls);
  Normalize(policy);
}

}  // namespace chestnut::policy
