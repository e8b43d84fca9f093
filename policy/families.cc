#include "policy/families.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/prctl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

// What a libc function of one name has been made of, in glibc 2.28 to 2.43 and
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
          // libacl and libattr of 2025 make the last where the kernel has it.
          {"getxattr", "lgetxattr", "fgetxattr", "getxattrat"},
          {"setxattr", "lsetxattr", "fsetxattr", "setxattrat"},
          {"listxattr", "llistxattr", "flistxattr", "listxattrat"},
          {"removexattr", "lremovexattr", "fremovexattr", "removexattrat"},
          // What a new thread registers.
          {"set_robust_list", "rseq"},
      };
  return *kFamilies;
}

// Constants that older headers lack (include/uapi/linux/prctl.h).
constexpr uint64_t kNameMemory = 0x53564d41;  // PR_SET_VMA

const std::vector<ValueFamily>& Values() {
  static constexpr absl::string_view kTermios2 =
      "tcgetattr, tcsetattr and isatty are made of the second since glibc 2.42";
  static constexpr absl::string_view kNotRun =
      "memory that is not to be run: thread stacks are reserved and then "
      "opened "
      "up to glibc 2.41, and mapped as they are used since";
  static const auto* const kValues = new std::vector<ValueFamily>{
      {"ioctl", 1, {TCGETS, TCGETS2}, kTermios2},
      {"ioctl", 1, {TCSETS, TCSETS2}, kTermios2},
      {"ioctl", 1, {TCSETSW, TCSETSW2}, kTermios2},
      {"ioctl", 1, {TCSETSF, TCSETSF2}, kTermios2},
      {"mmap", 2, {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE}, kNotRun},
      {"mprotect", 2, {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE}, kNotRun},
  };
  return *kValues;
}

const std::vector<CompanionCall>& Companions() {
  static constexpr absl::string_view kCaches =
      "the loader asks every processor for its caches since glibc 2.43, on "
      "some";
  static const auto* const kCompanions = new std::vector<CompanionCall>{
      {"mmap", "prctl", kNameMemory,
       "the tunable glibc.mem.decorate_maps of glibc 2.39 names memory"},
      {"mprotect", "madvise", 0,
       "guards of thread stacks are advised since glibc 2.42"},
      // The loader makes this call once, to have thread-local memory.
      {"arch_prctl", "getcpu", 0, kCaches},
      {"arch_prctl", "sched_getaffinity", 0, kCaches},
      {"arch_prctl", "sched_setaffinity", 0, kCaches},
  };
  return *kCompanions;
}

Call* Find(std::vector<Call>& calls, absl::string_view name) {
  auto found = std::find_if(calls.begin(), calls.end(),
                            [name](const Call& c) { return c.name == name; });
  return found == calls.end() ? nullptr : &*found;
}

void Add(absl::string_view name, std::vector<ArgumentRule> arguments,
         std::string reason, std::vector<Call>& calls) {
  const syscalls::Syscall* call = syscalls::FindByName(name);
  if (call == nullptr) return;
  calls.push_back({.name = std::string(name),
                   .number = call->number,
                   .arguments = std::move(arguments),
                   .witness = {{.function = "chestnut",
                                .place = "",
                                .reason = std::move(reason)}}});
}

void CloseCalls(std::vector<Call>& calls) {
  for (const auto& family : Families()) {
    const auto present = std::find_if(
        family.begin(), family.end(),
        [&calls](auto name) { return Find(calls, name) != nullptr; });
    if (present == family.end()) continue;
    for (absl::string_view member : family) {
      if (Find(calls, member) != nullptr) continue;
      Add(member, {},
          absl::StrCat("another version of libc may make it in place of ",
                       *present),
          calls);
    }
  }
}

void AddValues(absl::Span<const uint64_t> values, ArgumentRule& rule) {
  rule.values.insert(rule.values.end(), values.begin(), values.end());
  std::sort(rule.values.begin(), rule.values.end());
  rule.values.erase(std::unique(rule.values.begin(), rule.values.end()),
                    rule.values.end());
}

void CloseValues(std::vector<Call>& calls) {
  for (const ValueFamily& family : Values()) {
    Call* call = Find(calls, family.call);
    if (call == nullptr) continue;
    for (ArgumentRule& rule : call->arguments) {
      if (rule.index == family.index &&
          std::any_of(family.values.begin(), family.values.end(),
                      [&rule](uint64_t value) {
                        return std::binary_search(rule.values.begin(),
                                                  rule.values.end(), value);
                      })) {
        AddValues(family.values, rule);
      }
    }
  }
}

void AddCompanions(std::vector<Call>& calls) {
  for (const CompanionCall& companion : Companions()) {
    if (Find(calls, companion.beside) == nullptr) continue;
    const uint64_t first = companion.first_argument;
    Call* call = Find(calls, companion.call);
    if (call == nullptr) {
      std::vector<ArgumentRule> rules;
      if (first != 0) {
        rules.push_back({.index = 0, .width = 32, .values = {first}});
      }
      Add(companion.call, std::move(rules), std::string(companion.reason),
          calls);
    } else if (first != 0 && call->arguments.size() == 1 &&
               call->arguments[0].index == 0) {
      AddValues({first}, call->arguments[0]);
    } else {
      // Rules hold together: beside one on another argument the first's would
      // not be the whole truth.
      call->arguments.clear();
    }
  }
}

void Close(std::vector<Call>& calls) {
  CloseCalls(calls);
  CloseValues(calls);
  AddCompanions(calls);
}

}  // namespace

absl::Span<const std::vector<absl::string_view>> CallFamilies() {
  return Families();
}

absl::Span<const ValueFamily> ValueFamilies() { return Values(); }

absl::Span<const CompanionCall> CompanionCalls() { return Companions(); }

void CloseOverFamilies(Policy& policy) {
  Close(policy.calls);
  Close(policy.startup_calls);
  Normalize(policy);
}

}  // namespace chestnut::policy
