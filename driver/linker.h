// The linker stage: what the real compiler calls instead of its linker.
#ifndef CHESTNUT_DRIVER_LINKER_H_
#define CHESTNUT_DRIVER_LINKER_H_

#include <string>
#include <vector>

namespace chestnut::driver {

// Links as the real linker would; a program is then analysed, and linked again
// with the runtime that installs its policy. Returns the exit status: the real
// linker's, or one of compiler.h after one line on stderr. Where it is not 0,
// there is no output file.
int LinkerMain(std::vector<std::string> arguments);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_LINKER_H_
