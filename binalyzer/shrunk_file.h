// Files that become shorter while they are mapped: the next look at what is
// gone is a SIGBUS.
#ifndef CHESTNUT_BINALYZER_SHRUNK_FILE_H_
#define CHESTNUT_BINALYZER_SHRUNK_FILE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

// From now on, a SIGBUS inside of `bytes`, a mapping of the file, ends the
// process with one line on standard error and status 2. Others do what they did
// before. Any thread may call these.
void WatchMapping(absl::string_view bytes, const std::string& path);
// Before it is unmapped.
void ForgetMapping(absl::string_view bytes);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_SHRUNK_FILE_H_
