#include "patcher/launcher/executable.h"

#include <cstddef>

namespace chestnut::patcher {

const unsigned char chestnut_launcher_executable[] = {
#include "patcher/launcher/executable.inc"
};
const size_t chestnut_launcher_executable_size =
    sizeof(chestnut_launcher_executable);

}  // namespace chestnut::patcher
