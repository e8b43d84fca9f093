// A program's file replaced as a whole.
#ifndef CHESTNUT_PATCHER_OUTPUT_H_
#define CHESTNUT_PATCHER_OUTPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::patcher {

// Writes `content` to `path` (where that is a symbolic link, to what it leads
// to) so that there is either what was there before or all of it: a program
// that runs keeps its old file. Owner, permissions and extended attributes
// (access lists, capabilities, labels) are made those of the file `like`; the
// time of change is now. Returns, in words, what could not be kept. Set-uid and
// set-gid bits are given to nobody else than their owner: without the owner
// they are left out. Errors name `path`; nothing is left behind then.
absl::StatusOr<std::vector<std::string>> WriteLike(const std::string& like,
                                                   const std::string& path,
                                                   absl::string_view content);

// The number of names (hard links) that the file has, 0 if it is not there.
uint64_t CountNames(const std::string& path);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_OUTPUT_H_
