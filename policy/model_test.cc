#include "policy/model.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/always.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Call MakeCall(const std::string& name, std::vector<ArgumentRule> rules = {},
              const std::string& witness = "") {
  Call call;
  call.name = name;
  call.number = syscalls::FindByName(name)->number;
  call.arguments = std::move(rules);
  if (!witness.empty()) call.witness = {{witness, "", ""}};
  return call;
}

Policy WithCalls(std::vector<Call> calls) {
  Policy policy = EmptyPolicy("p", InstallPoint::kMain, Mode::kKill);
  policy.calls.insert(policy.calls.end(), calls.begin(), calls.end());
  Normalize(policy);
  return policy;
}

TEST(ModelTest, AnEmptyPolicyHoldsWhatEveryProgramNeeds) {
  const Policy policy = EmptyPolicy("p", InstallPoint::kMain, Mode::kKill);
  EXPECT_TRUE(Validate(policy).ok());
  ASSERT_EQ(policy.calls.size(), 2u);
  EXPECT_EQ(policy.calls[0].name, "rt_sigreturn");
  EXPECT_EQ(policy.calls[1].name, "restart_syscall");
  EXPECT_FALSE(policy.calls[0].witness.empty());
}

TEST(ModelTest, ModeTrapNeedsWhatItsHandlerUses) {
  const Policy policy = EmptyPolicy("p", InstallPoint::kMain, Mode::kTrap);
  for (const char* name : {"write", "gettid", "exit_group", "rt_sigreturn"}) {
    EXPECT_NE(FindCall(policy.calls, syscalls::FindByName(name)->number),
              nullptr)
        << name;
  }
}

TEST(ModelTest, NormalizeJoinsEntriesWithoutLosingACall) {
  const Policy policy =
      WithCalls({MakeCall("mmap", {{2, 32, {3, 1}}}, "a"),
                 MakeCall("fcntl", {{1, 32, {2}}}), MakeCall("fcntl"),
                 MakeCall("mmap", {{2, 32, {5, 1}}}, "b"), MakeCall("read")});
  const Call* mmap = FindCall(policy.calls, 9);
  ASSERT_NE(mmap, nullptr);
  EXPECT_THAT(mmap->arguments, ElementsAre(ArgumentRule{2, 32, {1, 3, 5}}));
  EXPECT_EQ(mmap->witness[0].function, "a");
  // One of the two sites may do anything.
  EXPECT_TRUE(FindCall(policy.calls, 72)->arguments.empty());
  EXPECT_EQ(policy.calls[0].name, "read");
  EXPECT_TRUE(Validate(policy).ok());
}

TEST(ModelTest, NormalizeCutsValuesToWhatTheKernelReads) {
  const Policy policy = WithCalls(
      {MakeCall("ioctl", {{1, 32, {0xffffffff80045430, 0x80045430}}})});
  EXPECT_THAT(FindCall(policy.calls, 16)->arguments[0].values,
              ElementsAre(0x80045430));
}

TEST(ModelTest, NormalizeDoesNotDependOnOrder) {
  std::vector<Call> calls = {MakeCall("read"), MakeCall("mmap", {{2, 32, {1}}}),
                             MakeCall("mmap", {{2, 32, {2}}}),
                             MakeCall("close")};
  const Policy forward = WithCalls(calls);
  std::reverse(calls.begin(), calls.end());
  EXPECT_EQ(WithCalls(calls), forward);
}

std::string Refusal(const Policy& policy) {
  return std::string(Validate(policy).message());
}

TEST(ModelTest, ValidateNamesWhatIsWrong) {
  Policy policy = WithCalls({});
  policy.calls.erase(policy.calls.begin());
  EXPECT_THAT(Refusal(policy), HasSubstr("lacks rt_sigreturn"));

  policy = WithCalls({MakeCall("read")});
  policy.calls[0].number = 1;
  EXPECT_THAT(Refusal(policy), HasSubstr("read has number 0, not 1"));

  policy = WithCalls({MakeCall("read")});
  policy.calls[0].name = "raed";
  EXPECT_THAT(Refusal(policy), HasSubstr("unknown call \"raed\""));

  policy = WithCalls({MakeCall("read"), MakeCall("close")});
  std::swap(policy.calls[0], policy.calls[1]);
  EXPECT_THAT(Refusal(policy), HasSubstr("sorted by number"));

  policy = WithCalls({MakeCall("mseal")});
  policy.max_known = 450;
  EXPECT_THAT(Refusal(policy), HasSubstr("beyond max_known"));

  policy = WithCalls({});
  policy.max_known = 472;
  EXPECT_THAT(Refusal(policy), HasSubstr("max_known is 472"));

  policy = WithCalls({});
  policy.architecture = "aarch64";
  EXPECT_THAT(Refusal(policy), HasSubstr("aarch64"));

  policy = EmptyPolicy("p", InstallPoint::kMain, Mode::kErrno);
  policy.errno_value = 4096;
  EXPECT_THAT(Refusal(policy), HasSubstr("4096"));
}

TEST(ModelTest, ValidateRefusesRulesThatCouldNotHold) {
  EXPECT_THAT(Refusal(WithCalls({MakeCall("read", {{3, 32, {1}}})})),
              HasSubstr("has 3 arguments"));
  EXPECT_THAT(Refusal(WithCalls({MakeCall("read", {{1, 64, {1}}})})),
              HasSubstr("address in memory"));
  EXPECT_THAT(Refusal(WithCalls({MakeCall("read", {{0, 64, {1}}})})),
              HasSubstr("the kernel reads 32 bits"));
  EXPECT_THAT(Refusal(WithCalls({MakeCall("read", {{0, 32, {}}})})),
              HasSubstr("no value"));
  EXPECT_THAT(
      Refusal(WithCalls({MakeCall("read", {{0, 32, {1}}, {0, 32, {2}}})})),
      HasSubstr("order of the arguments"));
  Policy wide = WithCalls({MakeCall("read", {{0, 32, {1}}})});
  wide.calls[0].arguments[0].values = {0x100000000};
  EXPECT_THAT(Refusal(wide), HasSubstr("wider than 32 bits"));
}

TEST(ModelTest, NamesOfModesAndPlacesReadBack) {
  for (Mode mode :
       {Mode::kKill, Mode::kErrno, Mode::kTrap, Mode::kLog, Mode::kNotify}) {
    EXPECT_EQ(ParseMode(ToString(mode)), mode);
  }
  for (InstallPoint point : {InstallPoint::kMain, InstallPoint::kEntry,
                             InstallPoint::kExec, InstallPoint::kManual}) {
    EXPECT_EQ(ParseInstallPoint(ToString(point)), point);
  }
  EXPECT_FALSE(ParseMode("none").has_value());
  EXPECT_FALSE(ParseInstallPoint("").has_value());
}

}  // namespace
}  // namespace chestnut::policy
