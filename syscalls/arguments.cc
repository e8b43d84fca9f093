#include "syscalls/arguments.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "syscalls/constants.h"

namespace chestnut::syscalls {
namespace {

constexpr int kMmap = 9;
constexpr int kMprotect = 10;
constexpr int kIoctl = 16;
constexpr int kSocket = 41;
constexpr int kSocketpair = 53;
constexpr int kClone = 56;
constexpr int kFcntl = 72;
constexpr int kPrctl = 157;
constexpr int kOpen = 2;
constexpr int kOpenat = 257;
constexpr int kUnshare = 272;
constexpr int kPkeyMprotect = 329;

constexpr RuledArgument kRuled[] = {
    {kMmap, 2},      // protections: whether memory can become executable
    {kMprotect, 2},  // the same
    {kIoctl, 1},     // request: each is a call of its own
    {kSocket, 0},    // domain: which protocols can be reached
    {kSocket, 1},    // type: raw sockets
    {kClone, 0},     // flags: threads, processes, namespaces
    {kFcntl, 1},     // command: each is a call of its own
    {kPrctl, 0},     // option: each is a call of its own
    {kPkeyMprotect, 2},
};

struct Vocabulary {
  int number;
  int index;
  absl::Span<const NamedConstant> names;
  bool flags;  // the value is a combination of bits
};

const Vocabulary* FindVocabulary(int number, int index) {
  static const Vocabulary kVocabularies[] = {
      {kMmap, 2, ProtectionNames(), true},
      {kMmap, 3, MapFlagNames(), true},
      {kMprotect, 2, ProtectionNames(), true},
      {kPkeyMprotect, 2, ProtectionNames(), true},
      {kOpen, 1, OpenFlagNames(), true},
      {kOpenat, 2, OpenFlagNames(), true},
      {kIoctl, 1, IoctlNames(), false},
      {kSocket, 0, SocketDomainNames(), false},
      {kSocketpair, 0, SocketDomainNames(), false},
      {kClone, 0, CloneFlagNames(), true},
      {kUnshare, 0, CloneFlagNames(), true},
      {kFcntl, 1, FcntlNames(), false},
      {kPrctl, 0, PrctlNames(), false},
  };
  for (const Vocabulary& vocabulary : kVocabularies) {
    if (vocabulary.number == number && vocabulary.index == index) {
      return &vocabulary;
    }
  }
  return nullptr;
}

std::string Hexadecimal(uint64_t value) {
  return absl::StrCat("0x", absl::Hex(value));
}

std::string FormatOne(absl::Span<const NamedConstant> names, uint64_t value) {
  for (const NamedConstant& constant : names) {
    if (constant.value == value) return std::string(constant.name);
  }
  return Hexadecimal(value);
}

// `rest` is what another vocabulary takes (a signal, a socket type).
std::string FormatFlags(absl::Span<const NamedConstant> names, uint64_t value) {
  std::string text;
  uint64_t left = value;
  for (const NamedConstant& constant : names) {
    if (constant.value == 0 ? value != 0
                            : (left & constant.value) != constant.value) {
      continue;
    }
    left &= ~constant.value;
    absl::StrAppend(&text, text.empty() ? "" : "|", constant.name);
  }
  if (left != 0 || text.empty()) {
    absl::StrAppend(&text, text.empty() ? "" : "|", Hexadecimal(left));
  }
  return text;
}

// A socket type is a number with two flags in it.
std::string FormatSocketType(uint64_t value) {
  constexpr uint64_t kTypeMask = 0xf;
  std::string text = FormatOne(SocketTypeNames(), value & kTypeMask);
  if (const uint64_t flags = value & ~kTypeMask; flags != 0) {
    absl::StrAppend(&text, "|", FormatFlags(SocketFlagNames(), flags));
  }
  return text;
}

// The low byte of clone's flags is a signal number.
std::string FormatCloneFlags(uint64_t value) {
  const uint64_t signal = value & 0xff;
  std::string text;
  if ((value & ~uint64_t{0xff}) != 0 || signal == 0) {
    text = FormatFlags(CloneFlagNames(), value & ~uint64_t{0xff});
  }
  if (signal != 0) {
    absl::StrAppend(&text, text.empty() ? "" : "|",
                    signal == 17 ? "SIGCHLD" : absl::StrCat("signal ", signal));
  }
  return text;
}

}  // namespace

absl::Span<const RuledArgument> RuledArguments() { return kRuled; }

bool IsRuled(int number, int index) {
  return std::any_of(std::begin(kRuled), std::end(kRuled),
                     [=](const RuledArgument& ruled) {
                       return ruled.number == number && ruled.index == index;
                     });
}

std::string FormatArgument(int number, int index, uint64_t value) {
  if ((number == kSocket || number == kSocketpair) && index == 1) {
    return FormatSocketType(value);
  }
  if (number == kClone && index == 0) return FormatCloneFlags(value);
  const Vocabulary* vocabulary = FindVocabulary(number, index);
  if (vocabulary == nullptr) return Hexadecimal(value);
  return vocabulary->flags ? FormatFlags(vocabulary->names, value)
                           : FormatOne(vocabulary->names, value);
}

}  // namespace chestnut::syscalls
