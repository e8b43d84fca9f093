// chestnut.overlay.json: what a person decided about places that no analysis
// knows (docs/analyze.md).
#ifndef CHESTNUT_DRIVER_OVERLAY_H_
#define CHESTNUT_DRIVER_OVERLAY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::driver {

struct Decision {
  std::string place;  // as the analysis names it: "libfoo.so.1+0x1234"
  // Of a system call site: the calls it can make. Of a load: the libraries, of
  // a look-up: the functions. All empty: nothing.
  std::vector<std::string> calls;
  std::vector<std::string> modules;
  std::vector<std::string> names;
  std::string reason;
};

struct Overlay {
  std::vector<Decision> decisions;

  // Null if nobody decided about the place.
  const Decision* Find(absl::string_view place) const;
};

// InvalidArgument: not JSON, a field that is unknown or of a wrong type, a
// decision without reason, an unknown system call, a place decided twice.
absl::StatusOr<Overlay> ParseOverlay(absl::string_view text,
                                     absl::string_view origin);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_OVERLAY_H_
