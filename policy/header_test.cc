#include "policy/header.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/json.h"
#include "policy/model.h"
#include "policy/note.h"

namespace chestnut::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Policy Example(Mode mode = Mode::kKill) {
  Policy policy = EmptyPolicy("cp", InstallPoint::kMain, mode);
  policy.calls.push_back({"read", 0, {}, {{"main", "cp.c:7", "a \"quote\""}}});
  Normalize(policy);
  return policy;
}

TEST(HeaderTest, HoldsFilterModeAndDigest) {
  const Policy policy = Example();
  const std::string header = *WritePolicyHeader(policy);
  EXPECT_THAT(header,
              HasSubstr("chestnut_filter[] = {\n  {0x20, 0, 0, 0x4u},"));
  EXPECT_THAT(header, HasSubstr("#define CHESTNUT_MODE 1 /* kill */"));
  EXPECT_THAT(header, HasSubstr("#define CHESTNUT_INSTALL_AT_MAIN 1"));
  EXPECT_THAT(header, HasSubstr(PolicyDigest(policy)));
  EXPECT_EQ(header, *WritePolicyHeader(policy));
}

TEST(HeaderTest, OnlyModeTrapCarriesTheNames) {
  EXPECT_THAT(*WritePolicyHeader(Example()), Not(HasSubstr("chestnut_names")));
  const std::string header = *WritePolicyHeader(Example(Mode::kTrap));
  EXPECT_THAT(header, HasSubstr("{0, 1, \"read\"},"));
  EXPECT_THAT(header, HasSubstr("{59, 0, \"execve\"},"));
}

TEST(HeaderTest, AProgramsNameCannotBecomeCode) {
  Policy policy = Example();
  policy.program = "a*/\"\\\n$(b)";
  const std::string header = *WritePolicyHeader(policy);
  EXPECT_THAT(header, HasSubstr("CHESTNUT_PROGRAM \"a_/_____b_\""));
}

TEST(HeaderTest, AnIncompletePolicyHasNoHeader) {
  Policy policy = Example();
  policy.incomplete = {{"x.c:1", "unknown"}};
  EXPECT_TRUE(absl::IsFailedPrecondition(WritePolicyHeader(policy).status()));
}

TEST(NoteTest, ReadsBackThePolicy) {
  const Policy policy = Example();
  const std::string note = MakeNote(policy);
  EXPECT_EQ(note.size() % 4, 0u);
  absl::StatusOr<Policy> read = ReadNote(note, "cp");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, policy);
}

TEST(NoteTest, ACompressedPolicyIsTheSamePolicy) {
  const std::string note = MakeNote(Example(), NoteType::kCompressed);
  EXPECT_LT(note.size(), MakeNote(Example()).size());
  EXPECT_EQ(*FindNote(note), WritePolicy(Example()));
  const std::string other = MakeNote("Other", 7, "content");
  EXPECT_EQ(*FindNote(other + note + other), WritePolicy(Example()));
}

TEST(NoteTest, PassesOverTheNotesOfOthers) {
  const std::string gnu("\x04\0\0\0\x06\0\0\0\x03\0\0\0GNU\0abcdef\0\0", 24);
  EXPECT_EQ(*FindNote(gnu + MakeNote(Example()) + gnu), WritePolicy(Example()));
  EXPECT_TRUE(absl::IsNotFound(FindNote(gnu).status()));
  EXPECT_TRUE(absl::IsNotFound(FindNote("").status()));
}

TEST(NoteTest, RefusesBrokenNotes) {
  const std::string note = MakeNote(Example());
  const size_t unpadded = 12 + 12 + WritePolicy(Example()).size();
  for (size_t length = 1; length < unpadded; ++length) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(FindNote(note.substr(0, length)).status()))
        << length;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(FindNote(note + note).status()));
  std::string newer = note;
  newer[8] = 3;
  EXPECT_THAT(std::string(FindNote(newer).status().message()),
              HasSubstr("type 3"));
  std::string damaged = MakeNote(Example(), NoteType::kCompressed);
  damaged[30] ^= 0x55;
  EXPECT_TRUE(absl::IsInvalidArgument(FindNote(damaged).status()));
  // Sizes that overflow when padded.
  EXPECT_FALSE(FindNote(std::string(24, '\xff')).ok());
}

}  // namespace
}  // namespace chestnut::policy
