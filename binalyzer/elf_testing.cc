#include "binalyzer/elf_testing.h"

#include <elf.h>
#include <link.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::binalyzer {

namespace {

// Several builds may run their tests at once.
std::string UniquePath() {
  static int count = 0;
  return absl::StrCat(testing::TempDir(), "/binalyzer-", getpid(), "-",
                      ++count);
}

}  // namespace

TemporaryFile::TemporaryFile() : path_(UniquePath()) {}

TemporaryFile::TemporaryFile(absl::string_view bytes) : path_(UniquePath()) {
  EXPECT_TRUE(support::WriteFileAtomically(path_, bytes).ok());
}

TemporaryFile::~TemporaryFile() { unlink(path_.c_str()); }

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
  const TemporaryFile input(source);
  const TemporaryFile output;
  OutputOf(absl::StrCat(compiler, " ", flags, " -x ", language, " '",
                        input.path(), "' -o '", output.path(), "'"));
  return FileBytes(output.path());
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
