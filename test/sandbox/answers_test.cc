// What the running kernel does under our filters: every answer that a policy
// can give, and the rules on arguments.
#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <termios.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "runtime/canary.h"
#include "syscalls/table.h"
#include "test/sandbox/child.h"

namespace chestnut::sandbox_test {
namespace {

using policy::Filter;
using policy::InstallPoint;
using policy::Mode;
using policy::Policy;

constexpr int64_t kGarbage = static_cast<int64_t>(0xdeadbeef00000000);

Policy MakePolicy(Mode mode = Mode::kKill) {
  Policy policy = policy::EmptyPolicy("victim", InstallPoint::kMain, mode);
  policy.calls.push_back({"exit_group", SYS_exit_group, {}, {}});
  policy.calls.push_back({"getppid", SYS_getppid, {}, {}});
  Normalize(policy);
  return policy;
}

Filter Compile(const Policy& policy) {
  absl::StatusOr<Filter> filter = CompileFilter(policy);
  EXPECT_TRUE(filter.ok()) << filter.status();
  return *filter;
}

Outcome Call(const Policy& policy, int64_t number, int64_t a = 0, int64_t b = 0,
             int64_t c = 0) {
  return RunFiltered(Compile(policy), [=] { return RawCall(number, a, b, c); });
}

void ExpectKilled(const Outcome& outcome) {
  EXPECT_FALSE(outcome.exited) << outcome.result;
  EXPECT_EQ(outcome.signal, SIGSYS);
}

void ExpectResult(const Outcome& outcome, int64_t result) {
  EXPECT_TRUE(outcome.exited) << "signal " << outcome.signal;
  EXPECT_EQ(outcome.result, result);
}

TEST(AnswersTest, AnAllowedCallWorks) {
  ExpectResult(Call(MakePolicy(), SYS_getppid), getpid());
}

TEST(AnswersTest, ADeniedCallKills) {
  ExpectKilled(Call(MakePolicy(), SYS_getpid));
  ExpectKilled(Call(MakePolicy(), SYS_execve));
}

TEST(AnswersTest, ModeErrnoGivesItsNumber) {
  Policy policy = MakePolicy(Mode::kErrno);
  ExpectResult(Call(policy, SYS_getpid), -EPERM);
  policy.errno_value = EACCES;
  ExpectResult(Call(policy, SYS_getpid), -EACCES);
}

TEST(AnswersTest, ModeLogRunsTheCall) {
  const Outcome outcome = Call(MakePolicy(Mode::kLog), SYS_getpid);
  EXPECT_TRUE(outcome.exited);
  EXPECT_GT(outcome.result, 0);
}

void OnSigsys(int, siginfo_t* info, void* context) {
  auto* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  registers[REG_RAX] = 100000 + info->si_syscall;
}

TEST(AnswersTest, ModeTrapTellsTheHandlerWhichCall) {
  // The handler has to be there before the filter.
  struct sigaction action = {};
  struct sigaction old = {};
  action.sa_sigaction = OnSigsys;
  action.sa_flags = SA_SIGINFO;
  ASSERT_EQ(sigaction(SIGSYS, &action, &old), 0);
  ExpectResult(Call(MakePolicy(Mode::kTrap), SYS_getpid), 100000 + SYS_getpid);
  ASSERT_EQ(sigaction(SIGSYS, &old, nullptr), 0);
}

TEST(AnswersTest, NumbersOfNoKnownCallGetEnosys) {
  for (int64_t number : {472L, 1000L, 400L, 0x3fffffffL}) {
    ExpectResult(Call(MakePolicy(), number), -ENOSYS);
  }
}

TEST(AnswersTest, ProbedCallsAndIoUringGetEnosys) {
  for (int64_t number :
       {int64_t{SYS_clone3}, int64_t{SYS_rseq}, int64_t{SYS_faccessat2},
        int64_t{SYS_io_uring_setup}, int64_t{SYS_io_uring_enter},
        int64_t{SYS_io_uring_register}}) {
    ExpectResult(Call(MakePolicy(), number), -ENOSYS);
  }
}

TEST(AnswersTest, TheCanaryAnswersWithThePolicysOwnErrno) {
  const Policy policy = MakePolicy();
  ExpectResult(Call(policy, CHESTNUT_CANARY_NUMBER),
               -policy::CanaryErrno(policy));
}

TEST(AnswersTest, X32NumbersKill) {
  ExpectKilled(Call(MakePolicy(), 0x40000000 | SYS_getppid));
  ExpectKilled(Call(MakePolicy(), 0x40000000 | 520));
}

TEST(AnswersTest, MinusOneGetsEnosys) {
  ExpectResult(Call(MakePolicy(), -1), -ENOSYS);
}

// A tracer skips a call by setting its number to -1 and says what it returned.
TEST(AnswersTest, ATracerCanSkipACall) {
  const Filter filter = Compile(MakePolicy());
  pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);  // until the parent is ready
    InstallOrDie(filter);
    const int64_t result = RawCall(SYS_getpid);
    RawCall(SYS_exit_group, result == 77 ? 42 : 43);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSTOPPED(status));
  ASSERT_EQ(ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD),
            0);
  ASSERT_EQ(ptrace(PTRACE_SYSCALL, child, nullptr, nullptr), 0);
  bool skipping = false;
  while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
      user_regs_struct registers = {};
      ASSERT_EQ(ptrace(PTRACE_GETREGS, child, nullptr, &registers), 0);
      if (skipping) {
        registers.rax = 77;
        skipping = false;
        ASSERT_EQ(ptrace(PTRACE_SETREGS, child, nullptr, &registers), 0);
      } else if (registers.orig_rax == SYS_getpid) {
        registers.orig_rax = static_cast<uint64_t>(-1);
        skipping = true;
        ASSERT_EQ(ptrace(PTRACE_SETREGS, child, nullptr, &registers), 0);
      }
    }
    ASSERT_EQ(ptrace(PTRACE_SYSCALL, child, nullptr, nullptr), 0);
  }
  ASSERT_TRUE(WIFEXITED(status)) << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

// getpid of i386 is 20.
int64_t CallAsI386() {
  int64_t result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(20)
                   : "memory", "r8", "r9", "r10", "r11");
  return result;
}

TEST(AnswersTest, CallsOfI386Kill) {
  const Filter all = {{policy::kReturn, 0, 0, policy::kReturnAllow}};
  if (RunFiltered(all, CallAsI386).result <= 0) {
    GTEST_SKIP() << "this kernel takes no i386 calls at all";
  }
  ExpectKilled(RunFiltered(Compile(MakePolicy()), CallAsI386));
  // The same number of ours being allowed changes nothing.
  Policy policy = MakePolicy();
  policy.calls.push_back({"writev", 20, {}, {}});
  Normalize(policy);
  ExpectKilled(RunFiltered(Compile(policy), CallAsI386));
}

// The kernel makes programs enter these from its own trampolines.
TEST(AnswersTest, UretprobeAndUprobeAreNotDenied) {
  for (int64_t number : {335L, 336L}) {
    const Outcome outcome = Call(MakePolicy(), number);
    EXPECT_NE(outcome.signal, SIGSYS) << number;
  }
}

// One kind of rule: a call with an accepted and a rejected value. Whatever the
// kernel says to an accepted call (an error, mostly), it was not the filter.
struct RuleCase {
  const char* call;
  int index;
  int64_t accepted;
  int64_t rejected;
  int64_t arguments[6];
};

void PrintTo(const RuleCase& rule, std::ostream* stream) {
  *stream << rule.call << " " << rule.index;
}

class RuleTest : public ::testing::TestWithParam<RuleCase> {
 protected:
  Outcome CallWith(int64_t value) {
    const RuleCase& rule = GetParam();
    const syscalls::Syscall* call = syscalls::FindByName(rule.call);
    const auto index = static_cast<size_t>(rule.index);
    Policy policy = MakePolicy();
    // Two values, so that more than one comparison is made.
    policy.calls.push_back(
        {rule.call,
         call->number,
         {{rule.index,
           call->arguments[index].width,
           {static_cast<uint64_t>(rule.accepted), 0x7ffffff0}}},
         {}});
    Normalize(policy);
    return RunFiltered(Compile(policy), [=] {
      int64_t a[6];
      for (int i = 0; i < 6; ++i) a[i] = rule.arguments[i];
      a[index] = value;
      return RawCall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
    });
  }
};

TEST_P(RuleTest, AcceptsTheValue) {
  EXPECT_TRUE(CallWith(GetParam().accepted).exited);
}

TEST_P(RuleTest, RejectsAnotherValue) {
  ExpectKilled(CallWith(GetParam().rejected));
}

TEST_P(RuleTest, IgnoresGarbageAboveAnInt) {
  EXPECT_TRUE(CallWith(GetParam().accepted | kGarbage).exited);
  ExpectKilled(CallWith(GetParam().rejected | kGarbage));
}

// Arguments are chosen so that an accepted call is harmless: descriptor -1,
// length 0 and flags that do not go together are errors to the kernel.
INSTANTIATE_TEST_SUITE_P(
    EveryKind, RuleTest,
    ::testing::Values(
        RuleCase{"mmap",
                 2,
                 PROT_READ,
                 PROT_READ | PROT_EXEC,
                 {0, 0, 0, MAP_PRIVATE, -1, 0}},
        RuleCase{"mprotect", 2, PROT_READ, PROT_WRITE | PROT_EXEC, {0, 0}},
        RuleCase{"pkey_mprotect", 2, PROT_READ, PROT_EXEC, {0, 0, 0, -1}},
        RuleCase{"clone", 0, CLONE_THREAD, CLONE_NEWUSER, {}},
        RuleCase{"socket", 0, AF_UNIX, AF_INET, {0, -1, 0}},
        RuleCase{"socket", 1, SOCK_STREAM, SOCK_RAW, {-1, 0, 0}},
        RuleCase{"prctl", 0, PR_GET_NAME, PR_SET_DUMPABLE, {}},
        RuleCase{"ioctl", 1, TCGETS, TIOCSTI, {-1}},
        RuleCase{"fcntl", 1, F_GETFD, F_SETFL, {-1}}));

// All 64 bits count in a long.
TEST(LongRuleTest, ComparesBothHalves) {
  Policy policy = MakePolicy();
  policy.calls.push_back({"lseek", SYS_lseek, {{1, 64, {5, 0x100000005}}}, {}});
  Normalize(policy);
  ExpectResult(Call(policy, SYS_lseek, -1, 5), -EBADF);
  ExpectResult(Call(policy, SYS_lseek, -1, 0x100000005), -EBADF);
  ExpectKilled(Call(policy, SYS_lseek, -1, 0x200000005));
  ExpectKilled(Call(policy, SYS_lseek, -1, 0x100000006));
  ExpectKilled(Call(policy, SYS_lseek, -1, 5 | kGarbage));
}

TEST(CombinedRuleTest, AllRulesOfACallHoldTogether) {
  Policy policy = MakePolicy();
  policy.calls.push_back(
      {"socket", SYS_socket, {{0, 32, {AF_UNIX}}, {1, 32, {SOCK_STREAM}}}, {}});
  Normalize(policy);
  EXPECT_TRUE(Call(policy, SYS_socket, AF_UNIX, SOCK_STREAM).exited);
  ExpectKilled(Call(policy, SYS_socket, AF_UNIX, SOCK_DGRAM));
  ExpectKilled(Call(policy, SYS_socket, AF_INET, SOCK_STREAM));
}

}  // namespace
}  // namespace chestnut::sandbox_test
