// chestnut-ld: the linker that `chestnut cc` tells the real compiler to use.
#include <string>
#include <vector>

#include "driver/linker.h"

int main(int argc, char** argv) {
  return chestnut::driver::LinkerMain({argv + 1, argv + argc});
}
