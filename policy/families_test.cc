#include "policy/families.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/always.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

Policy WithCall(absl::string_view name) {
  Policy policy = EmptyPolicy("prog", InstallPoint::kEntry, Mode::kKill);
  const syscalls::Syscall* call = syscalls::FindByName(name);
  policy.calls.push_back({.name = std::string(name),
                          .number = call->number,
                          .arguments = {},
                          .witness = {}});
  AddAlwaysNeeded(policy);
  return policy;
}

bool Has(const Policy& policy, absl::string_view name) {
  return FindCall(policy.calls, syscalls::FindByName(name)->number) != nullptr;
}

TEST(Families, EveryMemberIsASystemCallAndInOneFamilyOnly) {
  std::vector<absl::string_view> seen;
  for (const auto& family : CallFamilies()) {
    for (absl::string_view member : family) {
      EXPECT_NE(syscalls::FindByName(member), nullptr) << member;
      EXPECT_THAT(seen, testing::Not(testing::Contains(member)));
      seen.push_back(member);
    }
  }
}

TEST(Families, AnotherLibcsCallsAreAllowed) {
  Policy policy = WithCall("newfstatat");
  CloseOverFamilies(policy);
  EXPECT_TRUE(Has(policy, "statx"));
  EXPECT_TRUE(Has(policy, "fstat"));
  EXPECT_FALSE(Has(policy, "openat"));
  EXPECT_TRUE(Validate(policy).ok()) << Validate(policy);
}

TEST(Families, RulesOfWhatWasThereStay) {
  Policy policy = WithCall("clone");
  for (Call& call : policy.calls) {
    if (call.name == "clone") {
      call.arguments = {{.index = 0, .width = 64, .values = {17}}};
    }
  }
  CloseOverFamilies(policy);
  EXPECT_TRUE(Has(policy, "clone3"));
  EXPECT_EQ(FindCall(policy.calls, syscalls::FindByName("clone")->number)
                ->arguments.size(),
            1u);
}

}  // namespace
}  // namespace chestnut::policy
