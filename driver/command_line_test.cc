#include "driver/command_line.h"

#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::driver {
namespace {

using ::testing::ElementsAre;

using Arguments = std::vector<std::string>;

TEST(CommandLineTest, TheLastStep) {
  const struct {
    Arguments arguments;
    Stage stage;
  } cases[] = {
      {{"a.c"}, Stage::kLink},
      {{"-c", "a.c"}, Stage::kObject},
      {{"-x", "c", "-"}, Stage::kLink},
      {{"-E", "a.c"}, Stage::kText},
      {{"-S", "-c", "a.c"}, Stage::kText},
      {{"-MM", "a.c"}, Stage::kText},
      {{"-MD", "-c", "a.c"}, Stage::kObject},
      {{"-fsyntax-only", "a.c"}, Stage::kText},
      {{"--version"}, Stage::kNothing},
      {{"-v"}, Stage::kNothing},
      {{"-v", "a.o"}, Stage::kLink},
      {{}, Stage::kNothing},
      {{"-o", "a.c"}, Stage::kNothing},
      {{"-I", "a.c", "-include", "b.h"}, Stage::kNothing},
      {{"-print-file-name=libc.a", "a.c"}, Stage::kNothing},
      {{"-###", "a.c"}, Stage::kNothing},
      {{"-Wl,--version"}, Stage::kLink},
      {{"-lm"}, Stage::kLink},
      {{"@missing"}, Stage::kNothing},
  };
  for (const auto& [arguments, stage] : cases) {
    EXPECT_EQ(ParseCommandLine(arguments).stage, stage)
        << ::testing::PrintToString(arguments);
  }
}

TEST(CommandLineTest, KindsOfLinks) {
  EXPECT_TRUE(ParseCommandLine({"-shared", "a.o"}).shared);
  EXPECT_TRUE(ParseCommandLine({"-r", "a.o"}).shared);
  EXPECT_FALSE(ParseCommandLine({"-o", "-shared", "a.o"}).static_);
  EXPECT_TRUE(ParseCommandLine({"-static", "a.o"}).static_);
  EXPECT_FALSE(ParseCommandLine({"-no-pie", "-pie", "a.o"}).no_pie);
  EXPECT_TRUE(ParseCommandLine({"-flto=thin", "a.o"}).lto);
  EXPECT_FALSE(ParseCommandLine({"-flto", "-fno-lto", "a.o"}).lto);
  EXPECT_EQ(ParseCommandLine({"-fuse-ld=lld", "a.o"}).linker, "lld");
  EXPECT_TRUE(ParseCommandLine({"--sysroot=/x", "a.o"}).own_sysroot);
}

TEST(CommandLineTest, ResponseFiles) {
  const std::string inner = ::testing::TempDir() + "/inner.rsp";
  const std::string outer = ::testing::TempDir() + "/outer.rsp";
  std::ofstream(inner) << "-DX='a b' \"c\\\"d\"\n\n  e\\ f\t''";
  std::ofstream(outer) << "first @" << inner << " last";
  bool expanded = false;
  EXPECT_THAT(
      ExpandResponseFiles({"@" + outer, "@none", "x"}, &expanded),
      ElementsAre("first", "-DX=a b", "c\"d", "e f", "", "last", "@none", "x"));
  EXPECT_TRUE(expanded);
  EXPECT_THAT(ExpandResponseFiles({"a", "@"}, &expanded),
              ElementsAre("a", "@"));
  EXPECT_FALSE(expanded);
}

// A file that names itself must not hang the compiler.
TEST(CommandLineTest, ResponseFileCyclesEnd) {
  const std::string file = ::testing::TempDir() + "/cycle.rsp";
  std::ofstream(file) << "x @" << file;
  bool expanded = false;
  EXPECT_GT(ExpandResponseFiles({"@" + file}, &expanded).size(), 1u);
}

}  // namespace
}  // namespace chestnut::driver
