#ifndef CHESTNUT_DRIVER_ELF_EDIT_H_
#define CHESTNUT_DRIVER_ELF_EDIT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace chestnut::driver {

// Takes the sections called `name` out of the ELF file at `path`. They must not
// be loaded; what is loaded stays where it is, and so do the indices of the
// other sections (the header of the one that is gone says "inactive").
absl::Status DropSection(const std::string& path, absl::string_view name);

// Adds a section that is not loaded, aligned to 8 bytes, to the object file at
// `path`. On failure the file is as it was.
absl::Status AddSection(const std::string& path, absl::string_view name,
                        absl::string_view content);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_ELF_EDIT_H_
