#include "finalyzer/confinement.h"

#include <string>

#include "absl/status/status.h"
#include "finalyzer/program.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

using policy::InstallPoint;
using policy::Mode;
using policy::Policy;
using ::testing::HasSubstr;

Program MakeProgram() {
  Program program;
  program.path = program.image = "/bin/vi";
  program.names = {"vi", "vim.basic"};
  return program;
}

Policy MakePolicy(InstallPoint at = InstallPoint::kEntry,
                  Mode mode = Mode::kKill) {
  return policy::EmptyPolicy("vim.basic", at, mode);
}

void Allow(const char* name, std::vector<policy::Call>& calls) {
  calls.push_back({name, syscalls::FindByName(name)->number, {}, {}});
}

std::string ErrorOf(const Policy& policy, const Program& program) {
  return std::string(Confine(policy, program, false).status().message());
}

TEST(ConfinementTest, IsTheProvedFilterWithItsCanary) {
  const Policy policy = MakePolicy();
  const absl::StatusOr<Confinement> confinement =
      Confine(policy, MakeProgram(), false);
  ASSERT_TRUE(confinement.ok()) << confinement.status();
  EXPECT_EQ(confinement->at, InstallPoint::kEntry);
  EXPECT_EQ(confinement->filter, *CompileFilter(policy));
  EXPECT_EQ(confinement->canary_errno, CanaryErrno(policy));
}

TEST(ConfinementTest, APolicyOfAnotherProgramIsRefusedUnlessForced) {
  Policy policy = MakePolicy();
  policy.program = "emacs";
  EXPECT_THAT(ErrorOf(policy, MakeProgram()),
              HasSubstr("for 'emacs', not for 'vi' or 'vim.basic'"));
  EXPECT_TRUE(Confine(policy, MakeProgram(), true).ok());
}

TEST(ConfinementTest, OfAScriptTheInterpretersPolicyIsWanted) {
  Program script = MakeProgram();
  script.path = "/bin/script";
  script.image = "/bin/bash";
  script.names = {"bash"};
  Policy policy = MakePolicy();
  policy.program = "script";
  EXPECT_THAT(ErrorOf(policy, script),
              HasSubstr("/bin/script: is a script, so what runs is /bin/bash"));
  policy.program = "bash";
  EXPECT_TRUE(Confine(policy, script, false).ok());
}

TEST(ConfinementTest, InstallPointsInsideTheProgramAreRefused) {
  for (InstallPoint at : {InstallPoint::kMain, InstallPoint::kManual}) {
    EXPECT_THAT(ErrorOf(MakePolicy(at), MakeProgram()),
                HasSubstr("chestnut analyze --at entry"));
  }
}

TEST(ConfinementTest, BeforeExecTheExecMustBeAllowed) {
  Policy policy = MakePolicy(InstallPoint::kExec);
  EXPECT_THAT(ErrorOf(policy, MakeProgram()), HasSubstr("not allow execve"));
  Allow("execve", policy.startup_calls);
  const absl::StatusOr<Confinement> confinement =
      Confine(policy, MakeProgram(), false);
  ASSERT_TRUE(confinement.ok()) << confinement.status();
  EXPECT_EQ(confinement->at, InstallPoint::kExec);
}

TEST(ConfinementTest, ModesThatNeedMoreThanAFilterAreRefused) {
  for (Mode mode : {Mode::kTrap, Mode::kNotify}) {
    const absl::StatusOr<Confinement> confinement =
        Confine(MakePolicy(InstallPoint::kEntry, mode), MakeProgram(), false);
    EXPECT_TRUE(absl::IsUnimplemented(confinement.status()))
        << confinement.status();
    EXPECT_THAT(std::string(confinement.status().message()),
                HasSubstr("kill, errno"));
  }
  for (Mode mode : {Mode::kErrno, Mode::kLog}) {
    EXPECT_TRUE(
        Confine(MakePolicy(InstallPoint::kEntry, mode), MakeProgram(), false)
            .ok());
  }
}

TEST(ConfinementTest, AnIncompletePolicyIsNotEnforced) {
  Policy policy = MakePolicy();
  policy.incomplete.push_back({"libfoo.so+0x10", "the number is unknown"});
  const absl::StatusOr<Confinement> confinement =
      Confine(policy, MakeProgram(), false);
  EXPECT_TRUE(absl::IsFailedPrecondition(confinement.status()))
      << confinement.status();
  EXPECT_THAT(std::string(confinement.status().message()),
              HasSubstr("libfoo.so+0x10: the number is unknown"));
}

}  // namespace
}  // namespace chestnut::finalyzer
