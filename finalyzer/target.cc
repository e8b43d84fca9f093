#include "finalyzer/target.h"

#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "finalyzer/observation.h"
#include "support/file.h"

namespace chestnut::finalyzer {
namespace {

constexpr uint64_t kPage = 4096;
// Of a stack: the frames of a libc's wrapper and its nearest callers.
constexpr size_t kStackLooked = 16384;
constexpr size_t kLongestCall = 7;

std::string ReadProc(pid_t thread, const char* name) {
  absl::StatusOr<std::string> text =
      support::ReadFile(absl::StrCat("/proc/", thread, "/", name));
  return text.ok() ? *std::move(text) : "";
}

bool ParseRange(absl::string_view text, Mapping& mapping) {
  const std::vector<absl::string_view> ends = absl::StrSplit(text, '-');
  return ends.size() == 2 && absl::SimpleHexAtoi(ends[0], &mapping.first) &&
         absl::SimpleHexAtoi(ends[1], &mapping.end);
}

// The stack pointer of a thread inside a call: the last but one number.
std::optional<uint64_t> StackPointerOf(pid_t thread) {
  const std::string text = ReadProc(thread, "syscall");
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  uint64_t pointer = 0;
  if (words.size() < 2 ||
      !absl::SimpleHexAtoi(words[words.size() - 2], &pointer)) {
    return std::nullopt;
  }
  return pointer;
}

}  // namespace

std::string FileName(absl::string_view path) {
  absl::ConsumeSuffix(&path, " (deleted)");
  return std::string(support::BaseName(path));
}

std::string ExecutableOf(pid_t thread) {
  char path[PATH_MAX];
  const std::string link = absl::StrCat("/proc/", thread, "/exe");
  const ssize_t size = readlink(link.c_str(), path, sizeof(path));
  return size < 0 ? "" : std::string(path, static_cast<size_t>(size));
}

std::optional<FileIdentity> IdentityOfExecutable(pid_t thread) {
  return IdentityOfFile(absl::StrCat("/proc/", thread, "/exe"));
}

std::optional<FileIdentity> IdentityOfFile(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

std::vector<Mapping> ParseMappings(const std::string& text) {
  std::vector<Mapping> mappings;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    // Range, permissions, offset, device, inode, then the path with its spaces.
    const std::vector<absl::string_view> fields =
        absl::StrSplit(line, absl::MaxSplits(' ', 5));
    Mapping mapping;
    if (fields.size() < 5 || !ParseRange(fields[0], mapping) ||
        !absl::SimpleHexAtoi(fields[2], &mapping.file_offset)) {
      continue;
    }
    mapping.executable = absl::StrContains(fields[1], 'x');
    if (fields.size() == 6) {
      const size_t begin = fields[5].find_first_not_of(' ');
      if (begin != absl::string_view::npos) {
        mapping.path = std::string(fields[5].substr(begin));
      }
    }
    mappings.push_back(std::move(mapping));
  }
  return mappings;
}

std::vector<Mapping> MappingsOf(pid_t thread) {
  return ParseMappings(ReadProc(thread, "maps"));
}

const Mapping* FindMapping(const std::vector<Mapping>& mappings,
                           uint64_t address) {
  auto found = std::upper_bound(
      mappings.begin(), mappings.end(), address,
      [](uint64_t at, const Mapping& mapping) { return at < mapping.end; });
  if (found == mappings.end() || address < found->first) return nullptr;
  return &*found;
}

Place PlaceOf(const std::vector<Mapping>& mappings, uint64_t address) {
  const Mapping* mapping = FindMapping(mappings, address);
  if (mapping == nullptr || mapping->path.empty()) return {};
  // Its first part lies below the others.
  const Mapping* begin = mapping;
  while (begin != mappings.data() && begin->file_offset != 0) --begin;
  if (begin->path != mapping->path || begin->file_offset != 0) begin = mapping;
  return {FileName(mapping->path), address - begin->first + begin->file_offset};
}

std::string ReadMemory(pid_t thread, uint64_t address, size_t size) {
  std::string bytes(size, '\0');
  size_t done = 0;
  // Page by page: a call that reaches beyond the memory's end reads nothing.
  while (done < size) {
    const uint64_t at = address + done;
    const size_t part = std::min<size_t>(size - done, kPage - at % kPage);
    iovec local = {bytes.data() + done, part};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other's
    iovec remote = {reinterpret_cast<void*>(at), part};
    const ssize_t count = process_vm_readv(thread, &local, 1, &remote, 1, 0);
    if (count <= 0) break;
    done += static_cast<size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

std::optional<TargetString> ReadString(pid_t thread, uint64_t address,
                                       size_t most) {
  std::string bytes = ReadMemory(thread, address, most);
  if (bytes.empty()) return std::nullopt;
  const size_t end = bytes.find('\0');
  if (end == std::string::npos) return TargetString{std::move(bytes), true};
  bytes.resize(end);
  return TargetString{std::move(bytes), false};
}

bool EndsInCall(const std::string& bytes) {
  const size_t size = bytes.size();
  auto at = [&](size_t back) {
    return back <= size ? static_cast<uint8_t>(bytes[size - back]) : 0;
  };
  if (at(5) == 0xe8) return true;  // call rel32
  // call r/m64: ff /2, whose length the ModRM byte (and SIB) decides.
  for (size_t length = 2; length <= kLongestCall; ++length) {
    if (length > size || at(length) != 0xff) continue;
    const uint8_t modrm = at(length - 1);
    if ((modrm >> 3 & 7) != 2) continue;
    const int mode = modrm >> 6;
    const bool sib = mode != 3 && (modrm & 7) == 4;
    size_t expected = sib ? 3 : 2;
    if (mode == 1) expected += 1;
    if (mode == 2 || (mode == 0 && (modrm & 7) == 5)) expected += 4;
    if (mode == 0 && sib && (at(length - 2) & 7) == 5) expected += 4;
    if (expected == length) return true;
  }
  return false;
}

std::vector<uint64_t> FindCallers(pid_t thread,
                                  const std::vector<Mapping>& mappings) {
  std::vector<uint64_t> callers;
  const std::optional<uint64_t> pointer = StackPointerOf(thread);
  if (!pointer) return callers;
  const std::string stack = ReadMemory(thread, *pointer, kStackLooked);
  for (size_t at = 0;
       at + sizeof(uint64_t) <= stack.size() && callers.size() < kMostFrames;
       at += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, stack.data() + at, sizeof(word));
    const Mapping* mapping = FindMapping(mappings, word);
    if (mapping == nullptr || !mapping->executable || mapping->path.empty()) {
      continue;
    }
    if (EndsInCall(ReadMemory(thread, word - kLongestCall, kLongestCall))) {
      callers.push_back(word);
    }
  }
  return callers;
}

}  // namespace chestnut::finalyzer
