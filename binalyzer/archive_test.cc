#include "binalyzer/archive.h"

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::SizeIs;

std::string Member(const std::string& name, const std::string& content,
                   bool stored = true) {
  return absl::StrCat(absl::StrFormat("%-16s%-12d%-6d%-6d%-8s%-10d`\n", name, 0,
                                      0, 0, "644", content.size()),
                      stored ? content : "",
                      stored && content.size() % 2 == 1 ? "\n" : "");
}

TEST(ArchiveTest, ReadsShortAndLongNames) {
  const std::string bytes = absl::StrCat(
      "!<arch>\n", Member("/", "symbols!"),
      Member("//", "a_rather_long_name.o/\nanother_long_name.o/\n"),
      Member("odd.o/", "abc"), Member("/22", "x"), Member("/0", "yy"));
  const auto archive = ReadArchive(bytes, "lib.a");
  ASSERT_TRUE(archive.ok()) << archive.status();
  EXPECT_FALSE(archive->thin);
  ASSERT_THAT(archive->members, SizeIs(3));
  EXPECT_EQ(archive->members[0].name, "odd.o");
  EXPECT_EQ(archive->members[0].bytes, "abc");
  EXPECT_EQ(archive->members[1].name, "another_long_name.o");
  EXPECT_EQ(archive->members[2].name, "a_rather_long_name.o");
  EXPECT_EQ(archive->members[2].bytes, "yy");
}

TEST(ArchiveTest, MembersOfThinArchivesAreFiles) {
  const std::string bytes =
      absl::StrCat("!<thin>\n", Member("//", "dir/one.o/\n"),
                   Member("/0", "not stored here", false),
                   Member("two.o/", "nor this", false));
  const auto archive = ReadArchive(bytes, "thin.a");
  ASSERT_TRUE(archive.ok()) << archive.status();
  EXPECT_TRUE(archive->thin);
  ASSERT_THAT(archive->members, SizeIs(2));
  EXPECT_EQ(archive->members[0].name, "dir/one.o");
  EXPECT_EQ(archive->members[1].name, "two.o");
}

TEST(ArchiveTest, RefusesWhatIsBroken) {
  EXPECT_FALSE(ReadArchive("", "x").ok());
  EXPECT_FALSE(ReadArchive("!<arch", "x").ok());
  EXPECT_FALSE(ReadArchive("!<arch>\nshort", "x").ok());
  EXPECT_FALSE(
      ReadArchive(absl::StrCat("!<arch>\n", Member("/99", "x")), "x").ok());
  const std::string good = absl::StrCat("!<arch>\n", Member("a.o/", "abcd"));
  EXPECT_FALSE(ReadArchive(good.substr(0, good.size() - 1), "x").ok());
  EXPECT_TRUE(ReadArchive(good, "x").ok());
}

}  // namespace
}  // namespace chestnut::binalyzer
