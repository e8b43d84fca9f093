#include "driver/exec_policy.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/model.h"

namespace chestnut::driver {
namespace {

using policy::ExecChoice;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ExecPolicy Parsed(const std::vector<std::string>& words) {
  absl::StatusOr<ExecPolicy> policy = ParseExecPolicy(words);
  EXPECT_TRUE(policy.ok()) << policy.status();
  return policy.ok() ? *std::move(policy) : ExecPolicy();
}

TEST(ExecPolicy, NothingIsInherited) {
  EXPECT_EQ(Parsed({}).choice, ExecChoice::kInherited);
  EXPECT_EQ(Parsed({"inherited"}).choice, ExecChoice::kInherited);
}

TEST(ExecPolicy, ChoicesMayNamePrograms) {
  EXPECT_EQ(Parsed({"block"}).choice, ExecChoice::kBlock);
  const ExecPolicy shared = Parsed({"shared,/bin/ls", "cat"});
  EXPECT_EQ(shared.choice, ExecChoice::kShared);
  EXPECT_THAT(shared.programs, ElementsAre("/bin/ls", "cat"));
  const ExecPolicy files = Parsed({"a.json,b.json"});
  EXPECT_EQ(files.choice, ExecChoice::kPerProgram);
  EXPECT_THAT(files.programs, SizeIs(2));
  EXPECT_EQ(Parsed({"supervised"}).choice, ExecChoice::kSupervised);
}

TEST(ExecPolicy, WhatExcludesEachOtherIsRefused) {
  EXPECT_THAT(ParseExecPolicy({"block,shared"}).status().message(),
              HasSubstr("exclude each other"));
  EXPECT_THAT(ParseExecPolicy({"block,/bin/ls"}).status().message(),
              HasSubstr("takes no programs"));
}

TEST(ExecPolicy, BlockTakesExecveOutOfThePolicy) {
  policy::Policy policy = policy::EmptyPolicy("p", policy::InstallPoint::kEntry,
                                              policy::Mode::kKill);
  policy.calls.push_back(
      {.name = "execve", .number = 59, .arguments = {}, .witness = {}});
  policy::Normalize(policy);
  absl::StatusOr<std::vector<std::string>> lines = ApplyExecPolicy(
      {.choice = ExecChoice::kBlock, .programs = {}}, {}, policy);
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_EQ(policy::FindCall(policy.calls, 59), nullptr);
}

TEST(ExecPolicy, AChildWithoutAFilterOfItsOwnIsSaid) {
  policy::Policy policy = policy::EmptyPolicy("p", policy::InstallPoint::kEntry,
                                              policy::Mode::kKill);
  ExecutedProgram child;
  child.policy = policy::EmptyPolicy("ls", policy::InstallPoint::kExec,
                                     policy::Mode::kKill);
  child.policy.calls.push_back(
      {.name = "getdents64", .number = 217, .arguments = {}, .witness = {}});
  policy::Normalize(child.policy);
  absl::StatusOr<std::vector<std::string>> lines = ApplyExecPolicy(
      {.choice = ExecChoice::kPerProgram, .programs = {"ls"}}, {child}, policy);
  ASSERT_TRUE(lines.ok()) << lines.status();
  ASSERT_THAT(*lines, SizeIs(2));
  EXPECT_THAT((*lines)[0], HasSubstr("getdents64"));
  EXPECT_THAT((*lines)[1], HasSubstr("no filter of its own"));
  EXPECT_NE(policy::FindCall(policy.calls, 217), nullptr);
}

TEST(ExecPolicy, ANamedProgramThatIsNotThereIsAnError) {
  LeftOut left_out;
  const policy::Policy policy = policy::EmptyPolicy(
      "p", policy::InstallPoint::kEntry, policy::Mode::kKill);
  EXPECT_FALSE(FindExecuted({.choice = ExecChoice::kShared,
                             .programs = {"/nowhere/at/all"}},
                            policy, {}, left_out)
                   .ok());
}

TEST(ExecPolicy, WhatThePolicyNamesMayBeMissing) {
  LeftOut left_out;
  policy::Policy policy = policy::EmptyPolicy("p", policy::InstallPoint::kEntry,
                                              policy::Mode::kKill);
  policy.executes = {
      {.function = "execl",
       .program = "/nowhere/at/all",
       .command = "",
       .witness = {}},
      {.function = "system",
       .program = "/nowhere/sh",
       .command = "X=1 no-such-thing -a | no-other-thing > x; $CC y",
       .witness = {}}};
  absl::StatusOr<std::vector<ExecutedProgram>> programs = FindExecuted(
      {.choice = ExecChoice::kShared, .programs = {}}, policy, {}, left_out);
  ASSERT_TRUE(programs.ok()) << programs.status();
  EXPECT_THAT(*programs, IsEmpty());
  EXPECT_THAT(left_out.missing, ElementsAre("/nowhere/at/all", "/nowhere/sh",
                                            "no-such-thing", "no-other-thing"));
  // What the shell makes of $CC.
  EXPECT_THAT(left_out.unknown, ElementsAre("system in p"));
}

TEST(ExecPolicy, WhatNobodyKnowsIsSaid) {
  LeftOut left_out;
  policy::Policy policy = policy::EmptyPolicy("p", policy::InstallPoint::kEntry,
                                              policy::Mode::kKill);
  policy.executes = {{.function = "execv",
                      .program = "",
                      .command = "",
                      .witness = {{"main", "a.c:3", ""}}},
                     {.function = "system",
                      .program = "/nowhere/sh",
                      .command = "",
                      .witness = {{"main", "a.c:4", ""}}}};
  ASSERT_TRUE(FindExecuted({.choice = ExecChoice::kShared, .programs = {}},
                           policy, {}, left_out)
                  .ok());
  EXPECT_THAT(left_out.unknown,
              ElementsAre("execv in p at a.c:3", "system in p at a.c:4"));
}

}  // namespace
}  // namespace chestnut::driver
