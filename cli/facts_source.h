#ifndef CHESTNUT_CLI_FACTS_SOURCE_H_
#define CHESTNUT_CLI_FACTS_SOURCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "facts/reader.h"

namespace chestnut::cli {

// The units in a facts file, an object file or an archive of objects. Errors
// name the path.
absl::StatusOr<std::vector<facts::UnitView>> LoadFacts(const std::string& path);

// The same; of an ELF file that carries no facts those that its code shows.
absl::StatusOr<std::vector<facts::UnitView>> LoadOrMakeFacts(
    const std::string& path);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_FACTS_SOURCE_H_
