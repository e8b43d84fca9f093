// The libc from source: musl, built once by Chestnut's own compiler from
// Debian's source package and kept in the user's cache folder.
#ifndef CHESTNUT_DRIVER_MUSL_H_
#define CHESTNUT_DRIVER_MUSL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "driver/toolchain.h"

namespace chestnut::driver {

// Where musl's source comes from.
struct MuslSource {
  std::string path;  // a source folder or tarball; empty: Debian's package
};

// The sysroot with musl's headers, and libc.a and crt files that carry the
// facts of their C sources. Builds it first if it is not there, with a progress
// line on stderr; other processes that want it wait. Errors say what to do;
// what was half made is removed.
absl::StatusOr<std::string> EnsureMusl(const MuslSource& source);

// The flags that make a compiler use it, for compiling and linking.
std::vector<std::string> MuslFlags(absl::string_view folder,
                                   CompilerFamily family);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_MUSL_H_
