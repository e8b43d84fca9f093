#include "finalyzer/refine.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "finalyzer/audit.h"
#include "finalyzer/observation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/model.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::NotNull;

constexpr int kMmap = 9;
constexpr int kGetpid = 39;
constexpr int kSocket = 41;
constexpr int kTgkill = 234;

// mmap with a rule, tgkill, socket.
policy::Policy MakePolicy() {
  policy::Policy policy = policy::EmptyPolicy("vi", policy::InstallPoint::kMain,
                                              policy::Mode::kKill);
  policy.calls.push_back(
      {"mmap", kMmap, {{2, 32, {1, 3}}}, {{"main", "", ""}}});
  policy.calls.push_back({"socket", kSocket, {}, {{"main", "", ""}}});
  policy.calls.push_back({"tgkill", kTgkill, {}, {{"abort", "", ""}}});
  Normalize(policy);
  return policy;
}

Observations See(int number, int index, std::set<uint64_t> values,
                 Recorded recorded = Recorded::kMissing,
                 const std::string& program = "vi") {
  Observations observations = ObservationsOf(MakePolicy(), recorded);
  Seen& seen = observations.calls[{
      program, Abi::kX86_64, number, Answer::kContinued, {"libc.so.6", 16}}];
  seen.count = 2;
  seen.arguments[index].values = std::move(values);
  return observations;
}

const policy::Call* Find(const Refined& refined, int number) {
  return FindCall(refined.policy.calls, number);
}

TEST(RefineTest, AMissingCallIsAddedWithItsRulesAndItsOrigin) {
  policy::Policy policy = MakePolicy();
  std::erase_if(policy.calls,
                [](const policy::Call& call) { return call.number == kMmap; });
  const absl::StatusOr<Refined> refined =
      Refine(policy, See(kMmap, 2, {5}), {.add = true});
  ASSERT_TRUE(refined.ok()) << refined.status();
  const policy::Call* call = Find(*refined, kMmap);
  ASSERT_THAT(call, NotNull());
  EXPECT_THAT(call->arguments, ElementsAre(policy::ArgumentRule{2, 32, {5}}));
  EXPECT_EQ(ProvenanceOf(*call), Provenance::kObserved);
  EXPECT_EQ(call->witness[0].place, "libc.so.6+0x10");
  EXPECT_THAT(call->witness[0].reason, HasSubstr("seen 2 times in vi"));
}

TEST(RefineTest, ARuleIsWidenedAndKeepsItsStaticOrigin) {
  const absl::StatusOr<Refined> refined =
      Refine(MakePolicy(), See(kMmap, 2, {3, 5}), {.add = true});
  ASSERT_TRUE(refined.ok()) << refined.status();
  const policy::Call* call = Find(*refined, kMmap);
  EXPECT_THAT(call->arguments,
              ElementsAre(policy::ArgumentRule{2, 32, {1, 3, 5}}));
  EXPECT_EQ(ProvenanceOf(*call), Provenance::kStatic);
  EXPECT_EQ(call->witness.size(), 2u);
  ASSERT_EQ(refined->changes.size(), 1u);
  EXPECT_EQ(refined->changes[0].kind, ChangeKind::kWidened);
}

TEST(RefineTest, WithoutBeingAskedItOnlySaysWhatIsMissing) {
  const absl::StatusOr<Refined> refined =
      Refine(MakePolicy(), See(kMmap, 2, {5}), {});
  ASSERT_TRUE(refined.ok()) << refined.status();
  EXPECT_EQ(refined->policy, MakePolicy());
  ASSERT_EQ(refined->changes.size(), 1u);
  EXPECT_THAT(refined->changes[0].reason, HasSubstr("--add adds it"));
}

TEST(RefineTest, WhatAnotherProgramDidCountsWhereFiltersAreShared) {
  const Observations seen = See(kGetpid, 0, {}, Recorded::kMissing, "ls");
  absl::StatusOr<Refined> refined = Refine(MakePolicy(), seen, {.add = true});
  ASSERT_TRUE(refined.ok()) << refined.status();
  EXPECT_THAT(Find(*refined, kGetpid), IsNull());
  EXPECT_THAT(refined->changes[0].reason, HasSubstr("made by 'ls'"));
  refined = Refine(MakePolicy(), seen, {.add = true, .shared = true});
  ASSERT_TRUE(refined.ok()) << refined.status();
  EXPECT_THAT(Find(*refined, kGetpid), NotNull());
}

TEST(RefineTest, RemovingKeepsWhatIsUsedAndWhatAFailureNeeds) {
  const Observations seen = See(kMmap, 2, {1}, Recorded::kAll, "ls");
  const absl::StatusOr<Refined> refined =
      Refine(MakePolicy(), seen, {.remove_unused = true});
  ASSERT_TRUE(refined.ok()) << refined.status();
  // By another program, but it would be missed.
  EXPECT_THAT(Find(*refined, kMmap), NotNull());
  EXPECT_THAT(Find(*refined, kTgkill), NotNull());
  EXPECT_THAT(Find(*refined, kSocket), IsNull());
  for (const Change& change : refined->changes) {
    if (change.kind != ChangeKind::kRemoved) continue;
    EXPECT_EQ(change.call, "socket");
    EXPECT_EQ(change.witness.size(), 1u);
  }
}

TEST(RefineTest, NothingIsUnusedWhereNotEverythingWasSeen) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      Refine(MakePolicy(), See(kMmap, 2, {1}), {.remove_unused = true})
          .status()));
}

TEST(RefineTest, EveryCallThatAFailureNeedsIsOne) {
  for (const NeededToFail& entry : CallsNeededToFail()) {
    EXPECT_THAT(syscalls::FindByName(entry.call), NotNull()) << entry.call;
    EXPECT_FALSE(entry.reason.empty());
  }
}

TEST(RefineTest, DecisionsByHandKeepTheirReason) {
  absl::StatusOr<Refined> refined =
      Refine(MakePolicy(), ObservationsOf(MakePolicy(), Recorded::kAll),
             {.allowed_by_hand = {{"getpid", "the log names it"}},
              .dropped_by_hand = {{"socket", "no network"}}});
  ASSERT_TRUE(refined.ok()) << refined.status();
  EXPECT_EQ(ProvenanceOf(*Find(*refined, kGetpid)), Provenance::kByHand);
  EXPECT_EQ(Find(*refined, kGetpid)->witness[0].reason, "the log names it");
  EXPECT_THAT(Find(*refined, kSocket), IsNull());
  for (const char* bad : {"rt_sigreturn", "getpidd"}) {
    EXPECT_FALSE(Refine(MakePolicy(),
                        ObservationsOf(MakePolicy(), Recorded::kAll),
                        {.dropped_by_hand = {{bad, "why"}}})
                     .ok());
  }
}

constexpr char kRecord[] =
    "audit: type=1326 audit(17.1:2): auid=0 uid=0 gid=0 ses=1 pid=7 "
    "comm=\"vi\" "
    "exe=\"/usr/bin/vi\" sig=31 arch=c000003e syscall=39 compat=0 ip=0x7f "
    "code=0x80000000";

TEST(AuditTest, ReadsTheKernelsAndAuditdsForm) {
  Observations all = ObservationsOf(MakePolicy(), Recorded::kMissing);
  std::string enriched = kRecord;
  enriched.replace(0, 16, "type=SECCOMP ");
  enriched +=
      "\x1d"
      "AUID=\"root\" ARCH=x86_64 SYSCALL=getpid";
  const AuditCounts counts = ReadAudit(
      std::string(kRecord) + "\r\n" + enriched + "\n\nhello\n", {"vi"}, all);
  EXPECT_EQ(counts.records, 2);
  EXPECT_EQ(counts.broken, 0);
  ASSERT_EQ(all.calls.size(), 1u);
  EXPECT_EQ(all.calls.begin()->first.number, kGetpid);
  EXPECT_EQ(all.calls.begin()->second.count, 2u);
}

TEST(AuditTest, OthersAndHalvesOfRecordsAreCounted) {
  Observations all = ObservationsOf(MakePolicy(), Recorded::kMissing);
  const std::string record = kRecord;
  EXPECT_EQ(ReadAudit(record, {"emacs"}, all).others, 1);
  for (size_t size : {20, 60, 80, 100, 120, 140}) {
    EXPECT_EQ(ReadAudit(record.substr(0, size), {"vi"}, all).broken, 1) << size;
  }
  EXPECT_TRUE(all.calls.empty());
}

TEST(AuditTest, ArgumentsNobodyWroteDownAreNoRules) {
  Observations all = ObservationsOf(MakePolicy(), Recorded::kMissing);
  std::string record = kRecord;
  record.replace(record.find("syscall=39"), 10, "syscall=9");
  EXPECT_EQ(ReadAudit(record, {"vi"}, all).records, 1);
  const absl::StatusOr<Refined> refined =
      Refine(MakePolicy(), all, {.add = true});
  ASSERT_TRUE(refined.ok()) << refined.status();
  EXPECT_TRUE(Find(*refined, kMmap)->arguments.empty());
}

}  // namespace
}  // namespace chestnut::finalyzer
