#include "frontend/command.h"

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::frontend {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

SyntaxCommand Parsed(const std::vector<std::string>& words) {
  absl::StatusOr<SyntaxCommand> command = ToSyntaxCommand(words, "/");
  EXPECT_TRUE(command.ok()) << command.status();
  return command.ok() ? *command : SyntaxCommand();
}

std::string Refused(const std::vector<std::string>& words) {
  absl::StatusOr<SyntaxCommand> command = ToSyntaxCommand(words, "/");
  EXPECT_FALSE(command.ok());
  return std::string(command.status().message());
}

TEST(Command, WhatChangesTheSourceStays) {
  SyntaxCommand command =
      Parsed({"gcc", "-O2", "-D_FORTIFY_SOURCE=2", "-DA=b c", "-Iinc",
              "-include", "pre.h", "-std=gnu17", "-fPIC", "-m64", "a.c"});
  EXPECT_THAT(
      command.arguments,
      ElementsAre("clang", "-O2", "-D", "_FORTIFY_SOURCE=2", "-D", "A=b c",
                  "-I", "inc", "-include", "pre.h", "-std=gnu17", "-fPIC",
                  "-m64", "a.c", "-w", "-fsyntax-only"));
  EXPECT_EQ(command.source, "a.c");
}

TEST(Command, WhatIsWrittenAndHowItWarnsGoes) {
  SyntaxCommand command =
      Parsed({"cc", "-c", "-o", "a.o", "-MD", "-MF", "a.d", "-MT", "a.o",
              "-Wall", "-Werror", "-pipe", "-save-temps", "a.c"});
  EXPECT_THAT(command.arguments,
              ElementsAre("clang", "a.c", "-w", "-fsyntax-only"));
}

TEST(Command, OptionsThatOnlyGccKnowsGo) {
  SyntaxCommand command = Parsed({"gcc", "-fno-canonical-system-headers",
                                  "-fno-such-option-of-clang", "-fplugin=x.so",
                                  "-fprofile-use=x", "-c", "a.c"});
  EXPECT_THAT(command.arguments,
              ElementsAre("clang", "a.c", "-w", "-fsyntax-only"));
}

TEST(Command, LaunchersInFrontAreSkipped) {
  SyntaxCommand command = Parsed({"/usr/bin/ccache", "g++-12", "-c", "a.cc"});
  EXPECT_EQ(command.arguments[0], "clang++");
  EXPECT_EQ(command.source, "a.cc");
}

TEST(Command, OptionsForThePreprocessorKeepWhatWritesNoFile) {
  SyntaxCommand command =
      Parsed({"gcc", "-Wp,-D_FORTIFY_SOURCE=3,-MD,a.d", "-Wp,-MMD,b.d", "a.c"});
  EXPECT_THAT(command.arguments, Contains("-Wp,-D_FORTIFY_SOURCE=3"));
  EXPECT_THAT(command.arguments, Not(Contains(HasSubstr(".d"))));
}

TEST(Command, WhatOnlyTheLinkerReadsGoes) {
  SyntaxCommand command = Parsed(
      {"gcc", "a.c", "b.o", "libc.a", "-lm", "-Wl,-z,now", "-Llib", "-o", "a"});
  EXPECT_THAT(command.arguments,
              ElementsAre("clang", "a.c", "-w", "-fsyntax-only"));
}

TEST(Command, AResponseFileIsReadFromTheCommandsFolder) {
  std::string folder = testing::TempDir();
  std::ofstream(folder + "/words.rsp") << "-DX=1 'a b.c'";
  absl::StatusOr<SyntaxCommand> command =
      ToSyntaxCommand({"gcc", "@words.rsp"}, folder);
  ASSERT_TRUE(command.ok()) << command.status();
  EXPECT_EQ(command->source, "a b.c");
}

TEST(Command, AssemblyIsTold) {
  EXPECT_TRUE(Parsed({"gcc", "-c", "a.S"}).is_assembly);
  EXPECT_TRUE(Parsed({"gcc", "-x", "assembler-with-cpp", "a.txt"}).is_assembly);
  EXPECT_FALSE(Parsed({"gcc", "-c", "a.c"}).is_assembly);
}

TEST(Command, WithoutExactlyOneSourceItIsRefused) {
  EXPECT_THAT(Refused({"gcc", "-c"}), StartsWith("no source file"));
  EXPECT_THAT(Refused({"gcc", "a.c", "b.c"}),
              StartsWith("several source files (a.c, b.c)"));
  EXPECT_THAT(Refused({}), StartsWith("empty"));
}

}  // namespace
}  // namespace chestnut::frontend
