#include "callgraph/value_set.h"

#include <cstdint>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::callgraph {
namespace {

using facts::Operator;
using ::testing::ElementsAre;

ValueSet Set(std::initializer_list<int64_t> values) {
  ValueSet set;
  for (int64_t value : values) set.Add(ValueSet::Of(value));
  return set;
}

TEST(ValueSet, JoinsAndStaysSorted) {
  ValueSet set = Set({3, 1, 3, 2});
  EXPECT_THAT(set.constants(), ElementsAre(1, 2, 3));
  EXPECT_FALSE(set.Add(ValueSet::Of(2)));
  EXPECT_TRUE(set.Add(ValueSet::Of(-1)));
  EXPECT_THAT(set.constants(), ElementsAre(-1, 1, 2, 3));
}

TEST(ValueSet, UnknownAbsorbsAndKeepsTheFirstReason) {
  ValueSet set = Set({1});
  EXPECT_TRUE(set.Add(ValueSet::Unknown("read from a file", "a.c:1")));
  EXPECT_FALSE(set.Add(ValueSet::Unknown("other")));
  EXPECT_FALSE(set.known());
  EXPECT_EQ(set.reason(), "read from a file");
  EXPECT_EQ(set.place(), "a.c:1");
}

TEST(ValueSet, TooManyValuesAreUnknown) {
  ValueSet set;
  for (size_t i = 0; i < kMaxConstants; ++i) {
    set.Add(ValueSet::Of(static_cast<int64_t>(i)));
  }
  EXPECT_TRUE(set.known());
  EXPECT_TRUE(set.Add(ValueSet::Of(-1)));
  EXPECT_FALSE(set.known());
}

TEST(ValueSet, CastsExtendAsTheirTypeSays) {
  EXPECT_THAT(ApplyCast(Set({0x1ff}), 1, false).constants(), ElementsAre(0xff));
  EXPECT_THAT(ApplyCast(Set({0x1ff}), 1, true).constants(), ElementsAre(-1));
  EXPECT_THAT(ApplyCast(Set({-1}), 4, false).constants(),
              ElementsAre(0xffffffff));
  EXPECT_THAT(ApplyCast(Set({-1}), 8, false).constants(), ElementsAre(-1));
}

TEST(ValueSet, ArithmeticHasTheWidthOfItsType) {
  EXPECT_THAT(ApplyOperator(Operator::bit_or, Set({1, 2}), Set({4, 8}), 4, true)
                  .constants(),
              ElementsAre(5, 6, 9, 10));
  EXPECT_THAT(
      ApplyOperator(Operator::add, Set({0xffffffff}), Set({1}), 4, false)
          .constants(),
      ElementsAre(0));
  EXPECT_THAT(ApplyOperator(Operator::shift_right, Set({-8}), Set({1}), 4, true)
                  .constants(),
              ElementsAre(-4));
  EXPECT_THAT(
      ApplyOperator(Operator::shift_right, Set({-8}), Set({1}), 4, false)
          .constants(),
      ElementsAre(0x7ffffffc));
  EXPECT_THAT(
      ApplyOperator(Operator::divide, Set({-7}), Set({2}), 4, true).constants(),
      ElementsAre(-3));
}

TEST(ValueSet, UndefinedArithmeticIsUnknown) {
  EXPECT_FALSE(
      ApplyOperator(Operator::divide, Set({1}), Set({0, 1}), 4, true).known());
  EXPECT_FALSE(ApplyOperator(Operator::shift_left, Set({1}), Set({32}), 4, true)
                   .known());
  EXPECT_FALSE(ApplyOperator(Operator::remainder,
                             Set({std::numeric_limits<int64_t>::min()}),
                             Set({-1}), 8, true)
                   .known());
  EXPECT_FALSE(
      ApplyOperator(Operator::none, Set({1}), Set({1}), 4, true).known());
}

TEST(ValueSet, ProductsOfSetsAreBounded) {
  ValueSet a, b;
  for (int64_t i = 0; i < 20; ++i) {
    a.Add(ValueSet::Of(i));
    b.Add(ValueSet::Of(i * 100));
  }
  EXPECT_FALSE(ApplyOperator(Operator::add, a, b, 8, true).known());
}

}  // namespace
}  // namespace chestnut::callgraph
