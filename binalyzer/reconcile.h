// Facts of the object files that the linker took, besides those of their
// source: what the compiler added, and what machine code without source does.
#ifndef CHESTNUT_BINALYZER_RECONCILE_H_
#define CHESTNUT_BINALYZER_RECONCILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "binalyzer/elf.h"
#include "facts/reader.h"

namespace chestnut::binalyzer {

// An object file of the link, or the program that came out of link-time
// optimisation (linked with --emit-relocs).
struct LinkedObject {
  std::string name;  // for people: "libc.a(puts.lo)"
  std::string path;  // of the object or its archive, as the linker was given it
  ElfFile elf;
  std::vector<facts::UnitView> units;  // facts of its source; may be none
  absl::string_view bytes;             // the whole file
};

// The units that the objects add. `annotations`: facts by annotations
// (chestnut.h), in place of what the code of their functions says; functions
// that the link has not do not count. Errors: InvalidArgument with one line
// that names the object, for one that is broken.
absl::StatusOr<std::vector<facts::UnitView>> Reconcile(
    const std::vector<LinkedObject>& objects,
    const std::vector<facts::UnitView>& annotations);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_RECONCILE_H_
