#include "policy/cause.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/diff.h"
#include "policy/model.h"

namespace chestnut::policy {
namespace {

using Kind = Cause::Kind;
using Witness = std::vector<WitnessStep>;

Policy MakePolicy(const std::vector<Call>& calls,
                  const std::vector<Module>& modules) {
  Policy policy = EmptyPolicy("program", InstallPoint::kMain, Mode::kKill);
  policy.calls.insert(policy.calls.end(), calls.begin(), calls.end());
  policy.modules = modules;
  Normalize(policy);
  return policy;
}

Call Getpid(const Witness& witness) { return {"getpid", 39, {}, witness}; }
Call Getuid(const Witness& witness) { return {"getuid", 102, {}, witness}; }

const std::vector<Module> kModules = {{"program", "aa"}, {"libc.so.6", "01"}};

// The only cause of a change from `was` to `is`.
Cause CauseOf(const Policy& was, const Policy& is, const Inventory& before = {},
              const Inventory& after = {}) {
  const Diff diff = ComparePolicies(was, is);
  const std::vector<Cause> causes = CausesOf(diff, was, is, before, after);
  EXPECT_EQ(causes.size(), 1U);
  return causes.empty() ? Cause() : causes[0];
}

TEST(Cause, ANewLibrary) {
  std::vector<Module> more = kModules;
  more.push_back({"libz.so.1", "07"});
  const Cause cause =
      CauseOf(MakePolicy({}, kModules),
              MakePolicy({Getpid({{"main", "a.c:3", ""},
                                  {"inflate", "libz.so.1+0x10", ""},
                                  {"getpid", "libc.so.6+0x20", ""}})},
                         more));
  EXPECT_EQ(cause.kind, Kind::kNewLibrary);
  EXPECT_EQ(cause.subject, "libz.so.1");
  EXPECT_EQ(cause.text, "new library libz.so.1");
}

TEST(Cause, AFunctionThatIsNew) {
  const Policy was = MakePolicy(
      {Getuid({{"main", "a.c:2", ""}, {"getuid", "libc.so.6+0x9", ""}})},
      kModules);
  std::vector<Call> calls = {was.calls.begin(), was.calls.end()};
  calls.push_back(Getpid({{"main", "a.c:3", ""},
                          {"listen_on", "b.c:7", ""},
                          {"getpid", "libc.so.6+0x20", ""}}));
  const Cause cause = CauseOf(was, MakePolicy(calls, kModules));
  EXPECT_EQ(cause.kind, Kind::kNewFunction);
  EXPECT_EQ(cause.subject, "listen_on");
  EXPECT_EQ(cause.place, "b.c:7");
}

// Functions that were there before are known by the inventory only.
TEST(Cause, AnEdgeThatIsNew) {
  const Policy was = MakePolicy({}, kModules);
  const Policy is = MakePolicy(
      {Getpid({{"main", "a.c:3", ""}, {"getpid", "libc.so.6+0x20", ""}})},
      kModules);
  Inventory before;
  before.functions = {"getpid", "main"};
  const Cause cause = CauseOf(was, is, before);
  EXPECT_EQ(cause.kind, Kind::kNewEdge);
  EXPECT_EQ(cause.subject, "main -> getpid");
  EXPECT_EQ(cause.place, "a.c:3");
  before.edges = {{"main", "getpid"}};
  EXPECT_EQ(CauseOf(was, is, before).kind, Kind::kNewSite);
}

// A function of a library that is the same is not new, whoever calls it now.
TEST(Cause, ALibraryThatIsTheSame) {
  const Policy is = MakePolicy(
      {Getpid({{"main", "a.c:3", ""}, {"getpid", "libc.so.6+0x20", ""}})},
      kModules);
  const Policy was = MakePolicy(
      {Getuid({{"main", "a.c:2", ""}, {"getuid", "libc.so.6+0x9", ""}})},
      kModules);
  const Cause cause = CausesOf(ComparePolicies(was, is), was, is, {}, {})[0];
  EXPECT_EQ(cause.kind, Kind::kNewEdge);
  EXPECT_EQ(cause.text, "main now leads to getpid");
}

// Numbers in the names of functions without symbols change with every build.
TEST(Cause, CodeWithoutNames) {
  const Cause cause =
      CauseOf(MakePolicy({}, kModules),
              MakePolicy({Getpid({{"sub_10", "program+0x11", ""},
                                  {"sub_20", "program+0x22", ""},
                                  {"getpid", "libc.so.6+0x20", ""}})},
                         kModules));
  EXPECT_EQ(cause.kind, Kind::kNewEdge);
  EXPECT_EQ(cause.text, "code without a name now leads to getpid");
  EXPECT_EQ(cause.place, "program+0x22");
}

TEST(Cause, AnotherLibc) {
  const std::vector<Module> other = {{"program", "aa"}, {"libc.so.6", "02"}};
  const Policy was = MakePolicy(
      {Getuid({{"main", "a.c:2", ""}, {"getuid", "libc.so.6+0x9", ""}})},
      kModules);
  std::vector<Call> calls = {was.calls.begin(), was.calls.end()};
  calls.push_back(Getpid({{"main", "a.c:2", ""},
                          {"getuid", "libc.so.6+0x9", ""},
                          {"__helper", "libc.so.6+0x20", ""}}));
  const Cause cause = CauseOf(was, MakePolicy(calls, other));
  EXPECT_EQ(cause.kind, Kind::kLibcChange);
  EXPECT_EQ(cause.subject, "libc.so.6");
  EXPECT_EQ(cause.text,
            "libc.so.6 changed (build 01 to 02): new function __helper");
}

TEST(Cause, OtherArguments) {
  Call narrow = {"ioctl", 16, {{1, 32, {1}}}, {{"main", "a.c:2", ""}}};
  Call wide = {"ioctl", 16, {{1, 32, {1, 2}}}, {{"main", "a.c:2", ""}}};
  const Cause cause =
      CauseOf(MakePolicy({narrow}, kModules), MakePolicy({wide}, kModules));
  EXPECT_EQ(cause.kind, Kind::kOtherArguments);
}

TEST(Cause, WhatWentAwayAndWhatSomebodyDecided) {
  const Policy with = MakePolicy(
      {Getpid({{"main", "a.c:3", ""}, {"old", "b.c:1", ""}})}, kModules);
  const Policy without = MakePolicy({}, kModules);
  Cause cause = CauseOf(with, without);
  EXPECT_EQ(cause.text, "function gone: old");
  const Policy decided =
      MakePolicy({Getpid({{"", "a.c:9", "decided: a plugin"}})}, kModules);
  cause = CauseOf(without, decided);
  EXPECT_EQ(cause.kind, Kind::kByHand);
  EXPECT_EQ(cause.text, "decided: a plugin");
  EXPECT_EQ(CauseOf(without, MakePolicy({Getpid({})}, kModules)).kind,
            Kind::kUnknown);
}

TEST(Cause, NamesAreStable) {
  std::vector<std::string> names;
  for (Kind kind : AllCauseKinds()) names.emplace_back(ToString(kind));
  EXPECT_THAT(names, ::testing::ElementsAre(
                         "new-library", "libc-change", "library-change",
                         "new-function", "new-edge", "new-site",
                         "other-arguments", "by-hand", "unknown"));
}

}  // namespace
}  // namespace chestnut::policy
