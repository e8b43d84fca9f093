#include "policy/exports.h"

#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "policy/bpf_evaluator.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Call Named(absl::string_view name, std::vector<ArgumentRule> rules = {}) {
  const syscalls::Syscall& call = *syscalls::FindByName(name);
  return {std::string(call.name), call.number, std::move(rules), {}};
}

Policy Program(Mode mode = Mode::kKill) {
  Policy policy = EmptyPolicy("server", InstallPoint::kMain, mode);
  policy.errno_value = 13;
  policy.calls.push_back(Named("write"));
  policy.calls.push_back(Named("mmap", {{1, 64, {1, 3}}}));
  policy.calls.push_back(Named("ioctl", {{1, 32, {0x5401}}}));
  policy.startup_calls = {Named("brk"), Named("mmap", {{1, 64, {5}}})};
  Normalize(policy);
  return policy;
}

Policy Whole(Mode mode = Mode::kKill) {
  absl::StatusOr<Policy> whole = WholeProcess(Program(mode));
  EXPECT_TRUE(whole.ok()) << whole.status();
  return *whole;
}

TEST(WholeProcessTest, StartUpAndExecveJoinTheRest) {
  const Policy whole = Whole();
  EXPECT_EQ(whole.install_point, InstallPoint::kExec);
  EXPECT_THAT(whole.startup_calls, IsEmpty());
  for (const char* name : {"write", "brk", "execve", "rt_sigreturn"}) {
    EXPECT_NE(FindCall(whole.calls, syscalls::FindByName(name)->number),
              nullptr)
        << name;
  }
  const Call* mmap = FindCall(whole.calls, 9);
  ASSERT_NE(mmap, nullptr);
  EXPECT_THAT(mmap->arguments, ElementsAre(ArgumentRule{1, 64, {1, 3, 5}}));
}

TEST(WholeProcessTest, NothingIsMadeOfHalfAPolicy) {
  Policy incomplete = Program();
  incomplete.incomplete = {{"a.c:3", "unknown number"}};
  EXPECT_TRUE(absl::IsFailedPrecondition(WholeProcess(incomplete).status()));
  Policy no_start = Program();
  no_start.startup_calls.clear();
  EXPECT_TRUE(absl::IsFailedPrecondition(WholeProcess(no_start).status()));
  no_start.install_point = InstallPoint::kExec;
  EXPECT_TRUE(WholeProcess(no_start).ok());
}

// What runc and crun make of it, in the words of the runtime-spec.
std::string OciAnswer(const Json& profile, const std::string& name) {
  for (const Json& rule : profile["syscalls"]) {
    const auto& names = rule["names"];
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return rule["action"].get<std::string>() +
             (rule.contains("args") ? " if" : "");
    }
  }
  return profile["defaultAction"];
}

TEST(ExportOciTest, ThreeAnswers) {
  const absl::StatusOr<Exported> out = ExportOci(Whole(), {});
  ASSERT_TRUE(out.ok()) << out.status();
  const Json profile = Json::parse(out->text);
  EXPECT_EQ(profile["defaultAction"], "SCMP_ACT_ERRNO");
  EXPECT_EQ(profile["defaultErrnoRet"], 38);
  EXPECT_EQ(profile["architectures"], Json({"SCMP_ARCH_X86_64"}));
  EXPECT_EQ(OciAnswer(profile, "write"), "SCMP_ACT_ALLOW");
  EXPECT_EQ(OciAnswer(profile, "execve"), "SCMP_ACT_ALLOW");
  EXPECT_EQ(OciAnswer(profile, "ptrace"), "SCMP_ACT_KILL_PROCESS");
  EXPECT_EQ(OciAnswer(profile, "clone3"), "SCMP_ACT_ERRNO");  // probed
  EXPECT_EQ(OciAnswer(profile, "io_uring_setup"), "SCMP_ACT_ERRNO");
  EXPECT_EQ(OciAnswer(profile, "mmap"), "SCMP_ACT_ALLOW if");
}

TEST(ExportOciTest, RulesCompareWhatTheKernelReads) {
  const Json profile = Json::parse(ExportOci(Whole(), {})->text);
  std::vector<Json> ioctl, mmap;
  for (const Json& rule : profile["syscalls"]) {
    if (rule["names"] == Json({"ioctl"})) ioctl.push_back(rule["args"]);
    if (rule["names"] == Json({"mmap"})) mmap.push_back(rule["args"]);
  }
  EXPECT_THAT(ioctl, ElementsAre(Json::parse(
                         R"([{"index": 1, "value": 4294967295,
                             "valueTwo": 21505,
                             "op": "SCMP_CMP_MASKED_EQ"}])")));
  ASSERT_EQ(mmap.size(), 3);
  EXPECT_EQ(mmap[0],
            Json::parse(R"([{"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}])"));
}

TEST(ExportOciTest, ModesAndFlavors) {
  const Json fails = Json::parse(ExportOci(Whole(Mode::kErrno), {})->text);
  Json denied;
  for (const Json& rule : fails["syscalls"]) {
    if (rule["action"] == "SCMP_ACT_ERRNO") denied = rule;
  }
  EXPECT_EQ(denied["errnoRet"], 13);
  const Json moby =
      Json::parse(ExportOci(Whole(), {OciFlavor::kMoby, {"ptrace"}})->text);
  EXPECT_FALSE(moby.contains("architectures"));
  EXPECT_EQ(moby["archMap"][0]["architecture"], "SCMP_ARCH_X86_64");
  EXPECT_EQ(OciAnswer(moby, "ptrace"), "SCMP_ACT_ALLOW");
  EXPECT_TRUE(absl::IsInvalidArgument(
      ExportOci(Whole(), {OciFlavor::kRuntime, {"opn"}}).status()));
  EXPECT_TRUE(
      absl::IsUnimplemented(ExportOci(Whole(Mode::kNotify), {}).status()));
}

TEST(ExportSystemdTest, AllowListAndWhatItLacks) {
  const absl::StatusOr<Exported> out = ExportSystemd(Whole());
  ASSERT_TRUE(out.ok()) << out.status();
  const std::vector<std::string> lines = absl::StrSplit(out->text, '\n');
  EXPECT_THAT(lines[0], HasSubstr("# chestnut: generated from 'server'"));
  EXPECT_THAT(lines, Contains("NoNewPrivileges=yes"));
  EXPECT_THAT(lines, Contains("SystemCallArchitectures=native"));
  EXPECT_THAT(lines, Contains("SystemCallFilter="));
  EXPECT_THAT(out->text, HasSubstr(" write"));
  EXPECT_THAT(out->text, Not(HasSubstr("ptrace")));
  EXPECT_THAT(out->text, Not(HasSubstr("SystemCallErrorNumber")));
  EXPECT_THAT(out->notes, Contains(HasSubstr("ioctl, mmap")));
  EXPECT_THAT(ExportSystemd(Whole(Mode::kErrno))->text,
              HasSubstr("SystemCallErrorNumber=13\n"));
  EXPECT_TRUE(
      absl::IsUnimplemented(ExportSystemd(Whole(Mode::kTrap)).status()));
}

TEST(ExportMinijailTest, OnlyWholeRegistersAreCompared) {
  const absl::StatusOr<Exported> out = ExportMinijail(Whole());
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->text, HasSubstr("\nioctl: 1\n"));
  EXPECT_THAT(out->text,
              HasSubstr("\nmmap: arg1 == 0x1 || arg1 == 0x3 || arg1 == 0x5\n"));
  EXPECT_THAT(out->notes, Contains(HasSubstr(": ioctl")));
  EXPECT_TRUE(
      absl::IsUnimplemented(ExportMinijail(Whole(Mode::kErrno)).status()));
}

TEST(ExportFirejailTest, OneList) {
  const absl::StatusOr<Exported> out = ExportFirejail(Whole());
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->text, HasSubstr("\nseccomp.keep brk,execve,"));
  EXPECT_THAT(out->text, HasSubstr("\nnonewprivs\n"));
}

TEST(ExportBpfTest, TheBytesAreTheProvedFilter) {
  const Policy whole = Whole();
  const absl::StatusOr<Exported> out = ExportBpf(whole);
  ASSERT_TRUE(out.ok()) << out.status();
  ASSERT_EQ(out->text.size() % sizeof(Instruction), 0);
  Filter filter(out->text.size() / sizeof(Instruction));
  std::memcpy(filter.data(), out->text.data(), out->text.size());
  SeccompData data;
  data.architecture = kArchitectureX86_64;
  for (const syscalls::Syscall& call : syscalls::All()) {
    data.number = static_cast<uint32_t>(call.number);
    EXPECT_EQ(Evaluate(filter, data).result,
              Verdict(whole, EnforcedCalls(whole), data))
        << call.name;
  }
}

}  // namespace
}  // namespace chestnut::policy
