// What a linker's map says of the link that wrote it.
#ifndef CHESTNUT_DRIVER_LINK_MAP_H_
#define CHESTNUT_DRIVER_LINK_MAP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::driver {

struct LinkMap {
  // The files that became part of the program, as the linker names them:
  // "main.o", "lib/libx.a(member.o)"; each once, in the map's order. With GNU
  // ld also whole archives and shared libraries that it opened.
  std::vector<std::string> inputs;
  // Symbols that --defsym or a linker script gives a value; of GNU ld only, the
  // others' maps do not tell.
  std::vector<std::string> assigned;
  // Where the output's .text lies: what tells one link from another.
  uint64_t text_address = 0;
  uint64_t text_size = 0;
};

// Reads the text of a map by GNU ld, gold (both -Wl,-Map=FILE) or lld (the
// same, or -Wl,--Map=FILE). `name` is for messages. InvalidArgument if it is
// none of these, or says nothing of .text.
absl::StatusOr<LinkMap> ParseLinkMap(absl::string_view text,
                                     absl::string_view name);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_LINK_MAP_H_
