// Facts of the machine code in an object file, where no source has them.
#ifndef CHESTNUT_BINALYZER_OBJECT_CODE_H_
#define CHESTNUT_BINALYZER_OBJECT_CODE_H_

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "binalyzer/known_references.h"
#include "binalyzer/reconcile.h"

namespace chestnut::binalyzer {

// Functions that annotations describe, or facts of other units.
using AnnotatedNames = absl::flat_hash_set<absl::string_view>;

// Of an object without facts: of all of it but the functions that others have
// facts of, which it refers to. Errors: Image::Read's and ModuleFacts'.
absl::StatusOr<facts::UnitView> ObjectCode(const LinkedObject& object,
                                           const AnnotatedNames& annotated);

// Of an object with facts of its source: of what these (`known`) have no body
// of, assembly at file scope for one. AnyCodeOf() calls all of it.
absl::StatusOr<facts::UnitView> RestOfObjectCode(
    const LinkedObject& object, const AnnotatedNames& annotated,
    const KnownReferences& known);
std::string AnyCodeOf(const LinkedObject& object);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_OBJECT_CODE_H_
