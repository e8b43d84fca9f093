#include "driver/link_arguments.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::driver {
namespace {

using ::testing::ElementsAre;

using Arguments = std::vector<std::string>;

TEST(LinkArgumentsTest, OutputInAllForms) {
  for (const Arguments& arguments :
       {Arguments{"a.o", "-o", "p"}, Arguments{"-op", "a.o"},
        Arguments{"--output=p", "a.o"}, Arguments{"--output", "p", "a.o"}}) {
    EXPECT_EQ(ParseLinkArguments(arguments).output, "p");
  }
  EXPECT_EQ(ParseLinkArguments({"a.o", "-omagic"}).output, "a.out");
}

TEST(LinkArgumentsTest, WhatKindOfLink) {
  EXPECT_TRUE(ParseLinkArguments({"-r", "a.o"}).relocatable);
  EXPECT_TRUE(ParseLinkArguments({"--shared", "a.o"}).shared);
  EXPECT_TRUE(ParseLinkArguments({"--version"}).prints);
  EXPECT_TRUE(ParseLinkArguments({"-v"}).prints);
  EXPECT_FALSE(ParseLinkArguments({"-v", "a.o"}).prints);
  const LinkArguments link = ParseLinkArguments(
      {"--wrap=malloc", "-wrap", "free", "-e", "start", "-s", "a.o"});
  EXPECT_THAT(link.wrapped, ElementsAre("malloc", "free"));
  EXPECT_EQ(link.entry, "start");
  EXPECT_TRUE(link.strips);
}

TEST(LinkArgumentsTest, TheFirstLinkWritesNothingElse) {
  EXPECT_THAT(
      FirstLinkArguments({"-o", "p", "-Map=p.map", "-Map", "q.map", "-s",
                          "--dependency-file=p.d", "-M", "a.o", "-lc"},
                         "first"),
      ElementsAre("-o", "first", "a.o", "-lc", "-t", "-t"));
}

TEST(LinkArgumentsTest, TheFinalLinkHasTheRuntime) {
  EXPECT_THAT(FinalLinkArguments({"crt1.o", "-o", "p", "-Map=p.map", "a.o"},
                                 "final", "runtime.o"),
              ElementsAre("-o", "final", "--wrap=main", "runtime.o", "crt1.o",
                          "-Map=p.map", "a.o"));
}

TEST(LinkArgumentsTest, WhoGivesSymbolsAValue) {
  const LinkArguments link = ParseLinkArguments(
      {"--defsym=f=g", "-defsym", "h=0x10", "-Ta.ld", "-T", "b.ld",
       "--script=c.ld", "-Ttext=0x1000", "-Ldir", "a.o"});
  EXPECT_THAT(link.assigned, ElementsAre("f", "h"));
  EXPECT_THAT(link.scripts, ElementsAre("a.ld", "b.ld", "c.ld"));
  EXPECT_THAT(link.folders, ElementsAre("dir"));
}

TEST(LinkArgumentsTest, AssignmentsOfALinkerScript) {
  EXPECT_THAT(AssignedSymbols("f = g; PROVIDE(h=.); . = 0x10;\n"
                              "\"quoted\" = 1; sum += 2; ASSERT(a == b, \"\")\n"
                              "/* no = 1; */ last /* still */ = f;"),
              ElementsAre("f", "h", "quoted", "sum", "last"));
  EXPECT_THAT(AssignedSymbols("GROUP ( libc.a AS_NEEDED ( -lx ) )"),
              ElementsAre());
}

}  // namespace
}  // namespace chestnut::driver
