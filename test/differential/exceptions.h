// Where IR and facts may differ, each with the reason. All of it is data: a
// difference that no entry covers is a missing edge.
#ifndef CHESTNUT_TEST_DIFFERENTIAL_EXCEPTIONS_H_
#define CHESTNUT_TEST_DIFFERENTIAL_EXCEPTIONS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace chestnut::differential {

// Definitions that the compiler makes and facts need not name: where they have
// no facts of their own, whoever refers to one must have its edges.
struct Folded {
  absl::string_view prefix;
  absl::string_view part;  // anywhere in the name
  absl::string_view reason;
};
absl::Span<const Folded> FoldedDefinitions();

// Null if the name is no such definition.
const Folded* FindFolded(absl::string_view name);

// Functions that call what they are given (or have it called): facts may write
// the function passed as called by the caller, which is sound.
struct Registrar {
  absl::string_view function;
  absl::string_view reason;
};
const Registrar* FindRegistrar(absl::string_view function);

// Symbols to which facts write an edge through a function of their own.
struct Bundled {
  absl::string_view symbol;
  absl::string_view bundle;  // calls it, and is called in place of it
  absl::string_view reason;
};
const Bundled* FindBundled(absl::string_view symbol);

// Symbols no edge to which is compared.
struct Ignored {
  absl::string_view prefix;
  absl::string_view reason;
};
const Ignored* FindIgnored(absl::string_view symbol);

}  // namespace chestnut::differential

#endif  // CHESTNUT_TEST_DIFFERENTIAL_EXCEPTIONS_H_
