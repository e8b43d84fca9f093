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

}  // namespace
}  // namespace chestnut::driver
