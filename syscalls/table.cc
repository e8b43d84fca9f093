#include "syscalls/table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace chestnut::syscalls {
namespace {

constexpr Argument ParseArgument(char letter) {
  switch (letter) {
    case 'i':
    case 'n':
      return {.width = 32, .pointer = false};
    case 'p':
      return {.width = 64, .pointer = true};
    default:
      return {.width = 64, .pointer = false};
  }
}

template <size_t N, size_t M, size_t K>
constexpr Syscall MakeSyscall(int number, const char (&name)[N],
                              const char (&arguments)[M],
                              const char (&since)[K]) {
  static_assert(M <= 7, "a system call has at most six arguments");
  Syscall call;
  call.number = number;
  call.name = absl::string_view(name, N - 1);
  call.argument_count = static_cast<int>(M) - 1;
  for (size_t i = 0; i + 1 < M; ++i) {
    call.arguments[i] = ParseArgument(arguments[i]);
  }
  call.since = absl::string_view(since, K - 1);
  return call;
}

constexpr Syscall kTable[] = {
#define CHESTNUT_SYSCALL(number, name, arguments, since) \
  MakeSyscall(number, name, arguments, since),
#include "syscalls/x86_64.inc"
#undef CHESTNUT_SYSCALL
};

constexpr size_t kCount = std::size(kTable);

constexpr std::array<uint16_t, kCount> IndexByName() {
  std::array<uint16_t, kCount> index{};
  for (size_t i = 0; i < kCount; ++i) index[i] = static_cast<uint16_t>(i);
  std::sort(index.begin(), index.end(), [](uint16_t a, uint16_t b) {
    return kTable[a].name < kTable[b].name;
  });
  return index;
}

}  // namespace

const Syscall* FindByNumber(int64_t number) {
  const Syscall* found = std::lower_bound(
      std::begin(kTable), std::end(kTable), number,
      [](const Syscall& call, int64_t n) { return call.number < n; });
  return found != std::end(kTable) && found->number == number ? found : nullptr;
}

const Syscall* FindByName(absl::string_view name) {
  static const std::array<uint16_t, kCount> by_name = IndexByName();
  auto found = std::lower_bound(
      by_name.begin(), by_name.end(), name,
      [](uint16_t i, absl::string_view n) { return kTable[i].name < n; });
  if (found == by_name.end() || kTable[*found].name != name) return nullptr;
  return &kTable[*found];
}

absl::Span<const Syscall> All() { return kTable; }

std::string NameOrNumber(int64_t number) {
  const Syscall* call = FindByNumber(number);
  if (call != nullptr) return std::string(call->name);
  return absl::StrCat("unknown call ", number);
}

}  // namespace chestnut::syscalls
