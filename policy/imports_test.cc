#include "policy/imports.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/exports.h"
#include "policy/model.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Names(const absl::StatusOr<Imported>& imported) {
  EXPECT_TRUE(imported.ok()) << imported.status();
  std::vector<std::string> names;
  if (!imported.ok()) return names;
  for (const Call& call : imported->policy.calls) names.push_back(call.name);
  return names;
}

TEST(ImportOciTest, WhatWasExportedComesBack) {
  Policy policy = EmptyPolicy("server", InstallPoint::kExec, Mode::kKill);
  for (const char* name : {"write", "execve"}) {
    policy.calls.push_back({name, syscalls::FindByName(name)->number, {}, {}});
  }
  policy.calls.push_back({"ioctl", 16, {{1, 32, {0x5401, 0x5413}}}, {}});
  Normalize(policy);
  const absl::StatusOr<Imported> back =
      ImportOci(ExportOci(policy, {})->text, "profile.json");
  ASSERT_TRUE(back.ok()) << back.status();
  std::vector<Call> calls = policy.calls;
  for (Call& call : calls) call.witness.clear();
  EXPECT_EQ(back->policy.calls, calls);
  EXPECT_EQ(back->policy.install_point, InstallPoint::kExec);
}

TEST(ImportOciTest, DockersConditionsHoldForX86WithoutCapabilities) {
  const auto imported = ImportOci(
      R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["read", "opn"], "action": "SCMP_ACT_ALLOW"},
        {"name": "write", "action": "SCMP_ACT_ALLOW"},
        {"names": ["mount"], "action": "SCMP_ACT_ALLOW",
         "includes": {"caps": ["CAP_SYS_ADMIN"]}},
        {"names": ["arch_prctl"], "action": "SCMP_ACT_ALLOW",
         "includes": {"arches": ["amd64", "x32"]}},
        {"names": ["sync"], "action": "SCMP_ACT_ALLOW",
         "includes": {"arches": ["s390"]}},
        {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
         "args": [{"index": 0, "value": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}],
         "excludes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["s390"]}}]})",
      "default.json");
  EXPECT_THAT(Names(imported),
              ElementsAre("read", "write", "clone", "arch_prctl"));
  EXPECT_EQ(imported->policy.mode, Mode::kErrno);
  EXPECT_THAT(imported->notes, Contains(HasSubstr("opn")));
  EXPECT_THAT(imported->notes, Contains(HasSubstr("any argument: clone")));
}

TEST(ImportOciTest, ADenyListAllowsTheRest) {
  const std::vector<std::string> names =
      Names(ImportOci(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["ptrace"], "action": "SCMP_ACT_ERRNO"}]})",
                      "deny.json"));
  EXPECT_EQ(names.size(), syscalls::All().size() - 1);
  EXPECT_THAT(names, ::testing::Not(Contains("ptrace")));
}

TEST(ImportOciTest, WhatIsNoProfileIsRefused) {
  for (
      const char* text :
      {"", "[]", "{", "{}", R"({"defaultAction": 3})",
       R"({"defaultAction": "ALLOW"})",
       R"({"defaultAction": "SCMP_ACT_KILL", "syscalls": 3})",
       R"({"defaultAction": "SCMP_ACT_KILL", "syscalls": [{"names": ["read"]}]})",
       R"({"defaultAction": "SCMP_ACT_KILL",
            "syscalls": [{"names": [7], "action": "SCMP_ACT_ALLOW"}]})"}) {
    const auto imported = ImportOci(text, "bad.json");
    EXPECT_TRUE(absl::IsInvalidArgument(imported.status())) << text;
    EXPECT_THAT(imported.status().message(), HasSubstr("bad.json")) << text;
  }
}

constexpr char kGroups[] =
    "@default\n    # always\n    brk\n    execve\n\n"
    "@io\n    # both\n    @file\n    read\n\n"
    "@file\n    openat\n    @io\n\n"
    "# Not showing others\n";

absl::StatusOr<Imported> Unit(const std::string& text) {
  return ImportSystemd(text, "a.service", ReadSystemdGroups(kGroups));
}

TEST(ImportSystemdTest, AllowListsAddUp) {
  EXPECT_THAT(Names(Unit("[Service]\nSystemCallFilter=@io write\n"
                         "SystemCallFilter=~openat\n")),
              ElementsAre("read", "write", "brk", "execve"));
  EXPECT_THAT(Names(Unit("[Unit]\nSystemCallFilter=close\n[Service]\n"
                         "SystemCallFilter=write\nSystemCallFilter=\n"
                         "SystemCallFilter = x\n# SystemCallFilter=close\n"
                         "SystemCallFilter=getpid \\\n getuid\n")),
              ElementsAre("brk", "getpid", "execve", "getuid"));
}

TEST(ImportSystemdTest, DenyListsTakeAway) {
  const auto imported = Unit(
      "[Service]\nSystemCallErrorNumber=EACCES\n"
      "SystemCallFilter=~@file:EPERM ptrace\n");
  const std::vector<std::string> names = Names(imported);
  EXPECT_EQ(names.size(), syscalls::All().size() - 3);
  EXPECT_EQ(imported->policy.mode, Mode::kErrno);
}

TEST(ImportSystemdTest, ErrorsNameTheLine) {
  EXPECT_THAT(Unit("[Service]\n\nSystemCallFilter=@swap\n").status().message(),
              HasSubstr("a.service:3: there is no group '@swap'"));
  EXPECT_THAT(Unit("[Service]\n").status().message(),
              HasSubstr("has no SystemCallFilter="));
}

}  // namespace
}  // namespace chestnut::policy
