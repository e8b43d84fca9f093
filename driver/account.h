#ifndef CHESTNUT_DRIVER_ACCOUNT_H_
#define CHESTNUT_DRIVER_ACCOUNT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "binalyzer/loading.h"

namespace chestnut::driver {

// What is covered of each module, and what is unknown (binalyzer/account.h), in
// the order of the files. Each is read anew: facts do not carry their account.
// Errors are those of reading the file.
absl::StatusOr<std::vector<std::string>> AccountOf(
    const std::vector<binalyzer::LoadedFile>& files);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_ACCOUNT_H_
