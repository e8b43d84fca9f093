// Link maps of any content: parsed or refused, nothing else.
#include <cstddef>
#include <cstdint>

#include "driver/link_map.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  chestnut::driver::ParseLinkMap({reinterpret_cast<const char*>(data), size},
                                 "map")
      .IgnoreError();
  return 0;
}
