// The filter is on under `chestnut run`, or the program does not run.
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/bpf.h"
#include "policy/compile.h"
#include "policy/header.h"
#include "policy/model.h"
#include "runtime/start.h"
#include "support/file.h"
#include "test/run/fixture.h"

namespace chestnut::run_test {
namespace {

using policy::InstallPoint;
using policy::kReturnErrno;
using policy::Mode;
using policy::Policy;
using sandbox_test::AnswerInTheKernelsName;
using sandbox_test::InstallOrDie;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr unsigned kFakedSuccess = kReturnErrno | 0;
const char kGetpid[] = "39";
const char kGetppid[] = "110";

class ConfinedTest : public RunTest {
 protected:
  static std::function<void()> Before(const char* what) {
    return [what] { setenv("BEFORE", what, 1); };
  }
};

TEST_F(ConfinedTest, ACallOutsideThePolicyKills) {
  for (const std::vector<std::string>& options : {std::vector<std::string>{},
                                                  {"-no-pie"},
                                                  {"-static"},
                                                  {"-static-pie", "-fPIE"}}) {
    const std::string victim = Compile("../../sandbox/victims/call", options);
    for (InstallPoint at : {InstallPoint::kEntry, InstallPoint::kExec}) {
      const Policy policy = AllBut({"getpid"}, at);
      ExpectStatus(Run(policy, {victim, kGetppid}), 0);
      const Execution run = Run(policy, {victim, kGetpid});
      ExpectSignal(run, SIGSYS);
      EXPECT_THAT(run.errors, IsEmpty());
    }
  }
}

TEST_F(ConfinedTest, OtherModesAnswerAsTheySay) {
  const std::string victim = Compile("../../sandbox/victims/call");
  Policy policy = AllBut({"getpid"}, InstallPoint::kEntry, Mode::kErrno);
  policy.errno_value = EACCES;
  ExpectStatus(Run(policy, {victim, kGetpid}), EACCES);
  const Execution run = Run(
      AllBut({"getpid"}, InstallPoint::kEntry, Mode::kLog), {victim, kGetpid});
  ExpectStatus(run, 0);
  EXPECT_THAT(run.errors, HasSubstr("mode log: this program is not confined"));
}

TEST_F(ConfinedTest, ThePolicyBeginsAtTheEntryPoint) {
  // The loader maps libraries; the program itself does not.
  const std::string victim = Compile("../../sandbox/victims/call");
  ExpectStatus(Run(AllBut({"openat", "arch_prctl", "set_tid_address"}),
                   {victim, kGetppid}),
               0);
  ExpectSignal(Run(AllBut({"openat"}, InstallPoint::kExec), {victim, kGetppid}),
               SIGSYS);
  // A static program's start-up code comes behind its entry point.
  ExpectSignal(
      Run(AllBut({"set_tid_address"}),
          {Compile("../../sandbox/victims/call", {"-static"}), kGetppid}),
      SIGSYS);
}

TEST_F(ConfinedTest, ThreadsOfConstructorsAreConfined) {
  const std::string victim = CompileWithLibrary();
  ExpectSignal(Run(AllBut({"getpid"}), {victim}, Before("thread")), SIGSYS);
  ExpectStatus(Run(AllBut({"reboot"}), {victim}, Before("thread")), 9);
}

TEST_F(ConfinedTest, AProgramThatAConstructorExecutesIsConfined) {
  const std::string victim = CompileWithLibrary();
  ExpectSignal(Run(AllBut({"getpid"}), {victim, kGetpid}, Before("execute")),
               SIGSYS);
  ExpectStatus(Run(AllBut({"getpid"}), {victim, kGetppid}, Before("execute")),
               0);
}

TEST_F(ConfinedTest, AForkedConstructorDiesAtTheEntryPoint) {
  const Execution run =
      Run(AllBut({"reboot"}), {CompileWithLibrary()}, Before("fork"));
  ExpectStatus(run, 0);
  EXPECT_EQ(run.output, "0 then 0: " + std::to_string(SIGTRAP) + " 0 0 0\n");
}

TEST_F(ConfinedTest, AProgramThatAConstructorsThreadExecutesIsConfined) {
  const std::string victim = CompileWithLibrary();
  auto before = Before("execute in thread");
  ExpectSignal(Run(AllBut({"getpid"}), {victim, kGetpid}, before), SIGSYS);
  ExpectStatus(Run(AllBut({"getpid"}), {victim, kGetppid}, before), 0);
}

TEST_F(ConfinedTest, WithoutItsTracerTheProgramDies) {
  const Execution run =
      Run(AllBut({"reboot"}), {CompileWithLibrary()}, Before("kill tracer"));
  ExpectSignal(run, SIGKILL);
  EXPECT_THAT(run.output, IsEmpty());
}

TEST_F(ConfinedTest, AThreadWithAFilterOfItsOwnEndsTheProgram) {
  ExpectNotInstalled(
      Run(AllBut({"reboot"}), {CompileWithLibrary()}, Before("diverging")),
      "a filter that the others do not have");
}

TEST_F(ConfinedTest, ARefusedOrFakedFilterEndsTheProgram) {
  const std::string victim = Compile("../../sandbox/victims/call");
  const std::vector<std::string> command = {victim, kGetppid};
  const Policy policy = AllBut({"reboot"});
  auto answer = [](int number, unsigned verdict) {
    return [=] { AnswerInTheKernelsName(number, verdict); };
  };
  ExpectNotInstalled(
      Run(policy, command, answer(SYS_seccomp, kReturnErrno | ENOSYS)),
      "the kernel refused the filter (-38)");
  ExpectNotInstalled(Run(policy, command, answer(SYS_seccomp, kFakedSuccess)),
                     "it is not in force");
  ExpectNotInstalled(
      Run(policy, command, answer(SYS_prctl, kReturnErrno | EINVAL)),
      "no_new_privs was refused (-22)");
  ExpectNotInstalled(Run(policy, command, answer(SYS_prctl, kFakedSuccess)),
                     "no_new_privs is not on (0)");
  ExpectNotInstalled(
      Run(policy, command, answer(SYS_seccomp, policy::kReturnKillProcess)),
      "another filter kills the program for it");
}

TEST_F(ConfinedTest, AFilterThatIsRefusedBeforeExecEndsTheRun) {
  const std::string victim = Compile("../../sandbox/victims/call");
  const Policy policy = AllBut({"reboot"}, InstallPoint::kExec);
  ExpectRefused(
      Run(policy, {victim, kGetppid},
          [] { AnswerInTheKernelsName(SYS_seccomp, kReturnErrno | ENOSYS); }),
      "the kernel refused the filter: Function not implemented");
  ExpectRefused(Run(policy, {victim, kGetppid},
                    [] { AnswerInTheKernelsName(SYS_seccomp, kFakedSuccess); }),
                "it is not in force");
}

TEST_F(ConfinedTest, StandsOnTopOfAnotherChestnutFilter) {
  const std::string victim = Compile("../../sandbox/victims/call");
  const policy::Filter outer = *CompileFilter(AllBut({"getuid"}));
  auto confine = [&outer] { InstallOrDie(outer); };
  const Policy policy = AllBut({"getpid"});
  ExpectStatus(Run(policy, {victim, kGetppid}, confine), 0);
  ExpectSignal(Run(policy, {victim, kGetpid}, confine), SIGSYS);
  ExpectSignal(Run(policy, {victim, std::to_string(SYS_getuid)}, confine),
               SIGSYS);
}

TEST_F(ConfinedTest, SaysWhyItCannotTrace) {
  const std::string victim = Compile("../../sandbox/victims/call");
  const std::vector<std::string> command = {victim, kGetppid};
  const Policy policy = AllBut({"reboot"});
  ExpectRefused(
      Run(policy, command,
          [] { AnswerInTheKernelsName(SYS_ptrace, kReturnErrno | EPERM); }),
      "Operation not permitted; in a container, allow it (docker run "
      "--cap-add=SYS_PTRACE)");
  ExpectRefused(
      Run(policy, command,
          [] { AnswerInTheKernelsName(SYS_clone, kReturnErrno | EAGAIN); }),
      "no process could be started: Resource temporarily");
  // Whom one tracer follows, no other can.
  std::vector<std::string> traced = {"strace", "-o", "/dev/null"};
  for (const std::string& word : Command(policy, command)) {
    traced.push_back(word);
  }
  const Execution run = Execute(traced);
  ExpectStatus(run, 2);
  EXPECT_THAT(run.errors, HasSubstr("traces this one already (strace, gdb)"));
}

TEST_F(ConfinedTest, IsDescribedByTheKernelAndCanBeTracedAfterwards) {
  // The death as a tracer sees it: which call, and by which signal.
  const std::string victim = Compile("on_demand");
  int to_victim[2];
  int from_victim[2];
  ASSERT_EQ(pipe2(to_victim, O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(from_victim, O_CLOEXEC), 0);
  const std::vector<std::string> command =
      Command(AllBut({"getpid"}), {victim, kGetpid});
  const pid_t child = fork();
  if (child == 0) {
    dup2(to_victim[0], STDIN_FILENO);
    dup2(from_victim[1], STDOUT_FILENO);
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command) {
      words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    execv(words[0], words.data());
    _exit(254);
  }
  char byte = 0;
  ASSERT_EQ(read(from_victim[0], &byte, 1), 1);
  ASSERT_EQ(ptrace(PTRACE_SEIZE, child, nullptr, PTRACE_O_TRACEEXIT), 0);
  ASSERT_EQ(write(to_victim[1], &byte, 1), 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status >> 8, SIGTRAP | PTRACE_EVENT_EXIT << 8);
  uint64_t message = 0;
  user_regs_struct registers = {};
  EXPECT_EQ(ptrace(PTRACE_GETEVENTMSG, child, nullptr, &message), 0);
  EXPECT_EQ(ptrace(PTRACE_GETREGS, child, nullptr, &registers), 0);
  EXPECT_EQ(message & 0x7f, uint64_t{SIGSYS});
  EXPECT_EQ(registers.rax, uint64_t{SYS_getpid});
  EXPECT_EQ(ptrace(PTRACE_CONT, child, nullptr, nullptr), 0);
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
  for (int end : {to_victim[0], to_victim[1], from_victim[0], from_victim[1]}) {
    close(end);
  }
}

TEST_F(ConfinedTest, ProgramsWithPrivilegesOfTheirOwnAreRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can make one";
  const std::string victim = Compile("../../sandbox/victims/call");
  ASSERT_EQ(chown(victim.c_str(), 65534, 65534), 0);
  ASSERT_EQ(chmod(victim.c_str(), 04755), 0);
  ExpectRefused(Run(AllBut({"reboot"}), {victim, kGetppid}),
                "set-uid to user 65534");
  // The tracer sees by itself what the kernel made of the program.
  const policy::Filter filter = *CompileFilter(AllBut({"reboot"}));
  const Execution run = Execute({"unused"}, [&] {
    char* arguments[] = {const_cast<char*>(victim.c_str()),
                         const_cast<char*>(kGetppid), nullptr};
    const chestnut_start start = {
        victim.c_str(),
        arguments,
        environ,
        reinterpret_cast<const chestnut_instruction*>(filter.data()),
        static_cast<unsigned>(filter.size()),
        1,
        0,
        0,
        0};
    chestnut_start_at_entry(&start);
    _exit(254);
  });
  ExpectNotInstalled(run, "the program is set-uid, set-gid or has");
}

TEST_F(ConfinedTest, PoliciesThatCannotBeUsedAreRefused) {
  const std::string victim = Compile("../../sandbox/victims/call");
  const std::vector<std::string> command = {victim, kGetppid};
  ExpectRefused(Run(AllBut({}, InstallPoint::kMain), command),
                "make one with chestnut analyze --at entry");
  ExpectRefused(Run(AllBut({}, InstallPoint::kEntry, Mode::kTrap), command),
                "mode 'trap' needs a handler inside the program");
  Policy incomplete = AllBut({});
  incomplete.incomplete.push_back({"victim+0x10", "unknown number"});
  ExpectRefused(Run(incomplete, command), "victim+0x10: unknown number", 3);
  ExpectRefused(Execute({chestnut_, "run", "--policy",
                         WritePolicy(AllBut({}), "/bin/other"), "--", victim}),
                "the policy is for 'other', not for 'call'");
  ExpectStatus(
      Execute({chestnut_, "run", "--force", "--policy",
               WritePolicy(AllBut({}), "/bin/other"), "--", victim, kGetppid}),
      0);
  ExpectRefused(
      Execute({chestnut_, "run", "--policy", folder_ + "/none", "--", victim}),
      "No such file");
}

TEST_F(ConfinedTest, WithoutAPolicyTheProgramIsAnalysed) {
  auto with_own_cache = [this] {
    setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
  };
  for (const char* at : {"entry", "exec"}) {
    const Execution run =
        Execute({chestnut_, "run", "--at", at, "--", "/bin/grep",
                 "Seccomp:", "/proc/self/status"},
                with_own_cache);
    ExpectStatus(run, 0);
    EXPECT_EQ(run.output, "Seccomp:\t2\n");
    EXPECT_EQ(run.errors, "");
  }
  // It makes a call whose number nobody knows.
  ExpectRefused(Execute({chestnut_, "run", "--",
                         Compile("../../sandbox/victims/call"), kGetppid},
                        with_own_cache),
                "the policy is incomplete in 1 places", 3);
  ExpectRefused(Execute({chestnut_, "run"}), "no program is given");
}

TEST_F(ConfinedTest, AProgramThatCarriesItsPolicyIsRunAsItIs) {
  absl::StatusOr<std::string> header = policy::WritePolicyHeader(
      AllBut({"getpid"}, InstallPoint::kMain, Mode::kErrno));
  ASSERT_TRUE(header.ok()) << header.status();
  const std::string path = folder_ + "/policy.h";
  ASSERT_TRUE(support::WriteFileAtomically(path, *header).ok());
  const std::string victim =
      Compile("../../sandbox/victims/call",
              {"-I.", "-DCHESTNUT_POLICY_HEADER=\"" + path + "\"",
               "runtime/runtime.c", "-Wl,--wrap=main"});
  const Execution run = Execute({chestnut_, "run", "--", victim, kGetpid});
  ExpectStatus(run, EPERM);
  EXPECT_THAT(run.errors, HasSubstr("carries its own policy"));
}

}  // namespace
}  // namespace chestnut::run_test
