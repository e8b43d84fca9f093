#ifndef CHESTNUT_DRIVER_DROP_SECTION_H_
#define CHESTNUT_DRIVER_DROP_SECTION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace chestnut::driver {

// Takes the sections called `name` out of the ELF file at `path`. They must not
// be loaded; what is loaded stays where it is, and so do the indices of the
// other sections (the header of the one that is gone says "inactive").
absl::Status DropSection(const std::string& path, absl::string_view name);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_DROP_SECTION_H_
