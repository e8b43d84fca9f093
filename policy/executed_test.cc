#include "policy/executed.h"

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/always.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Call Named(const std::string& name, std::vector<ArgumentRule> rules = {}) {
  return {.name = name,
          .number = syscalls::FindByName(name)->number,
          .arguments = std::move(rules),
          .witness = {{.function = "main", .place = "", .reason = ""}}};
}

Policy Made(const std::string& program, InstallPoint point,
            std::initializer_list<Call> calls,
            std::initializer_list<Call> startup = {}) {
  Policy policy = EmptyPolicy(program, point, Mode::kKill);
  policy.calls.insert(policy.calls.end(), calls);
  policy.startup_calls = startup;
  Normalize(policy);
  return policy;
}

std::vector<std::string> Names(const std::vector<Call>& calls) {
  std::vector<std::string> names;
  names.reserve(calls.size());
  for (const Call& call : calls) names.push_back(call.name);
  return names;
}

TEST(Executed, ItsStartUpRunsUnderTheParentsFilter) {
  const Policy child =
      Made("ls", InstallPoint::kMain, {Named("getdents64")}, {Named("openat")});
  absl::StatusOr<Policy> whole = PolicyOfExecuted(child, false);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_THAT(Names(EnforcedCalls(*whole)), Contains("openat"));
  EXPECT_THAT(Names(EnforcedCalls(*whole)), Not(Contains("seccomp")));
  EXPECT_TRUE(Validate(*whole).ok());
}

TEST(Executed, PuttingItsOwnFilterOnTakesCalls) {
  const Policy child = Made("ls", InstallPoint::kEntry, {Named("getdents64")});
  absl::StatusOr<Policy> whole = PolicyOfExecuted(child, true);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_THAT(Names(whole->calls), Contains("seccomp"));
  EXPECT_THAT(Names(whole->calls), Contains("prctl"));
}

TEST(Executed, APolicyWithoutStartUpSaysTooLittle) {
  const Policy child = Made("ls", InstallPoint::kMain, {Named("getdents64")});
  EXPECT_EQ(PolicyOfExecuted(child, false).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(Executed, AParentContainsWhatTheChildNeedsAndSaysWhy) {
  Policy parent = Made("make", InstallPoint::kEntry, {Named("execve")});
  Policy child =
      Made("ls", InstallPoint::kExec, {Named("getdents64"), Named("execve")});
  child.incomplete = {{.place = "ls+0x12", .reason = "a number"}};
  parent.modules = {{"make", "1"}, {"libc.so.6", "2"}};
  child.modules = {{"ls", "3"}, {"libselinux.so.1", "4"}, {"libc.so.6", "2"}};
  EXPECT_THAT(Contain(child, parent), ElementsAre("getdents64"));
  EXPECT_THAT(parent.modules,
              ElementsAre(Module{"make", "1"}, Module{"libc.so.6", "2"},
                          Module{"ls", "3"}, Module{"libselinux.so.1", "4"}));
  const Call* added =
      FindCall(parent.calls, syscalls::FindByName("getdents64")->number);
  ASSERT_NE(added, nullptr);
  EXPECT_EQ(added->witness.front().function, "ls");
  EXPECT_THAT(added->witness.front().reason, HasSubstr("executed by make"));
  ASSERT_EQ(parent.incomplete.size(), 1u);
  EXPECT_THAT(parent.incomplete[0].reason, HasSubstr("in ls"));
  EXPECT_THAT(Contain(child, parent), IsEmpty());
}

TEST(Executed, RulesOfBothHoldTogether) {
  const ArgumentRule unix_only = {.index = 0, .width = 32, .values = {1}};
  const ArgumentRule inet = {.index = 0, .width = 32, .values = {2}};
  Policy parent =
      Made("git", InstallPoint::kEntry, {Named("socket", {unix_only})});
  const Policy child =
      Made("ssh", InstallPoint::kExec, {Named("socket", {inet})});
  EXPECT_THAT(Contain(child, parent), ElementsAre("socket"));
  const Call* call =
      FindCall(parent.calls, syscalls::FindByName("socket")->number);
  ASSERT_EQ(call->arguments.size(), 1u);
  EXPECT_THAT(call->arguments[0].values, ElementsAre(1u, 2u));
}

TEST(Executed, BlockedExecsAreNotAllowed) {
  Policy policy = Made("sqlite3", InstallPoint::kEntry,
                       {Named("execve"), Named("execveat"), Named("read")});
  policy.executes = {{.function = "system",
                      .program = "/bin/sh",
                      .command = "",
                      .witness = {}}};
  ASSERT_TRUE(BlockExecs(policy).ok());
  EXPECT_THAT(Names(policy.calls), Not(Contains("execve")));
  EXPECT_THAT(Names(policy.calls), Not(Contains("execveat")));
  EXPECT_THAT(Names(policy.calls), Contains("read"));
  EXPECT_THAT(policy.executes, IsEmpty());
  Policy at_exec = Made("ls", InstallPoint::kExec, {Named("execve")});
  EXPECT_EQ(BlockExecs(at_exec).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(Executed, WhatAllAllowIsNoMoreThanEachAllows) {
  const ArgumentRule one = {.index = 0, .width = 32, .values = {1}};
  const ArgumentRule both = {.index = 0, .width = 32, .values = {1, 2}};
  const ArgumentRule other = {.index = 0, .width = 32, .values = {3}};
  const Policy a = Made("a", InstallPoint::kExec,
                        {Named("read"), Named("socket", {both}),
                         Named("prctl", {one}), Named("ioctl")});
  const Policy b =
      Made("b", InstallPoint::kExec,
           {Named("socket", {one}), Named("prctl", {other})}, {Named("ioctl")});
  const Policy common = CommonOf({&a, &b});
  EXPECT_THAT(Names(common.calls), Not(Contains("read")));
  EXPECT_THAT(Names(common.calls), Not(Contains("prctl")));
  EXPECT_THAT(Names(common.calls), Contains("ioctl"));
  const Call* socket =
      FindCall(common.calls, syscalls::FindByName("socket")->number);
  ASSERT_NE(socket, nullptr);
  EXPECT_THAT(socket->arguments[0].values, ElementsAre(1u));
  EXPECT_TRUE(Validate(common).ok());
}

}  // namespace
}  // namespace chestnut::policy
