#include "finalyzer/observation.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "finalyzer/observation_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/bpf.h"
#include "policy/model.h"

namespace chestnut::finalyzer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kSocket = 41;

policy::Policy MakePolicy(policy::Mode mode = policy::Mode::kKill) {
  return policy::EmptyPolicy("vi", policy::InstallPoint::kEntry, mode);
}

policy::SeccompData Call(uint32_t number, std::array<uint64_t, 6> arguments) {
  return {number, policy::kArchitectureX86_64, 0, arguments};
}

Observations Example() {
  Observations observations = ObservationsOf(MakePolicy(), Recorded::kAll);
  observations.complete = true;
  observations.runs = 2;
  Seen& seen = observations.calls[{"v\xffi",
                                   Abi::kX86_64,
                                   kSocket,
                                   Answer::kContinued,
                                   {"libc.so.6", 0xf00}}];
  seen.count = 3;
  seen.stack = {{"vi", 1}, {"", 0}};
  NoteArguments(Call(kSocket, {1, 0xdead00000002, ~uint64_t{0}}), seen);
  observations.calls[{"vi", Abi::kI386, 64, Answer::kContinued, {}}].count = 1;
  return observations;
}

TEST(ObservationTest, ArgumentsKeepWhatAPolicyCanHaveRulesOn) {
  Seen seen;
  NoteArguments(Call(kSocket, {1, 0xdead00000002, ~uint64_t{0}}), seen);
  NoteArguments(Call(kSocket, {1, 3, 0}), seen);
  EXPECT_THAT(seen.arguments[0].values, ElementsAre(1));
  // The upper half of an int is garbage.
  EXPECT_THAT(seen.arguments[1].values, ElementsAre(2, 3));
  EXPECT_TRUE(seen.arguments[2].values.empty());
  EXPECT_THAT(seen.arguments[2].kinds, ElementsAre("negative", "zero"));
  for (uint64_t i = 0; i < kMostValues; ++i) {
    NoteArguments(Call(kSocket, {1, i + 100, 0}), seen);
  }
  EXPECT_TRUE(seen.arguments[1].any);
  EXPECT_TRUE(seen.arguments[1].values.empty());
}

TEST(ObservationTest, TheWrittenFormReadsBack) {
  const Observations observations = Example();
  const std::string text = WriteObservations(observations);
  absl::StatusOr<Observations> read = ReadObservations(text, "o.json");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(WriteObservations(*read), text);
  EXPECT_EQ(read->calls.size(), 2u);
  EXPECT_EQ(read->calls.rbegin()->second.count, 3u);
}

TEST(ObservationTest, NoPartOfTheWrittenFormReads) {
  const std::string text = WriteObservations(Example());
  for (size_t size = 0; size + 1 < text.size(); ++size) {
    EXPECT_FALSE(ReadObservations(text.substr(0, size), "o").ok()) << size;
  }
}

TEST(ObservationTest, TheModeDoesNotMakeAnotherPolicy) {
  EXPECT_EQ(ObservedDigest(MakePolicy()),
            ObservedDigest(MakePolicy(policy::Mode::kNotify)));
}

TEST(ObservationTest, MergingAddsUpAndKeepsWhatIsLessSure) {
  Observations all = Example();
  Observations more = Example();
  more.recorded = Recorded::kMissing;
  more.complete = false;
  ASSERT_TRUE(Merge(more, "o.json", all).ok());
  EXPECT_EQ(all.runs, 4u);
  EXPECT_EQ(all.recorded, Recorded::kMissing);
  EXPECT_FALSE(all.complete);
  EXPECT_EQ(all.calls.rbegin()->second.count, 6u);
}

TEST(ObservationTest, OthersAreNotMerged) {
  Observations all = Example();
  Observations more = Example();
  more.policy_digest[0] = 'x';
  const absl::Status status = Merge(more, "o.json", all);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("o.json: holds"));
  EXPECT_FALSE(CheckBelongs(more, MakePolicy(), "o.json").ok());
  EXPECT_TRUE(CheckBelongs(Example(), MakePolicy(), "o.json").ok());
}

}  // namespace
}  // namespace chestnut::finalyzer
