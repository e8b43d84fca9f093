// Builds that cannot be touched: facts by the compilation database, the policy
// by the linker's map, the program under `chestnut run`.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MappedLinkTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    if (IsSkipped()) return;
    Write(
        "main.c",
        "#include <stdio.h>\nint Answer(const char* name);\n"
        "int main(int argc, char** argv) {\n"
        "  return printf(\"%d\\n\", argc > 1 ? Answer(argv[1]) : 0) < 0;\n}\n");
    Write("answer.c",
          "#include <sys/personality.h>\n"
          "int Answer(const char* s) { return personality(-1) + *s; }\n");
    Write("unused.c",
          "#include <unistd.h>\nint Unused(void) { return chroot(\"/\"); }\n");
  }

  // A build by make or the like, which leaves its database and its map behind.
  void Build(const std::string& compiler, const std::string& link_flags) {
    std::vector<std::string> entries;
    for (const char* stem : {"main", "answer", "unused"}) {
      const std::string compile =
          absl::StrCat(compiler, " -O1 -c ../", stem, ".c -o ", stem, ".o");
      const Outcome outcome =
          Shell(absl::StrCat("mkdir -p build && cd build && ", compile));
      ASSERT_EQ(outcome.status, 0) << outcome.err;
      entries.push_back(absl::StrCat("{\"directory\":\"", folder_,
                                     "/build\",\"file\":\"../", stem,
                                     ".c\",\"command\":\"", compile, "\"}"));
    }
    Write("build/compile_commands.json",
          absl::StrCat("[", absl::StrJoin(entries, ","), "]"));
    const Outcome outcome = Shell(absl::StrCat(
        "cd build && rm -f libparts.a && ar rc libparts.a answer.o unused.o "
        "&& ",
        compiler, " main.o libparts.a -o program -Wl,-Map=program.map ",
        link_flags));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
  }

  Outcome Facts() { return Shell("$BIN/chestnut facts -p build"); }
  Outcome Policy(const std::string& more = "") {
    return Shell(
        "$BIN/chestnut policy --facts build/.chestnut/facts --target "
        "build/program --link-map build/program.map -o p.json " +
        more);
  }
};

TEST_F(MappedLinkTest, TheProgramRunsUnderThePolicyOfItsSource) {
  for (const auto& [compiler, flags] :
       std::vector<std::pair<std::string, std::string>>{
           {"gcc", ""},
           {"gcc", "-static"},
           {"gcc", "-fuse-ld=gold"},
           {"clang-19", "-fuse-ld=lld"}}) {
    SCOPED_TRACE(absl::StrCat(compiler, " ", flags));
    Build(compiler, flags);
    ASSERT_EQ(Facts().status, 0);
    const Outcome policy = Policy("--fail-on-missing");
    ASSERT_EQ(policy.status, 0) << policy.err;
    const std::string names =
        Shell("$BIN/chestnut show --format names p.json").out;
    EXPECT_THAT(names, HasSubstr("\npersonality\n"));
    EXPECT_THAT(names, Not(HasSubstr("\nchroot\n")));  // nobody took unused.o
    EXPECT_THAT(Shell("$BIN/chestnut explain p.json personality").out,
                HasSubstr("answer.c:2"));
    const Outcome run =
        Shell("$BIN/chestnut run --policy p.json -- build/program A");
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.out, "65\n");
  }
}

TEST_F(MappedLinkTest, ObjectsWithoutFactsAreReadAsTheyAreOrRefused) {
  Build("gcc", "");
  ASSERT_EQ(Facts().status, 0);
  // Compiled behind the database's back.
  ASSERT_EQ(
      Shell("cd build && gcc -O2 -g -c ../main.c -o other.o && gcc other.o "
            "libparts.a -o program -Wl,-Map=program.map")
          .status,
      0);
  const Outcome read = Policy();
  EXPECT_EQ(read.status, 0) << read.err;
  EXPECT_THAT(read.err, HasSubstr("without facts of their source, read as "
                                  "machine code: other.o"));
  EXPECT_THAT(Shell("$BIN/chestnut show --format names p.json").out,
              HasSubstr("\npersonality\n"));
  ASSERT_EQ(Shell("rm p.json").status, 0);
  const Outcome refused = Policy("--fail-on-missing");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("no facts of the source of other.o"));
  EXPECT_FALSE(Exists("p.json"));
}

TEST_F(MappedLinkTest, WhatDoesNotFitIsRefused) {
  Build("gcc", "");
  ASSERT_EQ(Facts().status, 0);
  auto refused = [this](const std::string& prepare, const std::string& words) {
    Build("gcc", "");
    ASSERT_EQ(Shell("cd build && " + prepare).status, 0) << prepare;
    const Outcome outcome = Policy();
    EXPECT_EQ(outcome.status, 2) << prepare;
    EXPECT_THAT(outcome.err, HasSubstr(words));
    EXPECT_FALSE(Exists("p.json"));
  };
  refused("strip program", "no symbol table");
  refused("gcc -Wl,-z,now main.o answer.o unused.o -o program",
          "is of another link than");
  refused("echo nothing >program.map", "no map of a program's link");
  refused("rm libparts.a", "libparts.a");
  refused(
      "echo 'int __wrap_puts(const char* s) { return !s; }' >w.c && gcc "
      "main.o libparts.a w.c -o program -Wl,-Map=program.map",
      "give --wrap puts here too");
}

}  // namespace
}  // namespace chestnut::driver_test
