#ifndef CHESTNUT_FACTS_REASONS_H_
#define CHESTNUT_FACTS_REASONS_H_

#include "absl/strings/string_view.h"

// Reasons of unknown values that readers of facts act upon.
namespace chestnut::facts {

// The integer is the address that a pointer of the enclosing function holds;
// the function's conversions say what is behind it.
inline constexpr absl::string_view kPointer = "pointer";

}  // namespace chestnut::facts

#endif  // CHESTNUT_FACTS_REASONS_H_
