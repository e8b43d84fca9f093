// Programs that `chestnut patch` made, from the outside.
#include <fcntl.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "patcher/patch.h"
#include "patcher/stub/stub.h"
#include "policy/bpf.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "runtime/chestnut.h"
#include "runtime/install_rules.h"
#include "support/file.h"
#include "test/run/fixture.h"

namespace chestnut::run_test {
namespace {

namespace fs = std::filesystem;
using policy::InstallPoint;
using policy::kReturnErrno;
using policy::Mode;
using policy::Policy;
using sandbox_test::AnswerInTheKernelsName;
using sandbox_test::InstallOrDie;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr unsigned kFakedSuccess = kReturnErrno | 0;
const char kGetpid[] = "39";
const char kGetppid[] = "110";
const char kCall[] = "../../sandbox/victims/call";

class PatchedTest : public RunTest {
 protected:
  // `chestnut patch` with these arguments.
  Execution Patch(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {chestnut_, "patch"});
    return Execute(arguments,
                   [this] { setenv("XDG_CACHE_HOME", folder_.c_str(), 1); });
  }

  // Patches the program in place.
  void Confine(const std::string& program, const Policy& policy) {
    const Execution run = Patch(
        {"--policy", WritePolicy(policy, program), program, "-o", program});
    ExpectStatus(run, 0);
    EXPECT_THAT(run.output, IsEmpty());
    EXPECT_THAT(run.errors, IsEmpty());
  }

  static std::function<void()> Before(const char* what) {
    return [what] { setenv("BEFORE", what, 1); };
  }

  static void ExpectNotRun(const Execution& run, const std::string& why) {
    ExpectStatus(run, CHESTNUT_EXIT_NOT_INSTALLED);
    EXPECT_THAT(run.output, IsEmpty());
    EXPECT_EQ(run.errors, "chestnut: the sandbox could not be put on: " + why +
                              "; the program is not run\n");
  }
};

// Every way to link: with each the program headers lie otherwise.
struct Build {
  std::string compiler = "gcc";
  std::vector<std::string> options;
};

const std::vector<Build>& Builds() {
  static const auto* builds = new std::vector<Build>{
      {"gcc", {}},
      {"gcc", {"-no-pie"}},
      {"gcc", {"-static"}},
      {"gcc", {"-static-pie", "-fPIE"}},
      {"gcc", {"-fcf-protection=full", "-Wl,-z,ibt,-z,shstk"}},
      {"gcc", {"-fcf-protection=none", "-s"}},
      {"gcc", {"-Wl,-z,noseparate-code,--build-id=none"}},
      {"gcc", {"-Wl,-z,now,-z,max-page-size=0x200000"}},
      {"gcc", {"-fuse-ld=gold"}},
      {"clang-19", {"-fuse-ld=lld"}},
      {"clang-19", {"-fuse-ld=lld", "-static", "-Wl,--build-id=none"}},
      {"musl-gcc", {"-static"}},
      {"musl-gcc", {"-static", "-Wl,-z,noseparate-code"}},
      {"musl-gcc", {}}};
  return *builds;
}

std::string Title(const Build& build) {
  std::string title = build.compiler;
  for (const std::string& option : build.options) title += " " + option;
  return title;
}

// What a program says of the number of its headers may be one more.
std::string WithoutHeaderCount(const std::string& text) {
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string line = text.substr(at, end - at);
    if (!line.starts_with("auxiliary 5 ")) kept += line;
    at = end;
  }
  return kept;
}

// What the program `registers` prints, but for r12, in which glibc's loader
// keeps the entry point that it jumps to, and the last character, which says
// that the stack below was used.
std::string Registers(std::string text) {
  constexpr size_t kRegister = 17;
  text.pop_back();
  return text.erase(12 * kRegister, kRegister);
}

TEST_F(PatchedTest, DiesOfWhatItsPolicyDoesNotAllow) {
  for (const Build& build : Builds()) {
    SCOPED_TRACE(Title(build));
    const std::string victim = Compile(kCall, build.options, build.compiler);
    Confine(victim, AllBut({"getpid"}));
    ExpectStatus(Execute({victim, kGetppid}), 0);
    const Execution run = Execute({victim, kGetpid});
    ExpectSignal(run, SIGSYS);
    EXPECT_THAT(run.errors, IsEmpty());
  }
}

TEST_F(PatchedTest, SeesWhatItSawBefore) {
  for (const Build& build : Builds()) {
    SCOPED_TRACE(Title(build));
    const std::string victim = Compile("state", build.options, build.compiler);
    const std::vector<std::string> command = {victim, "one", "", "two words"};
    const Execution before = Execute(command);
    Confine(victim, AllBut({"reboot"}));
    const Execution after = Execute(command);
    ExpectStatus(after, 37);
    EXPECT_EQ(WithoutHeaderCount(after.output),
              WithoutHeaderCount(before.output));
    EXPECT_EQ(after.errors, before.errors);
  }
}

TEST_F(PatchedTest, TheEntryPointsRegistersAreAsTheyWere) {
  const std::vector<std::string> alone = {"-nostdlib", "-ffreestanding",
                                          "-fno-stack-protector"};
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"-static"},
        {"-static-pie", "-fPIE"},
        {"-nostartfiles", "-Wl,--no-as-needed", "-lc"},
        {"-nostartfiles", "-Wl,--no-as-needed", "-lc", "-no-pie"}}) {
    std::vector<std::string> all = options;
    all.insert(all.end(), alone.begin(), alone.end());
    SCOPED_TRACE(options[0]);
    const std::string victim = Compile("registers", all);
    auto at_fixed_addresses = [] { personality(ADDR_NO_RANDOMIZE); };
    const Execution before = Execute({victim}, at_fixed_addresses);
    Confine(victim, AllBut({"reboot"}));
    const Execution after = Execute({victim}, at_fixed_addresses);
    ExpectStatus(after, 0);
    EXPECT_EQ(Registers(after.output), Registers(before.output));
  }
}

TEST_F(PatchedTest, OtherModesAnswerAsTheySay) {
  const std::string victim = Compile(kCall);
  Policy policy = AllBut({"getpid"}, InstallPoint::kEntry, Mode::kErrno);
  policy.errno_value = EACCES;
  Confine(victim, policy);
  ExpectStatus(Execute({victim, kGetpid}), EACCES);
  Confine(victim, AllBut({"getpid"}, InstallPoint::kEntry, Mode::kLog));
  const Execution run = Execute({victim, kGetpid});
  ExpectStatus(run, 0);
  EXPECT_EQ(run.errors,
            "chestnut: mode log: this program is not confined; calls outside "
            "its policy are only written to the kernel's log\n");
}

TEST_F(PatchedTest, ThePolicyBeginsAtTheEntryPoint) {
  // The loader maps libraries; the program itself does not.
  const std::string victim = Compile(kCall);
  Confine(victim, AllBut({"openat", "arch_prctl", "set_tid_address"}));
  ExpectStatus(Execute({victim, kGetppid}), 0);
  // A static program's start-up code comes behind its entry point.
  const std::string alone = Compile(kCall, {"-static"});
  Confine(alone, AllBut({"set_tid_address"}));
  ExpectSignal(Execute({alone, kGetppid}), SIGSYS);
}

TEST_F(PatchedTest, ThreadsOfConstructorsAreConfined) {
  const std::string victim = CompileWithLibrary();
  Confine(victim, AllBut({"getpid"}));
  ExpectSignal(Execute({victim}, Before("thread")), SIGSYS);
  const Execution run = Execute({victim}, Before("diverging"));
  ExpectStatus(run, CHESTNUT_EXIT_NOT_INSTALLED);
  EXPECT_THAT(run.errors,
              AllOf(HasSubstr("a filter that the others do not have ("),
                    EndsWith("); the program is not run\n")));
}

TEST_F(PatchedTest, ARefusedOrFakedFilterEndsTheProgram) {
  const std::string victim = Compile(kCall);
  Confine(victim, AllBut({"reboot"}));
  auto run = [&victim](int number, unsigned verdict) {
    return Execute({victim, kGetppid},
                   [=] { AnswerInTheKernelsName(number, verdict); });
  };
  ExpectNotRun(run(SYS_seccomp, kReturnErrno | ENOSYS),
               "the kernel refused the filter (-38)");
  ExpectNotRun(run(SYS_seccomp, kFakedSuccess),
               "the kernel took the filter, but it is not in force (-38)");
  ExpectNotRun(run(SYS_prctl, kReturnErrno | EINVAL),
               "no_new_privs was refused (-22)");
  ExpectNotRun(run(SYS_prctl, kFakedSuccess), "no_new_privs is not on (0)");
  ExpectSignal(run(SYS_seccomp, policy::kReturnKillProcess), SIGSYS);
}

TEST_F(PatchedTest, TheStubSaysWhatTheRuntimeSays) {
  const std::string stub(chestnut_stub_begin, chestnut_stub_end);
  const struct {
    chestnut_step step;
    int wrong;
  } cases[] = {{CHESTNUT_STEP_SET_NO_NEW_PRIVS, -1},
               {CHESTNUT_STEP_GET_NO_NEW_PRIVS, 0},
               {CHESTNUT_STEP_FILTER, -1},
               {CHESTNUT_STEP_FILTER, 1},
               {CHESTNUT_STEP_CANARY, 0}};
  for (const auto& c : cases) {
    const std::string text = chestnut_step_failure(c.step, c.wrong, 2048);
    EXPECT_THAT(stub, HasSubstr(text + '\0'));
  }
}

TEST_F(PatchedTest, StandsOnTopOfAnotherChestnutFilter) {
  const std::string victim = Compile(kCall);
  const policy::Filter outer = *CompileFilter(AllBut({"getuid"}));
  auto confine = [&outer] { InstallOrDie(outer); };
  Confine(victim, AllBut({"getpid"}));
  ExpectStatus(Execute({victim, kGetppid}, confine), 0);
  ExpectSignal(Execute({victim, kGetpid}, confine), SIGSYS);
  ExpectSignal(Execute({victim, std::to_string(SYS_getuid)}, confine), SIGSYS);
}

TEST_F(PatchedTest, CanBeTakenBackAndReplaced) {
  const std::string victim = Compile(kCall);
  const std::string original = *support::ReadFile(victim);
  Confine(victim, AllBut({"getpid"}));
  const std::string patched = *support::ReadFile(victim);
  // The second replaces the first.
  Confine(victim, AllBut({"getppid"}));
  ExpectStatus(Execute({victim, kGetpid}), 0);
  ExpectSignal(Execute({victim, kGetppid}), SIGSYS);
  Confine(victim, AllBut({"getpid"}));
  EXPECT_TRUE(*support::ReadFile(victim) == patched);
  ExpectStatus(Patch({"--remove", victim, "-o", victim}), 0);
  EXPECT_TRUE(*support::ReadFile(victim) == original);
  ExpectRefused(Patch({"--remove", victim, "-o", victim}),
                "is not a program that chestnut patch has made");
}

TEST_F(PatchedTest, CarriesItsPolicyForTheOtherCommands) {
  const std::string victim = Compile(kCall);
  const std::string policy = WritePolicy(AllBut({"getpid"}), victim);
  ExpectStatus(Patch({"--policy", policy, victim, "-o", victim}), 0);
  const Execution show =
      Execute({chestnut_, "show", "--format", "json", victim});
  EXPECT_EQ(show.output, *support::ReadFile(policy));
  ExpectStatus(Execute({chestnut_, "diff", policy, victim}), 0);
  const Execution run = Execute({chestnut_, "run", "--", victim, kGetpid});
  ExpectSignal(run, SIGSYS);
  EXPECT_THAT(run.errors, HasSubstr("carries its own policy"));
}

TEST_F(PatchedTest, WithoutAPolicyTheProgramIsAnalysed) {
  const std::string grep = folder_ + "/grep";
  const Execution patch = Patch({"/bin/grep", "-o", grep});
  ExpectStatus(patch, 0);
  const Execution run = Execute({grep, "Seccomp:", "/proc/self/status"});
  ExpectStatus(run, 0);
  EXPECT_EQ(run.output, "Seccomp:\t2\n");
  EXPECT_EQ(run.errors, "");
  const Execution explain = Execute({chestnut_, "explain", grep, "openat"});
  ExpectStatus(explain, 0);
  auto with_own_cache = [this] {
    setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
  };
  // The original is what they look at.
  const Execution check = Execute({chestnut_, "check", grep}, with_own_cache);
  ExpectStatus(check, 0);
  EXPECT_EQ(check.output, "grep: the policy fits\n");
  EXPECT_EQ(
      Execute({chestnut_, "analyze", grep}, with_own_cache).output,
      Execute({chestnut_, "analyze", "/bin/grep"}, with_own_cache).output);
  // What makes a call whose number nobody knows stays as it was.
  const std::string victim = Compile(kCall);
  const Execution incomplete = Patch({victim, "-o", folder_ + "/out"});
  ExpectStatus(incomplete, 3);
  EXPECT_THAT(incomplete.errors,
              AllOf(StartsWith("chestnut: incomplete: call+0x"),
                    HasSubstr("--module and --overlay decide them")));
  EXPECT_FALSE(fs::exists(folder_ + "/out"));
}

TEST_F(PatchedTest, RefusesInOneLine) {
  const std::string victim = Compile(kCall);
  const std::string policy = WritePolicy(AllBut({}), victim);
  const std::string out = folder_ + "/out";
  auto refused = [&](const std::string& program, const std::string& why) {
    ExpectRefused(Patch({"--policy", policy, program, "-o", out}), why);
    EXPECT_FALSE(fs::exists(out));
  };
  refused(folder_ + "/none", "No such file or directory");
  const std::string script = folder_ + "/script";
  ExpectStatus(Execute({"sh", "-c", "printf '#!/bin/sh\\n' >" + script}), 0);
  refused(script, "is a script; what runs is");
  refused(policy, "not an ELF file");
  refused("/lib64/ld-linux-x86-64.so.2", "is a shared library or a loader");
  ASSERT_EQ(chmod(victim.c_str(), 02755), 0);
  refused(victim, "is set-gid");
  ExpectStatus(Patch({"--allow-setuid", "--policy", policy, victim, "-o", out}),
               0);
  EXPECT_NE(fs::status(out).permissions() & fs::perms::set_gid,
            fs::perms::none);
  fs::remove(out);
  ASSERT_EQ(chmod(victim.c_str(), 0755), 0);
  const std::string other = folder_ + "/other";
  fs::copy(victim, other);
  refused(other, "the policy is for 'call', not for 'other'");
  ExpectStatus(Patch({"--force", "--policy", policy, other, "-o", out}), 0);
  ExpectRefused(
      Patch({"--policy", policy, victim, "-o", folder_ + "/none/out"}),
      "cannot write");
  ExpectRefused(Patch({"--policy", policy, victim, "-o", folder_}),
                "cannot write");
}

TEST_F(PatchedTest, ARunningProgramIsReplacedAndGoesOn) {
  const std::string victim = Compile("on_demand");
  int to_victim[2];
  int from_victim[2];
  ASSERT_EQ(pipe2(to_victim, O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(from_victim, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(to_victim[0], STDIN_FILENO);
    dup2(from_victim[1], STDOUT_FILENO);
    execl(victim.c_str(), victim.c_str(), kGetpid, nullptr);
    _exit(254);
  }
  char byte = 0;
  ASSERT_EQ(read(from_victim[0], &byte, 1), 1);
  Confine(victim, AllBut({"getpid"}));
  ASSERT_EQ(write(to_victim[1], &byte, 1), 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  for (int end : {to_victim[0], to_victim[1], from_victim[0], from_victim[1]}) {
    close(end);
  }
  // The next one is confined: getpid kills.
  const Execution run =
      Execute({"/bin/sh", "-c", "echo | " + victim + " 39; test $? -eq 159"});
  ExpectStatus(run, 0);
}

}  // namespace
}  // namespace chestnut::run_test
