#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/always.h"
#include "policy/bpf.h"
#include "policy/bpf_disassembler.h"
#include "policy/bpf_evaluator.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "policy/proof.h"
#include "policy/verdict.h"
#include "runtime/canary.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

using ::testing::HasSubstr;

Policy MakePolicy(Mode mode, const std::vector<std::string>& names) {
  Policy policy = EmptyPolicy("p", InstallPoint::kMain, mode);
  for (const std::string& name : names) {
    policy.calls.push_back({name, syscalls::FindByName(name)->number, {}, {}});
  }
  Normalize(policy);
  return policy;
}

void SetRules(Policy& policy, const std::string& name,
              const std::vector<ArgumentRule>& rules) {
  for (Call& call : policy.calls) {
    if (call.name == name) call.arguments = rules;
  }
}

Policy Example(Mode mode = Mode::kKill) {
  Policy policy = MakePolicy(mode, {"read", "write", "close", "mmap", "lseek",
                                    "socket", "ioctl", "openat"});
  SetRules(policy, "mmap", {{2, 32, {0, 1, 3}}});
  SetRules(policy, "socket", {{0, 32, {1, 2}}, {1, 32, {1, 0x80001}}});
  SetRules(policy, "lseek", {{1, 64, {5, 0x100000005, 0xffffffffffffffff}}});
  SetRules(policy, "ioctl", {{1, 32, {0x5401, 0x5413, 0xffffffff}}});
  return policy;
}

uint32_t Answer(const Filter& filter, uint32_t number,
                std::array<uint64_t, 6> arguments = {},
                uint32_t architecture = kArchitectureX86_64) {
  return Evaluate(filter, {number, architecture, 0, arguments}).result;
}

TEST(FilterTest, GivesTheThreeAnswers) {
  const Filter filter = *CompileFilter(Example());
  EXPECT_EQ(Answer(filter, 0), kReturnAllow);
  EXPECT_EQ(Answer(filter, 257), kReturnAllow);
  EXPECT_EQ(Answer(filter, 59), kReturnKillProcess);  // execve
  EXPECT_EQ(Answer(filter, 472), kReturnErrno | 38);  // newer
  EXPECT_EQ(Answer(filter, 5000), kReturnErrno | 38);
  EXPECT_EQ(Answer(filter, 425), kReturnErrno | 38);  // io_uring_setup
  EXPECT_EQ(Answer(filter, 435), kReturnErrno | 38);  // clone3
  EXPECT_EQ(Answer(filter, 400), kReturnErrno | 38);  // given to no call
  EXPECT_EQ(Answer(filter, 335), kReturnAllow);       // uretprobe
  EXPECT_EQ(Answer(filter, 336), kReturnAllow);       // uprobe
}

TEST(FilterTest, TellsForeignCallsApart) {
  const Filter filter = *CompileFilter(Example());
  EXPECT_EQ(Answer(filter, 0, {}, kArchitectureI386), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 0, {}, 0), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 0x40000000), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 0xfffffffe), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 0xffffffff), kReturnErrno | 38);
}

TEST(FilterTest, DeniesAsTheModeSays) {
  const uint32_t execve = 59;
  Policy policy = Example(Mode::kErrno);
  EXPECT_EQ(Answer(*CompileFilter(policy), execve), kReturnErrno | 1);
  policy.errno_value = 13;
  EXPECT_EQ(Answer(*CompileFilter(policy), execve), kReturnErrno | 13);
  EXPECT_EQ(Answer(*CompileFilter(Example(Mode::kTrap)), execve), kReturnTrap);
}

TEST(FilterTest, ModeLogEnforcesNothing) {
  const Filter filter = *CompileFilter(Example(Mode::kLog));
  EXPECT_EQ(Answer(filter, 0), kReturnAllow);
  for (uint32_t number : {59u, 425u, 435u, 472u, 0x40000000u, 0xffffffffu}) {
    EXPECT_EQ(Answer(filter, number), kReturnLog) << number;
  }
  EXPECT_EQ(Answer(filter, 0, {}, kArchitectureI386), kReturnLog);
  EXPECT_EQ(Answer(filter, 9, {0, 0, 7}), kReturnLog);
}

TEST(FilterTest, ComparesArgumentsInTheWidthThatTheKernelReads) {
  const Filter filter = *CompileFilter(Example());
  const uint64_t garbage = 0xdeadbeef00000000;
  EXPECT_EQ(Answer(filter, 9, {0, 0, 3}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 9, {0, 0, garbage | 3}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 9, {0, 0, 7}), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 9, {0, 0, garbage | 2}), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 16, {0, 0xffffffffffffffff}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 16, {0, 0xfffffffe}), kReturnKillProcess);
  // All 64 bits.
  EXPECT_EQ(Answer(filter, 8, {0, 5}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 8, {0, 0x100000005}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 8, {0, ~uint64_t{0}}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 8, {0, 0x200000005}), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 8, {0, 0xffffffff00000005}), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 8, {0, 0xffffffff}), kReturnKillProcess);
}

TEST(FilterTest, AllRulesOfACallHoldTogether) {
  const Filter filter = *CompileFilter(Example());
  EXPECT_EQ(Answer(filter, 41, {1, 1}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 41, {2, 0x80001}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 41, {1, 3}), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 41, {17, 1}), kReturnKillProcess);
}

TEST(FilterTest, AnExecFilterHoldsStartUpToo) {
  Policy policy = Example();
  policy.startup_calls = {{"mmap", 9, {{2, 32, {5}}}, {}},
                          {"execve", 59, {}, {}}};
  EXPECT_EQ(Answer(*CompileFilter(policy), 59), kReturnKillProcess);
  policy.install_point = InstallPoint::kExec;
  const Filter filter = *CompileFilter(policy);
  EXPECT_EQ(Answer(filter, 59), kReturnAllow);
  EXPECT_EQ(Answer(filter, 9, {0, 0, 5}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 9, {0, 0, 3}), kReturnAllow);
  EXPECT_EQ(Answer(filter, 9, {0, 0, 7}), kReturnKillProcess);
}

TEST(FilterTest, AnOlderPolicyKnowsFewerCalls) {
  Policy policy = Example();
  policy.max_known = 450;
  const Filter filter = *CompileFilter(policy);
  EXPECT_EQ(Answer(filter, 450), kReturnKillProcess);
  EXPECT_EQ(Answer(filter, 451), kReturnErrno | 38);
}

TEST(FilterTest, TheCanaryAnswersDifferentlyForEachPolicy) {
  Policy policy = Example();
  const uint32_t first = Answer(*CompileFilter(policy), CHESTNUT_CANARY_NUMBER);
  EXPECT_EQ(first, kReturnErrno | static_cast<uint32_t>(CanaryErrno(policy)));
  EXPECT_GE(CanaryErrno(policy), CHESTNUT_CANARY_ERRNO_BASE);
  EXPECT_LT(CanaryErrno(policy),
            CHESTNUT_CANARY_ERRNO_BASE + CHESTNUT_CANARY_ERRNO_COUNT);
  policy.program = "another";
  EXPECT_NE(Answer(*CompileFilter(policy), CHESTNUT_CANARY_NUMBER), first);
}

// The kernel remembers verdicts only of calls whose arguments nothing reads.
TEST(FilterTest, CallsWithoutRulesAreDecidedByNumberAlone) {
  const Filter filter = *CompileFilter(Example());
  for (uint32_t number : {0u, 1u, 3u, 257u, 59u, 472u}) {
    EXPECT_FALSE(
        Evaluate(filter, {number, kArchitectureX86_64, 0, {}}).read_arguments);
  }
  EXPECT_TRUE(Evaluate(filter, {9, kArchitectureX86_64, 0, {}}).read_arguments);
}

TEST(FilterTest, NothingEnforcesAnIncompletePolicy) {
  Policy policy = Example();
  policy.incomplete = {{"a.c:3", "unknown number"}};
  absl::Status status = CompileFilter(policy).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("a.c:3"));
  policy.mode = Mode::kLog;
  EXPECT_TRUE(CompileFilter(policy).ok());
}

TEST(FilterTest, ModeNotifyAsksAboutWhateverTheOthersRefuse) {
  Policy policy = Example(Mode::kNotify);
  policy.incomplete = {{"a.c:3", "unknown number"}};
  absl::StatusOr<Filter> filter = CompileFilter(policy);
  ASSERT_TRUE(filter.ok()) << filter.status();
  auto answer = [&](uint32_t number, uint32_t architecture) {
    return Evaluate(*filter, {number, architecture, 0, {}}).result;
  };
  EXPECT_EQ(answer(101, kArchitectureX86_64), kReturnUserNotification);
  EXPECT_EQ(answer(20, kArchitectureI386), kReturnUserNotification);
  EXPECT_EQ(answer(39 | syscalls::kX32Bit, kArchitectureX86_64),
            kReturnUserNotification);
  EXPECT_EQ(answer(0xffffffff, kArchitectureX86_64), kReturnErrno | 38);
}

TEST(FilterTest, LargeFiltersReachBeyondOneJump) {
  // Many calls with rules of their own: more than 255 instructions.
  Policy policy = EmptyPolicy("p", InstallPoint::kMain, Mode::kKill);
  for (const syscalls::Syscall& known : syscalls::All()) {
    if (known.number % 8 != 0) continue;
    Call call = {std::string(known.name), known.number, {}, {}};
    for (int i = 0; i < known.argument_count; ++i) {
      const syscalls::Argument& argument =
          known.arguments[static_cast<size_t>(i)];
      if (argument.pointer) continue;
      const uint64_t base = static_cast<uint64_t>(known.number) * 16;
      call.arguments.push_back({i, argument.width, {base, base + 5, base + 9}});
    }
    policy.calls.push_back(call);
  }
  AddAlwaysNeeded(policy);
  absl::StatusOr<Filter> filter = CompileFilter(policy);
  ASSERT_TRUE(filter.ok()) << filter.status();
  EXPECT_GT(filter->size(), 2 * 255u);
}

TEST(FilterTest, AFilterTooLargeForTheKernelIsRefused) {
  Policy policy = MakePolicy(Mode::kKill, {"ioctl"});
  ArgumentRule rule = {1, 32, {}};
  for (uint64_t i = 0; i < 6000; ++i) rule.values.push_back(i * 2);
  SetRules(policy, "ioctl", {rule});
  EXPECT_TRUE(absl::IsResourceExhausted(CompileFilter(policy).status()));
}

TEST(FilterTest, IsReadable) {
  Policy policy = MakePolicy(Mode::kKill, {"read", "mmap"});
  SetRules(policy, "mmap", {{2, 32, {1, 3}}});
  const std::string text = Disassemble(*CompileFilter(policy));
  EXPECT_THAT(text, HasSubstr("   0  load architecture\n"
                              "   1  if architecture == 0xc000003e go to 2 "));
  EXPECT_THAT(text, HasSubstr("load number\n"));
  EXPECT_THAT(text, HasSubstr("number == 9 (mmap) go to "));
  EXPECT_THAT(text, HasSubstr("load argument 2 low\n"));
  EXPECT_THAT(text, HasSubstr("return KILL_PROCESS\n"));
  EXPECT_THAT(text, HasSubstr("return ERRNO 38\n"));
}

TEST(DisassemblerTest, ShowsEveryInstruction) {
  const Filter filter = {{kLoad, 0, 0, 0},
                         {kJumpEqual, 0, 1, 59},
                         {kReturn, 0, 0, kReturnTrap},
                         {kJump, 0, 0, 0},
                         {kJumpAtLeast, 1, 0, 0x40000000},
                         {kLoad, 0, 0, 36},
                         {0x54, 0, 0, 7},
                         {kReturn, 0, 0, kReturnLog}};
  EXPECT_EQ(Disassemble(filter),
            "   0  load number\n"
            "   1  if number == 59 (execve) go to 2 else 3\n"
            "   2  return TRAP\n"
            "   3  go to 4\n"
            "   4  if number >= 0x40000000 go to 6 else 5\n"
            "   5  load argument 2 high\n"
            "   6  unknown code 0x54 k 0x7\n"
            "   7  return LOG\n");
}

TEST(EvaluatorTest, ChecksWhatTheKernelChecks) {
  const Instruction end = {kReturn, 0, 0, 0};
  EXPECT_TRUE(CheckFilter({end}).ok());
  EXPECT_FALSE(CheckFilter({}).ok());
  EXPECT_FALSE(CheckFilter({{kLoad, 0, 0, 0}}).ok());        // runs over
  EXPECT_FALSE(CheckFilter({{kLoad, 0, 0, 2}, end}).ok());   // not aligned
  EXPECT_FALSE(CheckFilter({{kLoad, 0, 0, 64}, end}).ok());  // outside
  EXPECT_FALSE(CheckFilter({{kJump, 0, 0, 1}, end}).ok());   // jumps out
  EXPECT_FALSE(CheckFilter({{kJumpEqual, 1, 0, 0}, end}).ok());
  EXPECT_FALSE(CheckFilter({{kJumpAtLeast, 0, 1, 0}, end}).ok());
  EXPECT_FALSE(CheckFilter({{0x28, 0, 0, 0}, end}).ok());  // other code
  EXPECT_FALSE(CheckFilter(Filter(kMaxInstructions + 1, end)).ok());
}

// Whether two filters for calls of Example() answer something differently, by
// trying around everything that it mentions.
bool AnswersDiffer(const Filter& one, const Filter& other) {
  const uint64_t values[] = {0,       1,          2,           3,
                             4,       5,          6,           0x5401,
                             0x5402,  0x5413,     0x5414,      0x80001,
                             0x80002, 0xffffffff, 0x100000005, ~uint64_t{0}};
  auto differ = [&](uint32_t number, std::array<uint64_t, 6> arguments,
                    uint32_t architecture = kArchitectureX86_64) {
    return Answer(one, number, arguments, architecture) !=
           Answer(other, number, arguments, architecture);
  };
  std::vector<uint32_t> numbers = {CHESTNUT_CANARY_NUMBER,
                                   CHESTNUT_CANARY_NUMBER + 1,
                                   syscalls::kX32Bit,
                                   syscalls::kX32Bit - 1,
                                   0x7fffffff,
                                   0xfffffffe,
                                   0xffffffff};
  for (uint32_t n = 0; n < syscalls::kMaxKnown + 3; ++n) numbers.push_back(n);
  for (const uint32_t number : numbers) {
    if (differ(number, {}) || differ(number, {}, kArchitectureX86_64 + 1) ||
        differ(number, {}, kArchitectureI386)) {
      return true;
    }
  }
  for (const char* name : {"mmap", "socket", "lseek", "ioctl"}) {
    const auto number =
        static_cast<uint32_t>(syscalls::FindByName(name)->number);
    for (const uint64_t first : values) {
      for (const uint64_t rest : values) {
        if (differ(number, {first, rest, rest, rest, rest, rest})) return true;
      }
    }
  }
  return false;
}

TEST(ProofTest, FindsEveryChangeOfTheMeaning) {
  for (Mode mode : {Mode::kKill, Mode::kLog}) {
    const Policy policy = Example(mode);
    const Filter filter = *CompileFilter(policy);
    ASSERT_TRUE(ProveFilter(policy, filter).ok());
    size_t tried = 0, other = 0;
    auto expect_found = [&](const Filter& changed) {
      ++tried;
      // Where a stretch of numbers has one answer, the place of a cut within
      // it is free: not every change is one of the meaning.
      if (!AnswersDiffer(filter, changed)) return;
      ++other;
      EXPECT_FALSE(ProveFilter(policy, changed).ok()) << Disassemble(changed);
    };
    for (size_t i = 0; i < filter.size(); ++i) {
      for (const uint32_t delta : {1u, 0xffffffffu}) {
        Filter changed = filter;
        changed[i].k += delta;
        if (CheckFilter(changed).ok()) expect_found(changed);
      }
      Filter changed = filter;
      std::swap(changed[i].jump_true, changed[i].jump_false);
      if (changed != filter) expect_found(changed);
    }
    EXPECT_GT(other, tried * 9 / 10);
  }
}

TEST(ProofTest, NamesTheFirstDifference) {
  const Policy policy = MakePolicy(Mode::kKill, {"read"});
  const Filter allow_all = {{kReturn, 0, 0, kReturnAllow}};
  const absl::Status status = ProveFilter(policy, allow_all);
  EXPECT_TRUE(absl::IsInternal(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("it answers ALLOW, the policy says KILL_PROCESS"));
}

TEST(ProofTest, DoesNotAcceptTheFilterOfAnotherPolicy) {
  const Policy policy = Example();
  Policy other = policy;
  SetRules(other, "lseek", {{1, 64, {5, 0x100000005}}});
  EXPECT_FALSE(ProveFilter(policy, *CompileFilter(other)).ok());
  other = policy;
  SetRules(other, "socket", {{0, 32, {1, 2}}});
  EXPECT_FALSE(ProveFilter(policy, *CompileFilter(other)).ok());
  other = policy;
  other.calls.erase(other.calls.begin());
  EXPECT_FALSE(ProveFilter(policy, *CompileFilter(other)).ok());
}

TEST(ProbedCallsTest, AreKnownCallsInOrder) {
  int previous = -1;
  for (const ProbedCall& probed : ProbedCalls()) {
    EXPECT_GT(probed.number, previous);
    previous = probed.number;
    const syscalls::Syscall* call = syscalls::FindByNumber(probed.number);
    ASSERT_NE(call, nullptr) << probed.number;
    const std::string reason(probed.reason);
    EXPECT_EQ(reason.substr(0, reason.find(':')),
              call->name.substr(0, 8) == "io_uring" ? "io_uring"
                                                    : std::string(call->name));
  }
}

}  // namespace
}  // namespace chestnut::policy
