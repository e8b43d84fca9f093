// Makes names comparable that the compiler and the facts write differently.
#ifndef CHESTNUT_TEST_DIFFERENTIAL_NAMES_H_
#define CHESTNUT_TEST_DIFFERENTIAL_NAMES_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "test/differential/ir_edges.h"

namespace chestnut::differential {

// Line of each closure type that the compiler only numbers (`$_0`): by number,
// then by the function that it is in.
using ClosureLines = std::map<unsigned, std::map<std::string, unsigned>>;

// Learns them from the place of the closures' call operators.
ClosureLines FindClosureLines(const IrUnit& ir);

// Whether the name has parts that the two sides write differently: internal
// closures are numbered by the compiler and keyed by place in facts, unnamed
// types are numbered in the order of questions.
bool HasClosure(absl::string_view name);

// The readable form of a name, each internal closure by its line; `lines` for a
// name of the compiler's. A name without closures is returned as it is.
std::string PlacedName(absl::string_view name, const ClosureLines& lines);

// The name up to its first internal closure, that one's line, and which member
// of it is meant. For what no demangler reads: the compiler's names of generic
// closures lack their parameters. Several may share it.
std::string CutName(absl::string_view name, const ClosureLines& lines);

// As PlacedName without lines and without the number that tells static locals
// of one name in one function from each other: several may share it.
std::string LooseName(absl::string_view name);

}  // namespace chestnut::differential

#endif  // CHESTNUT_TEST_DIFFERENTIAL_NAMES_H_
