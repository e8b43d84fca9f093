// The bytes of section `.chestnut.facts` and of facts files: a sequence of
// framed units. The linker concatenates the sections of all objects it pulls
// in, with zero padding between them, so each unit carries a frame:
//
//   offset 0   8 bytes  magic "CHSTNFCT"
//   offset 8   u32 LE   frame version (kSchemaMajor)
//   offset 12  u32 LE   length of the FlatBuffer
//   offset 16           the FlatBuffer, zero-padded to a multiple of 8
#ifndef CHESTNUT_FACTS_CONTAINER_H_
#define CHESTNUT_FACTS_CONTAINER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "facts/reader.h"

namespace chestnut::facts {

inline constexpr char kSectionName[] = ".chestnut.facts";

// Frames one serialised unit.
std::string Frame(absl::string_view flatbuffer);

// Splits the content of a section or facts file and checks every unit, in the
// order of the bytes. `origin` names the file in errors. InvalidArgument on
// anything that is not a frame; an empty input gives no units.
absl::StatusOr<std::vector<UnitView>> ParseUnits(absl::string_view bytes,
                                                 absl::string_view origin);

}  // namespace chestnut::facts

#endif  // CHESTNUT_FACTS_CONTAINER_H_
