#ifndef CHESTNUT_FINALYZER_OBSERVATION_JSON_H_
#define CHESTNUT_FINALYZER_OBSERVATION_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "finalyzer/observation.h"

// The form that observations are kept in: docs/finalyzer.md describes it.
namespace chestnut::finalyzer {

inline constexpr absl::string_view kObservationVersion = "1.0";

// One JSON document, one call a line, sorted: the same observations give the
// same bytes.
std::string WriteObservations(const Observations& observations);

// kInvalidArgument, in one line with `origin` and the place: not JSON (a file
// that was cut off), another major version, unknown fields, values out of
// range, calls given twice.
absl::StatusOr<Observations> ReadObservations(absl::string_view json,
                                              absl::string_view origin);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_OBSERVATION_JSON_H_
