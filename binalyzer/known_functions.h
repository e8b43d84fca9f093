// What is known of functions by their names alone, because they are usually in
// another module.
#ifndef CHESTNUT_BINALYZER_KNOWN_FUNCTIONS_H_
#define CHESTNUT_BINALYZER_KNOWN_FUNCTIONS_H_

#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

// Control does not come back from a call: C, POSIX and C++ runtime functions
// that are declared so, and those of common libraries.
bool NeverReturns(absl::string_view name);

// A call returns a second time, after the stack may have changed.
bool ReturnsTwice(absl::string_view name);

// Its indirect jump leads to where the program was before, not into a function:
// longjmp and its kin.
bool JumpsBack(absl::string_view name);

// It writes only to what it is handed as memory without type (or for a saved
// machine state), of which the facts of its callers tell: memcpy, setjmp.
bool WritesAsDeclared(absl::string_view name);

// Bits of the integer arguments that decide what the function does: which
// system calls, with which of the arguments that policies restrict; or what it
// loads. 0 for most.
unsigned WantedArguments(absl::string_view name);

// The argument that names what a function of the dlopen family loads or looks
// up, or what facts::FindExecutingFunction's execute; -1 for all others.
int NameArgument(absl::string_view name);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_KNOWN_FUNCTIONS_H_
