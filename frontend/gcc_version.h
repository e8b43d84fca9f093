#ifndef CHESTNUT_FRONTEND_GCC_VERSION_H_
#define CHESTNUT_FRONTEND_GCC_VERSION_H_

#include <string>

namespace chestnut::frontend {

// The version that a compiler which is not clang gives itself, as it answers
// -dumpfullversion: headers ask for it (__GNUC__), and clang would say 4.2.
// 6.5.0 for all that are newer: from 7 on glibc's headers use types that
// clang's C has not (_Float32). Empty for clang, and where the compiler is not
// here or does not answer so.
std::string GccVersion(const std::string& compiler);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_GCC_VERSION_H_
