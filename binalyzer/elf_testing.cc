#include "binalyzer/elf_testing.h"

#include <elf.h>
#include <link.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::binalyzer {

std::string OutputOf(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    ADD_FAILURE() << "cannot run " << command;
    return "";
  }
  std::string output;
  char buffer[65536];
  while (const size_t size = fread(buffer, 1, sizeof(buffer), pipe)) {
    output.append(buffer, size);
  }
  const int status = pclose(pipe);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    ADD_FAILURE() << "failed: " << command;
    return "";
  }
  return output;
}

std::string FromYaml(
    absl::string_view name,
    const std::vector<std::pair<std::string, std::string>>& macros) {
  std::string command =
      absl::StrCat("yaml2obj-19 binalyzer/testdata/", name, " -o -");
  for (const auto& [macro, value] : macros) {
    absl::StrAppend(&command, " '-D", macro, "=", value, "'");
  }
  return OutputOf(command);
}

std::string Compile(absl::string_view compiler, absl::string_view language,
                    absl::string_view source, absl::string_view flags) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  // Of parameterised tests the names have slashes.
  const std::string base =
      absl::StrCat(testing::TempDir(), "/",
                   absl::StrReplaceAll(
                       absl::StrCat(test->test_suite_name(), ".", test->name()),
                       {{"/", "."}}));
  const std::string input = absl::StrCat(base, ".source");
  const std::string output = absl::StrCat(base, ".elf");
  EXPECT_TRUE(support::WriteFileAtomically(input, source).ok());
  OutputOf(absl::StrCat(compiler, " ", flags, " -x ", language, " '", input,
                        "' -o '", output, "'"));
  return FileBytes(output);
}

std::string WithoutSectionHeaders(std::string bytes) {
  Elf64_Ehdr header;
  if (bytes.size() < sizeof(header)) return bytes;
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.e_shoff = 0;
  header.e_shnum = 0;
  header.e_shstrndx = 0;
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes;
}

std::string FileBytes(const std::string& path) {
  auto bytes = support::ReadFile(path);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *std::move(bytes) : "";
}

std::string PathOfLibc() {
  std::string path;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        if (absl::StrContains(info->dlpi_name, "/libc.so")) {
          *static_cast<std::string*>(data) = info->dlpi_name;
        }
        return 0;
      },
      &path);
  EXPECT_FALSE(path.empty());
  return path;
}

}  // namespace chestnut::binalyzer
