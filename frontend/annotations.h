// What a source says of assembly functions with the macros of chestnut.h.
#ifndef CHESTNUT_FRONTEND_ANNOTATIONS_H_
#define CHESTNUT_FRONTEND_ANNOTATIONS_H_

#include "absl/status/status.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// Adds a function for each that annotations speak of. InvalidArgument, naming
// the place: an annotation that is none of chestnut.h's forms.
absl::Status CollectAnnotations(UnitTables& unit);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_ANNOTATIONS_H_
