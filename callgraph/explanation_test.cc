#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "callgraph/analysis.h"
#include "callgraph/test_unit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::callgraph {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kGetppid = 110, kChroot = 161;

Explanation Ask(std::vector<facts::UnitView> units, const Question& question) {
  Options options;
  options.program = "test";
  options.allow_undefined = true;
  options.question = question;
  absl::StatusOr<Result> result = Analyze(std::move(units), options);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? std::move(result->explanation) : Explanation();
}

std::vector<std::string> Names(const std::vector<Way>& ways) {
  std::vector<std::string> names;
  for (const Way& way : ways) {
    std::string text;
    for (const policy::WitnessStep& step : way) {
      absl::StrAppend(&text, text.empty() ? "" : " ", step.function);
    }
    names.push_back(text);
  }
  return names;
}

// main calls low by itself, through middle, and through a cycle.
std::vector<facts::UnitView> Diamond() {
  TestUnit unit("main.c");
  auto& main = unit.Function("main");
  unit.Call(main, "low");
  unit.Call(main, "middle");
  unit.Call(main, "again");
  unit.Call(unit.Function("middle"), "low");
  auto& again = unit.Function("again");
  unit.Call(again, "main");
  unit.Call(again, "middle");
  unit.Site(unit.Function("low"), unit.builder().Constant(kGetppid));
  unit.Root(facts::RootKind::destructor, "bye");
  unit.Call(unit.Function("bye"), "low");
  return {unit.Build()};
}

TEST(Ways, OneFromEachRoot) {
  const Explanation found = Ask(Diamond(), {.number = kGetppid});
  EXPECT_THAT(Names(found.ways), ElementsAre("main low", "bye low"));
  EXPECT_FALSE(found.more_ways);
  ASSERT_EQ(found.ways[0].size(), 2U);
  EXPECT_EQ(found.ways[0][0].place, "main.c:2");
  EXPECT_EQ(found.ways[1][0].reason, "a destructor");
}

TEST(Ways, AllPathsShortestFirst) {
  Explanation found = Ask(Diamond(), {.number = kGetppid, .paths = true});
  EXPECT_THAT(Names(found.ways),
              ElementsAre("main low", "bye low", "main middle low",
                          "main again middle low"));
  EXPECT_FALSE(found.more_ways);
  found = Ask(Diamond(), {.number = kGetppid, .paths = true, .most = 2});
  EXPECT_THAT(Names(found.ways), ElementsAre("main low", "bye low"));
  EXPECT_TRUE(found.more_ways);
}

// Only the paths whose number is the one that was asked for.
TEST(Ways, ThroughAWrapper) {
  TestUnit unit("main.c");
  auto& main = unit.Function("main");
  unit.Call(main, "a");
  unit.Call(main, "b");
  unit.Call(unit.Function("a"), "raw", {unit.builder().Constant(kGetppid)});
  unit.Call(unit.Function("b"), "raw", {unit.builder().Constant(kChroot)});
  unit.Site(unit.Function("raw"), unit.builder().Parameter(0));
  const Explanation found =
      Ask({unit.Build()}, {.number = kGetppid, .paths = true});
  EXPECT_THAT(Names(found.ways), ElementsAre("main a raw"));
}

TEST(Idle, SaysWhyPlacesDoNotRun) {
  TestUnit unit("main.c");
  auto& main = unit.Function("main");
  unit.Call(main, "used");
  unit.Function("used");
  unit.Site(unit.Function("alone"), unit.builder().Constant(kChroot));
  unit.Call(unit.Function("top"), "under");
  unit.Site(unit.Function("under"), unit.builder().Constant(kChroot));
  auto& table = unit.Object("table");
  unit.Take(table, "held");
  unit.Site(unit.Function("held"), unit.builder().Constant(kChroot));
  // Behind a wrapper.
  unit.Call(unit.Function("asks"), "raw", {unit.builder().Constant(kChroot)});
  unit.Site(unit.Function("raw"), unit.builder().Parameter(0));
  const Explanation found =
      Ask({unit.Build()}, {.number = kChroot, .idle = true});
  EXPECT_THAT(found.ways, IsEmpty());
  EXPECT_EQ(found.idle_count, 4U);
  auto reason = [&found](const std::string& function) {
    for (const IdlePlace& place : found.idle) {
      if (place.function == function) return place.reason;
    }
    return std::string("not found");
  };
  EXPECT_EQ(reason("alone"), "nothing calls alone or takes its address");
  EXPECT_EQ(reason("under"), "nothing calls top or takes its address");
  EXPECT_EQ(reason("asks"), "nothing calls asks or takes its address");
  EXPECT_THAT(reason("held"),
              HasSubstr("only table holds the address of held"));
  for (const IdlePlace& place : found.idle) {
    if (place.function != "under") continue;
    ASSERT_EQ(place.chain.size(), 2U);
    EXPECT_EQ(place.chain[0].function, "top");
    EXPECT_EQ(place.chain[1].place, place.place);
  }
}

TEST(Idle, WhatRunsBeforeTheFilterOnly) {
  TestUnit unit("main.c");
  unit.Function("main");
  unit.Root(facts::RootKind::constructor, "early");
  unit.Site(unit.Function("early"), unit.builder().Constant(kChroot));
  const Explanation found =
      Ask({unit.Build()}, {.number = kChroot, .idle = true});
  ASSERT_EQ(found.idle.size(), 1U);
  EXPECT_EQ(found.idle[0].reason,
            "runs before the filter goes on, and not again");
  ASSERT_EQ(found.idle[0].chain.size(), 1U);
  EXPECT_EQ(found.idle[0].chain[0].reason, "a constructor");
}

}  // namespace
}  // namespace chestnut::callgraph
