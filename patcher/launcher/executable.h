// The launcher's executable file (launcher.c), made when Chestnut is built.
#ifndef CHESTNUT_PATCHER_LAUNCHER_EXECUTABLE_H_
#define CHESTNUT_PATCHER_LAUNCHER_EXECUTABLE_H_

#include <cstddef>

namespace chestnut::patcher {

extern const unsigned char chestnut_launcher_executable[];
extern const size_t chestnut_launcher_executable_size;

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_LAUNCHER_EXECUTABLE_H_
