#include "policy/families.h"

#include <sys/ioctl.h>
#include <sys/mman.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/always.h"
#include "syscalls/arguments.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

Policy WithCall(absl::string_view name, std::vector<ArgumentRule> rules = {}) {
  Policy policy = EmptyPolicy("prog", InstallPoint::kEntry, Mode::kKill);
  const syscalls::Syscall* call = syscalls::FindByName(name);
  policy.calls.push_back({.name = std::string(name),
                          .number = call->number,
                          .arguments = std::move(rules),
                          .witness = {}});
  AddAlwaysNeeded(policy);
  return policy;
}

const std::vector<ArgumentRule>& Rules(const Policy& policy,
                                       absl::string_view name) {
  return FindCall(policy.calls, syscalls::FindByName(name)->number)->arguments;
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
  Policy policy =
      WithCall("clone", {{.index = 0, .width = 64, .values = {17}}});
  CloseOverFamilies(policy);
  EXPECT_TRUE(Has(policy, "clone3"));
  EXPECT_EQ(Rules(policy, "clone").size(), 1u);
}

// isatty() of glibc 2.42 and later.
TEST(Families, AnotherLibcsRequestsAreAllowed) {
  Policy policy = WithCall(
      "ioctl", {{.index = 1, .width = 32, .values = {TCGETS, TIOCGWINSZ}}});
  CloseOverFamilies(policy);
  EXPECT_THAT(Rules(policy, "ioctl")[0].values,
              testing::ElementsAre(TCGETS, TIOCGWINSZ, 0x802c542a));
  policy =
      WithCall("ioctl", {{.index = 1, .width = 32, .values = {TIOCGWINSZ}}});
  CloseOverFamilies(policy);
  EXPECT_THAT(Rules(policy, "ioctl")[0].values,
              testing::ElementsAre(TIOCGWINSZ));
}

TEST(Families, MemoryThatIsNotRunStaysSo) {
  Policy policy =
      WithCall("mprotect", {{.index = 2, .width = 32, .values = {PROT_READ}}});
  CloseOverFamilies(policy);
  EXPECT_THAT(
      Rules(policy, "mprotect")[0].values,
      testing::ElementsAre(PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE));
}

TEST(Families, WhatNewerVersionsDoBesidesIsAllowedAndNoMore) {
  Policy policy = WithCall("mmap");
  CloseOverFamilies(policy);
  EXPECT_THAT(Rules(policy, "prctl"),
              testing::ElementsAre(ArgumentRule{
                  .index = 0, .width = 32, .values = {0x53564d41}}));
  EXPECT_TRUE(Validate(policy).ok()) << Validate(policy);
  policy = WithCall("prctl", {{.index = 0, .width = 32, .values = {15}}});
  policy.calls.push_back(WithCall("mmap").calls.front());
  CloseOverFamilies(policy);
  EXPECT_THAT(Rules(policy, "prctl")[0].values,
              testing::ElementsAre(15, 0x53564d41));
  policy = WithCall("prctl");
  policy.calls.push_back(WithCall("mmap").calls.front());
  CloseOverFamilies(policy);
  EXPECT_THAT(Rules(policy, "prctl"), testing::IsEmpty());
}

TEST(Families, ValuesAndCompanionsAreOfSystemCalls) {
  for (const ValueFamily& family : ValueFamilies()) {
    EXPECT_NE(syscalls::FindByName(family.call), nullptr) << family.call;
    EXPECT_TRUE(syscalls::IsRuled(syscalls::FindByName(family.call)->number,
                                  family.index))
        << family.call;
  }
  for (const CompanionCall& companion : CompanionCalls()) {
    EXPECT_NE(syscalls::FindByName(companion.beside), nullptr);
    EXPECT_NE(syscalls::FindByName(companion.call), nullptr) << companion.call;
  }
}

}  // namespace
}  // namespace chestnut::policy
