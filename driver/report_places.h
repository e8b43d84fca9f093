#ifndef CHESTNUT_DRIVER_REPORT_PLACES_H_
#define CHESTNUT_DRIVER_REPORT_PLACES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "finalyzer/target.h"
#include "finalyzer/violation.h"

namespace chestnut::driver {

// What was mapped when `violation` happened, as far as that can be known: what
// a core file says; else the executable where a report in mode trap or its own
// file says that it lies, and the module that has the only instruction which
// can have made the call (modules are mapped to whole pages, so the lowest
// twelve bits of an address are those of the file). `program` is the program's
// file, of which the libraries are found as the loader finds them. Sorted.
// Errors are those of reading the program.
absl::StatusOr<std::vector<finalyzer::Mapping>> MappingsOfReport(
    const finalyzer::Violation& violation, const std::string& program);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_REPORT_PLACES_H_
