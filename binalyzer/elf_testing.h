// What tests of the ELF side need: files made from YAML and by compilers.
#ifndef CHESTNUT_BINALYZER_ELF_TESTING_H_
#define CHESTNUT_BINALYZER_ELF_TESTING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

// A path of its own for a file that the test makes; removed with the object.
class TemporaryFile {
 public:
  TemporaryFile();
  // With this content.
  explicit TemporaryFile(absl::string_view bytes);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

// What the shell command prints. The test fails (and "" is returned) if its
// exit status is not 0.
std::string OutputOf(const std::string& command);

// The ELF file that yaml2obj makes of binalyzer/testdata/`name`, with macros.
std::string FromYaml(
    absl::string_view name,
    const std::vector<std::pair<std::string, std::string>>& macros = {});

// What the compiler (gcc, g++, clang-19 ...) makes of the source with these
// flags. `language` is that of -x: c, c++, assembler.
std::string Compile(absl::string_view compiler, absl::string_view language,
                    absl::string_view source, absl::string_view flags);

// The same file without section headers, as the loader does not need them.
std::string WithoutSectionHeaders(std::string bytes);

// The whole file; the test fails if it cannot be read.
std::string FileBytes(const std::string& path);

// Where the C library is that this process runs with.
std::string PathOfLibc();

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_ELF_TESTING_H_
