#include "finalyzer/describe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "finalyzer/listener.h"
#include "finalyzer/observation.h"
#include "finalyzer/target.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "syscalls/arguments.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

constexpr size_t kLongestString = 200;
constexpr int kCurrentFolder = -100;  // AT_FDCWD

struct NameArguments {
  absl::string_view call;
  std::array<int, 2> indices;  // -1: none
};

// Where calls take the names of files.
constexpr NameArguments kNameArguments[] = {
    {"open", {0, -1}},      {"stat", {0, -1}},       {"lstat", {0, -1}},
    {"access", {0, -1}},    {"execve", {0, -1}},     {"truncate", {0, -1}},
    {"chdir", {0, -1}},     {"rename", {0, 1}},      {"mkdir", {0, -1}},
    {"rmdir", {0, -1}},     {"creat", {0, -1}},      {"link", {0, 1}},
    {"unlink", {0, -1}},    {"symlink", {0, 1}},     {"readlink", {0, -1}},
    {"chmod", {0, -1}},     {"chown", {0, -1}},      {"lchown", {0, -1}},
    {"mknod", {0, -1}},     {"statfs", {0, -1}},     {"chroot", {0, -1}},
    {"mount", {0, 1}},      {"umount2", {0, -1}},    {"sethostname", {0, -1}},
    {"setxattr", {0, 1}},   {"getxattr", {0, 1}},    {"openat", {1, -1}},
    {"openat2", {1, -1}},   {"mkdirat", {1, -1}},    {"mknodat", {1, -1}},
    {"fchownat", {1, -1}},  {"newfstatat", {1, -1}}, {"unlinkat", {1, -1}},
    {"renameat", {1, 3}},   {"renameat2", {1, 3}},   {"linkat", {1, 3}},
    {"symlinkat", {0, 2}},  {"readlinkat", {1, -1}}, {"fchmodat", {1, -1}},
    {"faccessat", {1, -1}}, {"faccessat2", {1, -1}}, {"utimensat", {1, -1}},
    {"execveat", {1, -1}},  {"statx", {1, -1}},      {"memfd_create", {0, -1}}};

bool IsName(absl::string_view call, int index) {
  for (const NameArguments& known : kNameArguments) {
    if (known.call == call) {
      return known.indices[0] == index || known.indices[1] == index;
    }
  }
  return false;
}

bool IsSocketAddress(absl::string_view call, int index) {
  return index == 1 && (call == "connect" || call == "bind");
}

bool IsFolder(absl::string_view call, int index) {
  return index == 0 && (absl::EndsWith(call, "at") || call == "openat2" ||
                        call == "faccessat2" || call == "statx");
}

std::string QuotedString(pid_t thread, uint64_t address) {
  const std::optional<TargetString> string =
      ReadString(thread, address, kLongestString);
  if (!string) return absl::StrCat("0x", absl::Hex(address));
  return absl::StrCat("\"", Printable(string->text), "\"",
                      string->is_cut ? "..." : "");
}

std::string SocketAddress(pid_t thread, uint64_t address, uint64_t size) {
  const std::string bytes = ReadMemory(
      thread, address, std::min<uint64_t>(size, sizeof(sockaddr_storage)));
  sockaddr_storage storage = {};
  std::memcpy(&storage, bytes.data(), bytes.size());
  char text[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET && bytes.size() >= sizeof(sockaddr_in)) {
    sockaddr_in in;
    std::memcpy(&in, &storage, sizeof(in));
    inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
    return absl::StrCat(text, ":", ntohs(in.sin_port));
  }
  if (storage.ss_family == AF_INET6 && bytes.size() >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in;
    std::memcpy(&in, &storage, sizeof(in));
    inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof(text));
    return absl::StrCat("[", text, "]:", ntohs(in.sin6_port));
  }
  if (storage.ss_family == AF_UNIX && bytes.size() > 2) {
    std::string path = bytes.substr(2);
    if (path[0] == '\0') {
      path[0] = '@';
    } else {
      path = path.c_str();
    }
    return absl::StrCat("\"", Printable(path), "\"");
  }
  return absl::StrCat("0x", absl::Hex(address));
}

std::string Argument(const Notification& call, const syscalls::Syscall& known,
                     int index) {
  const auto at = static_cast<size_t>(index);
  uint64_t value = call.data.arguments[at];
  if (known.arguments[at].pointer) {
    if (value == 0) return "NULL";
    if (IsName(known.name, index)) return QuotedString(call.thread, value);
    if (IsSocketAddress(known.name, index)) {
      return SocketAddress(call.thread, value, call.data.arguments[2]);
    }
    return absl::StrCat("0x", absl::Hex(value));
  }
  const bool narrow = known.arguments[at].width == 32;
  if (narrow) value &= 0xffffffff;
  if (IsFolder(known.name, index) &&
      static_cast<int32_t>(value) == kCurrentFolder) {
    return "AT_FDCWD";
  }
  std::string named = syscalls::FormatArgument(known.number, index, value);
  if (!absl::StartsWith(named, "0x")) return named;
  // Plain numbers as people count.
  constexpr uint64_t kSmall = 4096;
  if (value < kSmall) return absl::StrCat(value);
  const auto negative = narrow
                            ? static_cast<int64_t>(static_cast<int32_t>(value))
                            : static_cast<int64_t>(value);
  if (negative < 0 && negative > -static_cast<int64_t>(kSmall)) {
    return absl::StrCat(negative);
  }
  return named;
}

std::string RuleBroken(const policy::Call& call,
                       const policy::SeccompData& data) {
  for (const policy::ArgumentRule& rule : call.arguments) {
    uint64_t value = data.arguments[static_cast<size_t>(rule.index)];
    if (rule.width == 32) value &= 0xffffffff;
    if (std::binary_search(rule.values.begin(), rule.values.end(), value)) {
      continue;
    }
    std::vector<std::string> allowed;
    allowed.reserve(rule.values.size());
    for (uint64_t known : rule.values) {
      allowed.push_back(
          syscalls::FormatArgument(call.number, rule.index, known));
    }
    return absl::StrCat(
        "the policy allows ", call.name, ", but argument ", rule.index + 1,
        " may only be ", absl::StrJoin(allowed, " or "), ", not ",
        syscalls::FormatArgument(call.number, rule.index, value));
  }
  return "";
}

bool KnowsModule(const policy::Policy& policy, const std::string& module) {
  if (module == policy.program) return true;
  return std::any_of(
      policy.modules.begin(), policy.modules.end(),
      [&](const policy::Module& known) { return known.name == module; });
}

}  // namespace

std::string Printable(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (absl::ascii_isprint(static_cast<unsigned char>(c))) {
      result.push_back(c);
    } else {
      absl::StrAppendFormat(&result, "\\%03o", static_cast<uint8_t>(c));
    }
  }
  return result;
}

std::string NameOf(const policy::SeccompData& data) {
  switch (AbiOf(data)) {
    case Abi::kX86_64:
      return syscalls::NameOrNumber(data.number);
    case Abi::kX32:
      return absl::StrCat("x32 call ", data.number & ~syscalls::kX32Bit);
    case Abi::kI386:
      return absl::StrCat("i386 call ", data.number);
    case Abi::kOther:
      break;
  }
  return absl::StrCat("call ", data.number, " of architecture 0x",
                      absl::Hex(data.architecture));
}

std::string DescribeCall(const Notification& notification) {
  std::string text = absl::StrCat(NameOf(notification.data), "(");
  const syscalls::Syscall* known =
      AbiOf(notification.data) == Abi::kX86_64
          ? syscalls::FindByNumber(notification.data.number)
          : nullptr;
  if (known == nullptr) return text + "...)";
  for (int i = 0; i < known->argument_count; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ",
                    Argument(notification, *known, i));
  }
  return text + ")";
}

std::string Why(const policy::Policy& policy, const std::string& program,
                const std::string& module, const policy::SeccompData& data) {
  if (AbiOf(data) != Abi::kX86_64) {
    return "policies are of 64-bit x86-64 calls only; no policy can allow it";
  }
  const std::vector<policy::Call> enforced = EnforcedCalls(policy);
  const policy::Call* call = FindCall(enforced, static_cast<int>(data.number));
  if (call != nullptr) return RuleBroken(*call, data);
  if (program != policy.program && module != policy.program) {
    return absl::StrCat("the policy is for '", policy.program, "', and '",
                        Printable(program), "' runs under the same filter");
  }
  if (module.empty()) {
    return "the code is in no file (made at run time), so nobody could analyse "
           "it";
  }
  if (!policy.modules.empty() && !KnowsModule(policy, module)) {
    return absl::StrCat(
        "'", Printable(module),
        "' was not analysed; it was loaded at run time (--module)");
  }
  if (!policy.incomplete.empty()) {
    const policy::Incomplete& first = policy.incomplete.front();
    return absl::StrCat("the analysis was incomplete: ", first.place, ": ",
                        first.reason);
  }
  return "the policy's analysis found no way to it, or somebody took it out";
}

}  // namespace chestnut::finalyzer
