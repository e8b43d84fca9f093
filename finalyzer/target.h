#ifndef CHESTNUT_FINALYZER_TARGET_H_
#define CHESTNUT_FINALYZER_TARGET_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "finalyzer/observation.h"

// What /proc and its memory say of a thread that waits in a call. Nothing here
// stops it or needs it to be traced. Whoever reads must ask afterwards whether
// the call still waits (Listener::IsWaiting); and another thread may change the
// memory at any time, so what is read is for people to look at and never what
// the kernel will see.
namespace chestnut::finalyzer {

// The executable's path as /proc has it ("/usr/bin/python3.11"), empty if it
// cannot be known.
std::string ExecutableOf(pid_t thread);

// The executable itself, whatever its path says: who has mounts of its own, or
// has replaced the file, runs another than the one that its path leads to.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};
std::optional<FileIdentity> IdentityOfExecutable(pid_t thread);
std::optional<FileIdentity> IdentityOfFile(const std::string& path);

// The base name of a path that /proc shows, without the kernel's mark of a
// file that is gone.
std::string FileName(absl::string_view path);

// One mapping of a file (or of nothing: then `path` is empty).
struct Mapping {
  uint64_t first = 0;
  uint64_t end = 0;
  uint64_t file_offset = 0;
  bool executable = false;
  std::string path;
};

// The text of /proc/PID/maps; lines that do not look like it are left out.
std::vector<Mapping> ParseMappings(const std::string& text);
std::vector<Mapping> MappingsOf(pid_t thread);

// The mapping that holds the address, or null.
const Mapping* FindMapping(const std::vector<Mapping>& mappings,
                           uint64_t address);

// The address's file by its base name, and how far it is from where the file
// begins in memory: the address that tools show of a library or PIE.
Place PlaceOf(const std::vector<Mapping>& mappings, uint64_t address);

// `size` bytes, or fewer where the memory ends; empty if it cannot be read.
std::string ReadMemory(pid_t thread, uint64_t address, size_t size);

// The string at the address: up to its end or `most` bytes (`is_cut`).
struct TargetString {
  std::string text;
  bool is_cut = false;
};
std::optional<TargetString> ReadString(pid_t thread, uint64_t address,
                                       size_t most);

// Return addresses above the stack pointer of a waiting thread, the nearest
// first, at most kMostFrames. Found by their look: they point into code, behind
// a call instruction. So none is left out, but one that an earlier call left
// behind may be among them. Empty if the thread's stack cannot be read.
inline constexpr size_t kMostFrames = 12;
std::vector<uint64_t> FindCallers(pid_t thread,
                                  const std::vector<Mapping>& mappings);

// Whether the bytes before a return address end in a call instruction.
bool EndsInCall(const std::string& bytes);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_TARGET_H_
