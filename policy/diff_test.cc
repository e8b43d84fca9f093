#include "policy/diff.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/model.h"

namespace chestnut::policy {
namespace {

using Kind = CallChange::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Policy MakePolicy(const std::vector<Call>& calls) {
  Policy policy = EmptyPolicy("program", InstallPoint::kMain, Mode::kKill);
  policy.calls.insert(policy.calls.end(), calls.begin(), calls.end());
  Normalize(policy);
  return policy;
}

Call Getpid(const std::string& place = "a.c:1") {
  return {"getpid", 39, {}, {{"main", place, ""}}};
}

Call Ioctl(const std::vector<uint64_t>& requests) {
  return {"ioctl", 16, {{1, 32, requests}}, {}};
}

TEST(DiffTest, WitnessesAndModulesChangeNothing) {
  Policy was = MakePolicy({Getpid("a.c:1")});
  was.modules = {{"libc.so.6", "01"}};
  Policy is = MakePolicy({Getpid("a.c:2")});
  is.modules = {{"libc.so.6", "02"}};
  const Diff diff = ComparePolicies(was, is);
  EXPECT_TRUE(diff.empty());
  EXPECT_FALSE(diff.grew());
  EXPECT_THAT(diff.modules, ElementsAre(FieldChange{"libc.so.6", "01", "02"}));
}

TEST(DiffTest, ACallMoreGrowsAndKeepsItsWitness) {
  const Diff diff = ComparePolicies(MakePolicy({}), MakePolicy({Getpid()}));
  EXPECT_THAT(diff.calls, ElementsAre(CallChange{Kind::kAdded, false, true,
                                                 Call(), Getpid()}));
  EXPECT_TRUE(diff.grew());
}

TEST(DiffTest, ACallLessIsADifferenceThatDoesNotGrow) {
  const Diff diff = ComparePolicies(MakePolicy({Getpid()}), MakePolicy({}));
  EXPECT_THAT(diff.calls, ElementsAre(CallChange{Kind::kRemoved, false, false,
                                                 Getpid(), Call()}));
  EXPECT_FALSE(diff.empty());
  EXPECT_FALSE(diff.grew());
}

TEST(DiffTest, RulesGrowWhereMoreArgumentsPass) {
  auto grows = [](const Call& was, const Call& is) {
    const Diff diff = ComparePolicies(MakePolicy({was}), MakePolicy({is}));
    EXPECT_EQ(diff.calls.size(), 1);
    return diff.grew();
  };
  const Call any = {"ioctl", 16, {}, {}};
  EXPECT_TRUE(grows(Ioctl({1, 2}), Ioctl({1, 2, 3})));
  EXPECT_TRUE(grows(Ioctl({1, 2}), Ioctl({3})));
  EXPECT_TRUE(grows(Ioctl({1}), any));
  EXPECT_FALSE(grows(Ioctl({1, 2}), Ioctl({2})));
  EXPECT_FALSE(grows(any, Ioctl({1})));
}

TEST(DiffTest, StartupCallsAreTheirOwn) {
  Policy was = MakePolicy({Getpid()});
  Policy is = was;
  is.startup_calls = {Getpid()};
  EXPECT_THAT(
      ComparePolicies(was, is).calls,
      ElementsAre(CallChange{Kind::kAdded, true, true, Call(), Getpid()}));
}

TEST(DiffTest, AnotherModeIsADifference) {
  Policy was = MakePolicy({});
  Policy is = was;
  is.mode = Mode::kErrno;
  is.errno_value = 38;
  EXPECT_THAT(ComparePolicies(was, is).fields,
              ElementsAre(FieldChange{"mode", "kill", "errno=38"}));
  EXPECT_TRUE(ComparePolicies(was, is).grew());
}

TEST(DiffTest, UndecidedPlacesCount) {
  Policy was = MakePolicy({});
  Policy is = was;
  is.incomplete = {{"a.c:3", "number unknown"}};
  EXPECT_THAT(ComparePolicies(was, is).undecided,
              ElementsAre(is.incomplete[0]));
  EXPECT_TRUE(ComparePolicies(was, is).grew());
  EXPECT_THAT(ComparePolicies(is, was).decided, ElementsAre(is.incomplete[0]));
  EXPECT_FALSE(ComparePolicies(is, was).grew());
  EXPECT_THAT(ComparePolicies(is, is).undecided, IsEmpty());
}

}  // namespace
}  // namespace chestnut::policy
