#include "frontend/workers.h"

#include <csignal>
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::frontend {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(Workers, EveryJobEndsOnceWithItsStatus) {
  std::map<size_t, std::string> ended;
  absl::Status status = RunJobs(
      5, 2,
      [](size_t i) {
        return i == 3 ? absl::InvalidArgumentError("three is wrong")
                      : absl::OkStatus();
      },
      [&](size_t i, const absl::Status& one) {
        EXPECT_TRUE(ended.emplace(i, one.message()).second);
      });
  EXPECT_TRUE(status.ok());
  EXPECT_THAT(ended, ElementsAre(Pair(0, ""), Pair(1, ""), Pair(2, ""),
                                 Pair(3, "three is wrong"), Pair(4, "")));
}

TEST(Workers, ACrashEndsOneJobOnly) {
  std::map<size_t, absl::Status> ended;
  absl::Status status = RunJobs(
      2, 1,
      [](size_t i) {
        if (i == 0) std::raise(SIGKILL);
        return absl::OkStatus();
      },
      [&](size_t i, const absl::Status& one) { ended[i] = one; });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(ended[0].code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(ended[0].message()), HasSubstr("signal 9"));
  EXPECT_TRUE(ended[1].ok());
}

TEST(Workers, ALongMessageArrivesWhole) {
  std::string text(200000, 'x');
  std::string got;
  absl::Status status = RunJobs(
      1, 4, [&](size_t) { return absl::InvalidArgumentError(text); },
      [&](size_t, const absl::Status& one) {
        got = std::string(one.message());
      });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(got, text);
}

TEST(Workers, NoJobsAreDoneAtOnce) {
  bool called = false;
  absl::Status status = RunJobs(
      0, 3, [](size_t) { return absl::OkStatus(); },
      [&](size_t, const absl::Status&) { called = true; });
  EXPECT_TRUE(status.ok());
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace chestnut::frontend
