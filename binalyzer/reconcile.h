// Holds source facts against the object files that the linker took: what the
// compiler or an assembler added becomes facts too.
#ifndef CHESTNUT_BINALYZER_RECONCILE_H_
#define CHESTNUT_BINALYZER_RECONCILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "binalyzer/elf.h"
#include "facts/reader.h"

namespace chestnut::binalyzer {

// An object file of the link, or the program that came out of link-time
// optimisation (linked with --emit-relocs).
struct LinkedObject {
  std::string name;  // for people: "libc.a(puts.lo)"
  ElfFile elf;
  std::vector<facts::UnitView> units;  // its own facts
  // A part of the compiler that every program may contain (libgcc): compiled
  // code without facts, which makes no system call.
  bool compiler_support = false;
};

struct ReconcileOptions {
  // Compiled code without facts is taken as it is. If it makes system calls,
  // the analysis will be incomplete.
  bool allow_unanalysed = false;
  // Facts by annotations: of assembly functions, and of what the inline
  // assembly of others refers to. Functions that the link has not do not count.
  std::vector<facts::UnitView> annotations;
};

// The units that the objects add. FailedPrecondition, naming object and symbol:
// compiled code without facts, assembly with a system call that no annotation
// explains.
absl::StatusOr<std::vector<facts::UnitView>> Reconcile(
    const std::vector<LinkedObject>& objects, const ReconcileOptions& options);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_RECONCILE_H_
