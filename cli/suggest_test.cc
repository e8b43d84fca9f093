#include "cli/suggest.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace chestnut::cli {
namespace {

TEST(SuggestTest, TheNearestWord) {
  const std::vector<std::string> known = {"open", "openat", "openat2", "write"};
  EXPECT_EQ(DidYouMean("opneat", known), "; did you mean 'openat'?");
  EXPECT_EQ(DidYouMean("wirte", known), "; did you mean 'write'?");
  EXPECT_EQ(DidYouMean("opena", known), "; did you mean 'open'?");
}

TEST(SuggestTest, NothingWhereNothingIsNear) {
  const std::vector<std::string> known = {"open", "write"};
  EXPECT_EQ(DidYouMean("frobnicate", known), "");
  EXPECT_EQ(DidYouMean("", known), "");
  EXPECT_EQ(DidYouMean("open", {}), "");
}

}  // namespace
}  // namespace chestnut::cli
