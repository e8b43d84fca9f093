// Lets the facts of a unit travel in the object that the same compile makes.
#ifndef CHESTNUT_FRONTEND_EMBED_H_
#define CHESTNUT_FRONTEND_EMBED_H_

#include "absl/strings/string_view.h"
#include "clang/Frontend/CompilerInstance.h"

namespace chestnut::frontend {

// Whether the compile makes an object (or bitcode, or assembly on the way to
// one), in which facts can travel.
bool MakesObject(const clang::CompilerInstance& compiler);

// Adds `facts` (container bytes) to the module that is about to be generated,
// as file-scope assembly that fills section .chestnut.facts. No file is
// involved, so it works with link-time optimisation, and neither preprocessed
// text nor dependencies show it. To be called before the main action sees the
// end of the translation unit.
void EmbedFacts(clang::CompilerInstance& compiler, absl::string_view facts);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_EMBED_H_
