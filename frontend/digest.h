// The content digest of a unit.
#ifndef CHESTNUT_FRONTEND_DIGEST_H_
#define CHESTNUT_FRONTEND_DIGEST_H_

#include <string>

#include "clang/Basic/SourceManager.h"
#include "frontend/places.h"

namespace chestnut::frontend {

// SHA-256, in hexadecimal, of the unit's name and of the names and bytes of all
// files that were read, sorted by name.
std::string SourceDigest(const clang::SourceManager& sources,
                         llvm::StringRef name, const Places& places);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_DIGEST_H_
