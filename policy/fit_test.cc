#include "policy/fit.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/model.h"

namespace chestnut::policy {
namespace {

using Kind = ModuleChange::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Policy MakePolicy(const std::vector<Module>& modules,
                  const std::vector<Call>& calls) {
  Policy policy = EmptyPolicy("program", InstallPoint::kEntry, Mode::kKill);
  policy.modules = modules;
  policy.calls.insert(policy.calls.end(), calls.begin(), calls.end());
  Normalize(policy);
  return policy;
}

const Call kRead = {"read", 0, {}, {}};
const Call kGetpid = {"getpid", 39, {}, {}};

Call Ioctl(const std::vector<uint64_t>& requests) {
  return {"ioctl", 16, {{1, 32, requests}}, {}};
}

TEST(FitTest, WithoutAChangeThePolicyFits) {
  const std::vector<Module> modules = {{"program", "01"}, {"libc.so.6", "02"}};
  // What was decided then is not decided again.
  Policy now = MakePolicy(modules, {kGetpid});
  now.incomplete.push_back({"libc.so.6+0x10", "dlopen of a name"});
  const Fit fit = CompareFit(MakePolicy(modules, {}), now);
  EXPECT_THAT(fit.modules, IsEmpty());
  EXPECT_THAT(fit.missing, IsEmpty());
  EXPECT_THAT(fit.incomplete, IsEmpty());
}

TEST(FitTest, ModulesAreToldApartByTheirBuildIds) {
  const Fit fit = CompareFit(
      MakePolicy({{"program", "01"}, {"c", "02"}, {"gone", "03"}, {"x", ""}},
                 {}),
      MakePolicy({{"program", "01"}, {"x", ""}, {"c", "04"}, {"new", "05"}},
                 {}));
  EXPECT_THAT(fit.modules,
              ElementsAre(ModuleChange{"c", Kind::kChanged, "02", "04"},
                          ModuleChange{"gone", Kind::kGone, "03", ""},
                          ModuleChange{"new", Kind::kAdded, "", "05"},
                          ModuleChange{"x", Kind::kUnknown, "", ""}));
  EXPECT_THAT(fit.missing, IsEmpty());
}

TEST(FitTest, AProgramThatCarriesItsPolicyDoesNotListItself) {
  const Fit fit =
      CompareFit(MakePolicy({{"c", "02"}}, {}),
                 MakePolicy({{"program", "01"}, {"c", "02"}}, {kGetpid}));
  EXPECT_THAT(fit.modules, IsEmpty());
}

TEST(FitTest, CallsThatAreNeededAndNotAllowedAreFound) {
  const Policy policy = MakePolicy({{"c", "01"}}, {kRead, Ioctl({1, 2})});
  auto missing = [&policy](const std::vector<Call>& calls) {
    return CompareFit(policy, MakePolicy({{"c", "02"}}, calls)).missing;
  };
  EXPECT_THAT(missing({kRead, Ioctl({2})}), IsEmpty());
  EXPECT_THAT(missing({kGetpid}), ElementsAre(MissingCall{kGetpid, false}));
  EXPECT_THAT(missing({Ioctl({2, 3})}),
              ElementsAre(MissingCall{Ioctl({2, 3}), true}));
  const Call any_ioctl = {"ioctl", 16, {}, {}};
  EXPECT_THAT(missing({any_ioctl}), ElementsAre(MissingCall{any_ioctl, true}));
}

TEST(FitTest, BeforeExecStartUpCounts) {
  Policy policy = MakePolicy({{"c", "01"}}, {kRead});
  Policy now = MakePolicy({{"c", "02"}}, {});
  now.startup_calls = {kRead, kGetpid};
  EXPECT_THAT(CompareFit(policy, now).missing, IsEmpty());
  policy.install_point = now.install_point = InstallPoint::kExec;
  EXPECT_THAT(CompareFit(policy, now).missing,
              ElementsAre(MissingCall{kGetpid, false}));
}

TEST(FitTest, WhatIsNotKnownNowIsPassedOn) {
  Policy now = MakePolicy({{"c", "02"}}, {});
  now.incomplete.push_back({"c+0x10", "dlopen of a name"});
  EXPECT_EQ(CompareFit(MakePolicy({{"c", "01"}}, {}), now).incomplete,
            now.incomplete);
}

}  // namespace
}  // namespace chestnut::policy
