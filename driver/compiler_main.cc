// chestnut-cc and chestnut-c++: one program, told apart by its name.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "driver/compiler.h"

int main(int argc, char** argv) {
  using chestnut::driver::Language;
  const Language language =
      absl::EndsWith(argv[0], "++") ? Language::kCxx : Language::kC;
  return chestnut::driver::CompilerMain(language, argv[0],
                                        {argv + 1, argv + argc});
}
