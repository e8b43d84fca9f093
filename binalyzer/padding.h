#ifndef CHESTNUT_BINALYZER_PADDING_H_
#define CHESTNUT_BINALYZER_PADDING_H_

#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

// Whether the bytes are what assemblers and linkers put between functions:
// nops of any length (Intel's manual, NOP), int3, zeros. Empty bytes are.
bool IsPadding(absl::string_view code);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_PADDING_H_
