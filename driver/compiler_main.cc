// chestnut-cc, chestnut-c++ and chestnut-launch, which is chestnut-cc with
// --chestnut-launch in one word: one program, told apart by its name.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "driver/compiler.h"

int main(int argc, char** argv) {
  using chestnut::driver::Language;
  const Language language =
      absl::EndsWith(argv[0], "++") ? Language::kCxx : Language::kC;
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (absl::EndsWith(argv[0], "chestnut-launch")) {
    arguments.insert(arguments.begin(), "--chestnut-launch");
  }
  return chestnut::driver::CompilerMain(language, argv[0], arguments);
}
