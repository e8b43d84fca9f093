#include "cli/output.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::cli {
namespace {

using ::testing::Each;
using ::testing::SizeIs;

TEST(Wrap, LeavesWhatFits) {
  EXPECT_EQ(Wrap("short\n  lines\n", 40), "short\n  lines\n");
  EXPECT_EQ(Wrap("a line as long as it likes to be", 0),
            "a line as long as it likes to be");
}

TEST(Wrap, IndentsWhatFollows) {
  EXPECT_EQ(Wrap("  main  server.c:12  [called through a variable]\n", 30),
            "  main  server.c:12  [called\n"
            "      through a variable]\n");
}

TEST(Wrap, BreaksAsOftenAsNeeded) {
  std::string text = "  ";
  for (int i = 0; i < 40; ++i) text += "word ";
  const std::string wrapped = Wrap(text, 20);
  const std::vector<std::string> lines = absl::StrSplit(wrapped, '\n');
  EXPECT_GT(lines.size(), 10U);
  EXPECT_THAT(lines, Each(SizeIs(::testing::Le(20U))));
  // Not a word is lost or broken.
  std::vector<std::string> words =
      absl::StrSplit(wrapped, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  EXPECT_EQ(words.size(), 40U);
  EXPECT_THAT(words, Each("word"));
}

TEST(Wrap, KeepsLongWordsWhole) {
  const std::string word(50, 'x');
  EXPECT_EQ(Wrap(word, 10), word);
  EXPECT_EQ(Wrap("a " + word + " b", 10), "a\n    " + word + "\n    b");
}

}  // namespace
}  // namespace chestnut::cli
