// The drop-in compiler: `chestnut cc`, `chestnut c++`, chestnut-cc,
// chestnut-c++.
#ifndef CHESTNUT_DRIVER_COMPILER_H_
#define CHESTNUT_DRIVER_COMPILER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "driver/options.h"
#include "driver/toolchain.h"

namespace chestnut::driver {

// Exit status of Chestnut's own errors: wrong use, unreadable input.
inline constexpr int kExitWrongUse = 2;
// The analysis is incomplete, so that there is no policy to enforce.
inline constexpr int kExitIncomplete = 3;

// Becomes the real compiler, with what makes it embed facts and link through
// chestnut-ld. `arguments` are those after the program's name. Returns only on
// failure, which it has reported, with the exit status.
int CompilerMain(Language language, absl::string_view program,
                 std::vector<std::string> arguments);

// Runs a link command of another build system, `words` from the compiler on,
// so that the program that comes out is sandboxed as with `chestnut cc`; it is
// written to `output` whatever the command says. What `options` asks for is
// done; its `real` is the command's compiler. Returns the exit status.
int LinkMain(Options options, const std::vector<std::string>& words,
             const std::string& output);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_COMPILER_H_
