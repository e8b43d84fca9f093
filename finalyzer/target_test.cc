#include "finalyzer/target.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "finalyzer/trace_filter.h"
#include "gtest/gtest.h"
#include "policy/bpf.h"
#include "policy/bpf_evaluator.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

TEST(TargetTest, MappingsAreReadWithTheirSpacesAndWithoutRubbish) {
  const std::vector<Mapping> mappings = ParseMappings(
      "1000-2000 r--p 00000000 08:01 7                /lib/a b.so\n"
      "2000-4000 r-xp 00001000 08:01 7                /lib/a b.so\n"
      "rubbish\n"
      "5000-6000 rw-p 00000000 00:00 0 \n"
      "7000-8000 r-xp 00003000 08:01 9                /gone (deleted)\n");
  ASSERT_EQ(mappings.size(), 4u);
  EXPECT_EQ(PlaceOf(mappings, 0x2010), (Place{"a b.so", 0x1010}));
  EXPECT_EQ(PlaceOf(mappings, 0x5010), Place{});
  EXPECT_EQ(PlaceOf(mappings, 0x7010), (Place{"gone", 0x3010}));
  for (uint64_t outside : {0x0, 0xfff, 0x4000, 0x6000, 0x8000}) {
    EXPECT_EQ(FindMapping(mappings, outside), nullptr) << outside;
  }
}

TEST(TargetTest, ReturnAddressesStandBehindCalls) {
  EXPECT_TRUE(EndsInCall({"\x90\x90\xe8\1\2\3\4", 7}));
  EXPECT_TRUE(EndsInCall("\x90\x90\x90\x90\x90\xff\xd0"));   // *%rax
  EXPECT_TRUE(EndsInCall({"\x90\xff\x15\1\2\3\4", 7}));      // *x(%rip)
  EXPECT_TRUE(EndsInCall("\x90\x90\x90\x90\xff\x50\x08"));   // *8(%rax)
  EXPECT_TRUE(EndsInCall({"\xff\x94\x24\1\2\3\4", 7}));      // *x(%rsp)
  EXPECT_FALSE(EndsInCall("\x90\x90\x90\x90\x90\xff\xe0"));  // jmp
  EXPECT_FALSE(EndsInCall("\x90\x90\x90\x90\x90\x90\x90"));
  EXPECT_FALSE(EndsInCall(""));
}

TEST(TargetTest, MemoryIsReadUpToItsEnd) {
  const char text[] = "hello";
  const auto address = reinterpret_cast<uint64_t>(&text);
  EXPECT_EQ(ReadString(getpid(), address, 100)->text, "hello");
  EXPECT_TRUE(ReadString(getpid(), address, 3)->is_cut);
  EXPECT_FALSE(ReadString(getpid(), 8, 100).has_value());
  EXPECT_EQ(ReadMemory(getpid(), address, 2), "he");
}

TEST(TraceFilterTest, AsksAboutAllThatIsAllowedButWhatMustNotBeInterrupted) {
  policy::Policy policy = policy::EmptyPolicy("p", policy::InstallPoint::kEntry,
                                              policy::Mode::kNotify);
  const absl::StatusOr<policy::Filter> filter = CompileFilter(policy);
  ASSERT_TRUE(filter.ok()) << filter.status();
  const absl::StatusOr<policy::Filter> all = TraceFilter(*filter);
  ASSERT_TRUE(all.ok()) << all.status();
  for (uint32_t architecture :
       {policy::kArchitectureX86_64, policy::kArchitectureI386}) {
    for (uint32_t number = 0; number < syscalls::kMaxKnown + 2; ++number) {
      const policy::SeccompData data = {number, architecture, 0, {}};
      uint32_t expected = Evaluate(*filter, data).result;
      if (expected == policy::kReturnAllow) {
        expected = policy::kReturnUserNotification;
      }
      if (architecture == policy::kArchitectureX86_64 &&
          IsNeverAsked(static_cast<int>(number))) {
        expected = policy::kReturnAllow;
      }
      EXPECT_EQ(Evaluate(*all, data).result, expected) << number;
    }
  }
}

}  // namespace
}  // namespace chestnut::finalyzer
