#include "support/error_pages.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::support {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;

TEST(ErrorPages, AreWholeAndNamedOnce) {
  std::set<std::string> names;
  for (const ErrorPage& page : ErrorPages()) {
    const std::string name(page.name);
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_THAT(name, MatchesRegex("E-[a-z-]+"));
    EXPECT_FALSE(page.title.empty()) << name;
    EXPECT_THAT(std::string(page.meaning), EndsWith(".")) << name;
    EXPECT_THAT(std::string(page.remedy), EndsWith(".")) << name;
    EXPECT_THAT(std::string(page.phrases), EndsWith("\n")) << name;
    EXPECT_EQ(FindErrorPage(name), &page);
  }
}

TEST(ErrorPages, AMessageIsNamedOnItsLine) {
  EXPECT_EQ(WithErrorName("a.out: the program carries no policy; link it with "
                          "chestnut cc, or chestnut patch it"),
            "a.out: the program carries no policy; link it with chestnut cc, "
            "or chestnut patch it [E-no-policy]");
  EXPECT_EQ(WithErrorName("all is well"), "all is well");
  EXPECT_EQ(FindErrorPage("E-nothing"), nullptr);
  EXPECT_NE(FindErrorPage("e-no-policy"), nullptr);
}

}  // namespace
}  // namespace chestnut::support
