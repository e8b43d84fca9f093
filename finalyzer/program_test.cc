#include "finalyzer/program.h"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::finalyzer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ProgramTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/program_test.XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& content,
                    int mode = 0755) {
    const std::string path = folder_ + "/" + name;
    EXPECT_TRUE(support::WriteFileAtomically(path, content, mode).ok());
    return path;
  }

  static std::string Elf(int elf_class = ELFCLASS64, int machine = EM_X86_64,
                         int type = ET_DYN) {
    Elf64_Ehdr header = {};
    memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = static_cast<unsigned char>(elf_class);
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_machine = static_cast<Elf64_Half>(machine);
    header.e_type = static_cast<Elf64_Half>(type);
    return std::string(reinterpret_cast<const char*>(&header), sizeof(header));
  }

  void ExpectError(const std::string& command, const std::string& what) {
    const absl::StatusOr<Program> program = FindProgram(command, folder_);
    ASSERT_FALSE(program.ok()) << command;
    EXPECT_THAT(std::string(program.status().message()), HasSubstr(what));
  }

  std::string folder_;
};

TEST_F(ProgramTest, IsFoundByItsPath) {
  const std::string path = Write("program", Elf());
  const absl::StatusOr<Program> program = FindProgram(path, "");
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->path, path);
  EXPECT_EQ(program->image, path);
  EXPECT_FALSE(program->is_script());
  EXPECT_THAT(program->names, ElementsAre("program"));
}

TEST_F(ProgramTest, IsFoundInTheSearchPathAsTheShellDoes) {
  // Neither a folder nor a file without permission hides a program.
  const std::string path = Write("program", Elf());
  std::filesystem::create_directories(folder_ + "/a/program");
  std::filesystem::create_directories(folder_ + "/b");
  Write("b/program", Elf(), 0644);
  const absl::StatusOr<Program> program =
      FindProgram("program", folder_ + "/a:" + folder_ + "/b:" + folder_ +
                                 "/none:" + folder_);
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->path, path);
}

TEST_F(ProgramTest, HasTheNamesOfItsLinkAndOfItsFile) {
  Write("vim.basic", Elf(ELFCLASS64, EM_X86_64, ET_EXEC));
  std::filesystem::create_symlink("vim.basic", folder_ + "/vi");
  const absl::StatusOr<Program> program = FindProgram("vi", folder_);
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_THAT(program->names, ElementsAre("vi", "vim.basic"));
}

TEST_F(ProgramTest, OfAScriptTheInterpreterRuns) {
  const std::string interpreter = Write("interpreter", Elf());
  const std::string inner = Write("inner", "#! \t" + interpreter + " -x y\n");
  const std::string outer = Write("outer", "#!" + inner + "\nbody\n");
  const absl::StatusOr<Program> program = FindProgram(outer, "");
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->path, outer);
  EXPECT_EQ(program->image, interpreter);
  EXPECT_TRUE(program->is_script());
  EXPECT_THAT(program->names, ElementsAre("interpreter"));
}

TEST_F(ProgramTest, BadProgramsAreNamed) {
  ExpectError("none", "none: no executable of that name in PATH");
  ExpectError(folder_ + "/none", "No such file or directory");
  ExpectError(folder_, "is a directory, not a program");
  ExpectError(Write("empty", ""), "neither an ELF program nor a script");
  ExpectError(Write("text", "echo hello\n"), "neither an ELF program");
  ExpectError(Write("bare", "#!  \necho\n"), "neither an ELF program");
  ExpectError(Write("data", Elf(), 0644), "may not be executed");
  ExpectError(Write("short", Elf().substr(0, 20)), "cut off after 20 bytes");
  ExpectError(Write("small", Elf(ELFCLASS32, EM_386)), "architecture");
  ExpectError(Write("x32", Elf(ELFCLASS32, EM_X86_64)), "architecture");
  ExpectError(Write("arm", Elf(ELFCLASS64, EM_AARCH64)), "machine 183");
  ExpectError(Write("object", Elf(ELFCLASS64, EM_X86_64, ET_REL)), "type 1");
  ExpectError(Write("lost", "#!/nowhere/interpreter\n"),
              "/nowhere/interpreter: No such file");
  const std::string loop = folder_ + "/loop";
  ExpectError(Write("loop", "#!" + loop + "\n"), "a script itself");
}

TEST_F(ProgramTest, ProgramsWithPrivilegesOfTheirOwnAreRefused) {
  Program program;
  program.path = program.image = Write("program", Elf());
  EXPECT_TRUE(CheckPrivileges(program).ok());
  // Set-uid to the user who runs it changes nothing.
  ASSERT_EQ(chmod(program.path.c_str(), 04755), 0);
  EXPECT_TRUE(CheckPrivileges(program).ok());
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_EQ(chown(program.path.c_str(), 65534, 65534), 0);
  ASSERT_EQ(chmod(program.path.c_str(), 04755), 0);
  EXPECT_THAT(std::string(CheckPrivileges(program).message()),
              HasSubstr("set-uid to user 65534"));
  ASSERT_EQ(chmod(program.path.c_str(), 02755), 0);
  EXPECT_THAT(std::string(CheckPrivileges(program).message()),
              HasSubstr("set-gid to group 65534"));
}

}  // namespace
}  // namespace chestnut::finalyzer
