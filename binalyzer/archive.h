// Reads `ar` archives, ordinary and thin, as the GNU and LLVM tools write them.
#ifndef CHESTNUT_BINALYZER_ARCHIVE_H_
#define CHESTNUT_BINALYZER_ARCHIVE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

struct ArchiveMember {
  absl::string_view name;   // as the linker prints it; a path in thin archives
  absl::string_view bytes;  // empty in thin archives: the file `name` has them
};

struct Archive {
  bool thin = false;
  std::vector<ArchiveMember> members;  // in file order, without symbol tables
};

bool IsArchive(absl::string_view bytes);

// Views into `bytes`. InvalidArgument, naming `origin`: not an archive, or a
// member beyond the end.
absl::StatusOr<Archive> ReadArchive(absl::string_view bytes,
                                    absl::string_view origin);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_ARCHIVE_H_
