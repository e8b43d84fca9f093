#include "driver/unit_facts.h"

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "facts/builder.h"
#include "facts/container.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class UnitFactsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_ / name;
    EXPECT_TRUE(support::WriteFileAtomically(path, text).ok());
    return path;
  }

  // A facts file with one unit of that name.
  std::string WriteFacts(const std::string& unit) {
    facts::FactsBuilder builder;
    builder.unit().name = builder.String(unit);
    return Write(unit + ".facts", facts::Frame(builder.Serialize()));
  }

  fs::path folder_;
};

TEST_F(UnitFactsTest, AnObjectIsKnownByItsBytes) {
  const std::string one = Write("one.o", "abcd");
  const std::string other = Write("other.o", "abce");
  const std::string list =
      Write("list", one + "\n" + WriteFacts("one.c") + "\n" + other + "\n" +
                        WriteFacts("other.c") + "\n");
  absl::StatusOr<UnitFacts> facts = UnitFacts::Read(list);
  ASSERT_TRUE(facts.ok()) << facts.status();
  auto found = facts->Find("abce");
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 1);
  EXPECT_EQ(found->front().name(), "other.c");
  EXPECT_EQ(facts->Find("abcf")->size(), 0);
  EXPECT_EQ(facts->Find("abc")->size(), 0);
}

TEST_F(UnitFactsTest, OfEqualObjectsAllFactsCount) {
  const std::string one = Write("one.o", "abcd");
  const std::string other = Write("other.o", "abcd");
  absl::StatusOr<UnitFacts> facts = UnitFacts::Read(
      Write("list", one + "\n" + WriteFacts("one.c") + "\n" + other + "\n" +
                        WriteFacts("other.c") + "\n"));
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->Find("abcd")->size(), 2);
}

TEST_F(UnitFactsTest, AssemblyHasNone) {
  const std::string object = Write("a.o", "abcd");
  absl::StatusOr<UnitFacts> facts = UnitFacts::Read(
      Write("list", object + "\n" + Write("a.facts", "") + "\n"));
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->Find("abcd")->size(), 0);
}

TEST_F(UnitFactsTest, WhatIsMissingIsNamed) {
  const std::string object = Write("a.o", "abcd");
  EXPECT_THAT(UnitFacts::Read(Write("odd", object + "\n")).status().message(),
              HasSubstr("a.o' has no facts"));
  EXPECT_THAT(
      UnitFacts::Read(Write("gone", object + ".gone\nx\n")).status().message(),
      HasSubstr("a.o.gone"));
  EXPECT_FALSE(UnitFacts::Read(folder_ / "nowhere").ok());
  absl::StatusOr<UnitFacts> facts = UnitFacts::Read(
      Write("broken", object + "\n" + Write("b", "junk") + "\n"));
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_FALSE(facts->Find("abcd").ok());
}

}  // namespace
}  // namespace chestnut::driver
