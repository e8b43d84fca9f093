// The runtime in real programs: victims compiled with it and a policy header,
// by the system's compilers, and run on the running kernel.
#include <sys/prctl.h>
#include <sys/syscall.h>
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
#include "policy/note.h"
#include "support/file.h"
#include "syscalls/table.h"
#include "test/sandbox/child.h"

namespace chestnut::sandbox_test {
namespace {

using policy::InstallPoint;
using policy::Mode;
using policy::Policy;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr unsigned kFakedSuccess = policy::kReturnErrno | 0;

struct Build {
  std::string compiler = "gcc";
  std::vector<std::string> options;
};

// What a libc needs between main and the end of the process.
Policy MakePolicy(Mode mode = Mode::kKill,
                  InstallPoint install_point = InstallPoint::kMain) {
  Policy policy = policy::EmptyPolicy("victim", install_point, mode);
  for (const char* name : {"write", "exit_group", "getppid"}) {
    policy.calls.push_back({name, syscalls::FindByName(name)->number, {}, {}});
  }
  Normalize(policy);
  return policy;
}

class RuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/runtime_test.XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override { Execute({"rm", "-r", folder_}); }

  // The path of the victim, or empty (and a failure).
  std::string Compile(const std::string& victim, const Policy& policy,
                      const Build& build = {}) {
    absl::StatusOr<std::string> header = WritePolicyHeader(policy);
    EXPECT_TRUE(header.ok()) << header.status();
    const std::string header_path = folder_ + "/policy.h";
    EXPECT_TRUE(support::WriteFileAtomically(header_path, *header).ok());
    const std::string object = folder_ + "/runtime.o";
    const std::string program = folder_ + "/" + victim;
    Must({build.compiler, "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror",
          "-ffreestanding", "-fno-stack-protector", "-fPIC", "-I.",
          "-DCHESTNUT_POLICY_HEADER=\"" + header_path + "\"", "-c",
          "runtime/runtime.c", "-o", object});
    std::vector<std::string> link = {build.compiler,
                                     "-O1",
                                     "-I.",
                                     "test/sandbox/victims/" + victim + ".c",
                                     object,
                                     "-pthread",
                                     "-Wl,--gc-sections",
                                     "-o",
                                     program};
    if (policy.install_point == InstallPoint::kMain) {
      link.push_back("-Wl,--wrap=main");
    }
    link.insert(link.end(), build.options.begin(), build.options.end());
    Must(link);
    return program;
  }

  void Must(const std::vector<std::string>& command) {
    const Execution run = Execute(command);
    ASSERT_EQ(run.outcome.exit_status, 0) << run.errors;
  }

  static void ExpectKilled(const Execution& run) {
    EXPECT_FALSE(run.outcome.exited) << run.outcome.exit_status << run.errors;
    EXPECT_EQ(run.outcome.signal, SIGSYS);
  }

  static void ExpectStatus(const Execution& run, int status) {
    EXPECT_TRUE(run.outcome.exited) << "signal " << run.outcome.signal;
    EXPECT_EQ(run.outcome.exit_status, status) << run.errors;
  }

  static void ExpectNotInstalled(const Execution& run, const std::string& why) {
    ExpectStatus(run, 125);
    EXPECT_THAT(run.output, IsEmpty());
    EXPECT_THAT(run.errors,
                AllOf(StartsWith("chestnut: the sandbox could not be put on: "),
                      HasSubstr(why), EndsWith("; the program is not run\n")));
  }

  std::string folder_;
};

const std::string kGetpid = std::to_string(SYS_getpid);

TEST_F(RuntimeTest, MainRunsAsItDoesWithoutTheFilter) {
  const std::string victim = Compile("arguments", MakePolicy());
  ExpectStatus(Execute({"env", "VICTIM=1", victim, "one", "two"}), 37);
}

TEST_F(RuntimeTest, ModeKillKills) {
  const std::string victim = Compile("call", MakePolicy());
  ExpectStatus(Execute({victim, std::to_string(SYS_getppid)}), 0);
  const Execution run = Execute({victim, kGetpid});
  ExpectKilled(run);
  EXPECT_THAT(run.errors, IsEmpty());
}

TEST_F(RuntimeTest, ModeErrnoFailsTheCall) {
  Policy policy = MakePolicy(Mode::kErrno);
  ExpectStatus(Execute({Compile("call", policy), kGetpid}), EPERM);
  policy.errno_value = ENOENT;
  ExpectStatus(Execute({Compile("call", policy), kGetpid}), ENOENT);
}

TEST_F(RuntimeTest, ModeLogSaysThatNothingIsConfined) {
  const Execution run =
      Execute({Compile("call", MakePolicy(Mode::kLog)), kGetpid});
  ExpectStatus(run, 0);
  EXPECT_THAT(run.errors, StartsWith("chestnut: mode log: this program is not "
                                     "confined"));
}

TEST_F(RuntimeTest, ModeTrapNamesTheCall) {
  const Execution run =
      Execute({Compile("call", MakePolicy(Mode::kTrap)), kGetpid, "0xabc"});
  ExpectStatus(run, 159);
  EXPECT_THAT(
      run.errors,
      AllOf(StartsWith("chestnut: getpid (39) is not allowed; thread "),
            ContainsRegex("thread [0-9]+, address 0x[0-9a-f]+\n"),
            HasSubstr("arguments 0xabc 0xabc"),
            ContainsRegex("called from( perhaps)? 0x[0-9a-f]+"),
            EndsWith("chestnut: why: chestnut explain victim getpid\n")));
}

TEST_F(RuntimeTest, ModeTrapTellsABrokenRuleFromAMissingCall) {
  Policy policy = MakePolicy(Mode::kTrap);
  policy.calls.push_back({"ioctl", SYS_ioctl, {{1, 32, {100}}}, {}});
  Normalize(policy);
  const std::string victim = Compile("call", policy);
  ExpectStatus(Execute({victim, std::to_string(SYS_ioctl), "100"}), EBADF);
  const Execution run = Execute({victim, std::to_string(SYS_ioctl), "101"});
  ExpectStatus(run, 159);
  EXPECT_THAT(run.errors, HasSubstr("ioctl (16) is not allowed with these "
                                    "arguments"));
}

TEST_F(RuntimeTest, ModeTrapSpeaksThoughTheParentBlockedTheSignal) {
  const Execution run =
      Execute({Compile("call", MakePolicy(Mode::kTrap)), kGetpid}, [] {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGSYS);
        sigprocmask(SIG_BLOCK, &signals, nullptr);
      });
  ExpectStatus(run, 159);
  EXPECT_THAT(run.errors, HasSubstr("getpid"));
}

TEST_F(RuntimeTest, TheFilterIsOnAfterMain) {
  ExpectKilled(Execute({Compile("exit_handler", MakePolicy())}));
}

TEST_F(RuntimeTest, TheFilterIsOnInThreadsThatWereThereBefore) {
  ExpectKilled(Execute({Compile("thread", MakePolicy())}));
}

TEST_F(RuntimeTest, StandsOnTopOfOtherFilters) {
  const std::string victim = Compile("call", MakePolicy());
  auto refuse_getppid = [] {
    AnswerInTheKernelsName(SYS_getppid, policy::kReturnErrno | EBUSY);
  };
  // The stricter answer of the two counts.
  ExpectStatus(Execute({victim, std::to_string(SYS_getppid)}, refuse_getppid),
               EBUSY);
  ExpectKilled(Execute({victim, kGetpid}, refuse_getppid));
}

TEST_F(RuntimeTest, StandsOnTopOfAnotherChestnutFilter) {
  Policy wide = MakePolicy(Mode::kErrno);
  wide.calls.clear();
  for (const syscalls::Syscall& call : syscalls::All()) {
    wide.calls.push_back({std::string(call.name), call.number, {}, {}});
  }
  const policy::Filter filter = *CompileFilter(wide);
  const std::string victim = Compile("call", MakePolicy());
  auto confine = [&filter] { InstallOrDie(filter); };
  ExpectStatus(Execute({victim, std::to_string(SYS_getppid)}, confine), 0);
  ExpectKilled(Execute({victim, kGetpid}, confine));
}

TEST_F(RuntimeTest, AThreadWithAFilterOfItsOwnEndsTheProgram) {
  ExpectNotInstalled(Execute({Compile("diverging", MakePolicy())}),
                     "a filter that the others do not have");
}

TEST_F(RuntimeTest, ARefusedFilterEndsTheProgram) {
  const Execution run = Execute({Compile("call", MakePolicy()), kGetpid}, [] {
    AnswerInTheKernelsName(SYS_seccomp, policy::kReturnErrno | ENOSYS);
  });
  ExpectNotInstalled(run, "the kernel refused the filter (-38)");
}

TEST_F(RuntimeTest, AFakedSuccessEndsTheProgram) {
  const Execution run = Execute({Compile("call", MakePolicy()), kGetpid}, [] {
    AnswerInTheKernelsName(SYS_seccomp, kFakedSuccess);
  });
  ExpectNotInstalled(run, "it is not in force");
}

TEST_F(RuntimeTest, AFakedSuccessUnderAnotherChestnutFilterEndsTheProgram) {
  // A canary answers, but that of the other policy.
  Policy wide = MakePolicy(Mode::kErrno);
  for (const syscalls::Syscall& call : syscalls::All()) {
    wide.calls.push_back({std::string(call.name), call.number, {}, {}});
  }
  Normalize(wide);
  const policy::Filter filter = *CompileFilter(wide);
  const Execution run =
      Execute({Compile("call", MakePolicy()), kGetpid}, [&filter] {
        InstallOrDie(filter);
        AnswerInTheKernelsName(SYS_seccomp, kFakedSuccess);
      });
  ExpectNotInstalled(run, "it is not in force");
}

TEST_F(RuntimeTest, NoNewPrivsThatFailsOrIsFakedEndsTheProgram) {
  const std::string victim = Compile("call", MakePolicy());
  ExpectNotInstalled(Execute({victim, kGetpid},
                             [] {
                               AnswerInTheKernelsName(
                                   SYS_prctl, policy::kReturnErrno | EINVAL);
                             }),
                     "no_new_privs was refused (-22)");
  ExpectNotInstalled(
      Execute({victim, kGetpid},
              [] { AnswerInTheKernelsName(SYS_prctl, kFakedSuccess); }),
      "no_new_privs is not on (0)");
}

TEST_F(RuntimeTest, NoEnvironmentVariableChangesAnything) {
  const std::string victim = Compile("call", MakePolicy());
  ExpectKilled(Execute({"env", "-i", victim, kGetpid}));
  ExpectKilled(Execute({"env", "CHESTNUT=off", "CHESTNUT_MODE=log",
                        "CHESTNUT_DISABLE=1", victim, kGetpid}));
}

TEST_F(RuntimeTest, CanBeInstalledByHand) {
  const std::string victim =
      Compile("manual", MakePolicy(Mode::kKill, InstallPoint::kManual));
  ExpectStatus(Execute({victim}), 0);
  ExpectKilled(Execute({victim, "again"}));
}

TEST_F(RuntimeTest, NeedsNothingButMainAndExit) {
  for (Mode mode : {Mode::kKill, Mode::kErrno, Mode::kLog}) {
    Compile("call", MakePolicy(mode));
    const Execution run =
        Execute({"nm", "--undefined-only", "-j", folder_ + "/runtime.o"});
    EXPECT_EQ(run.output, "__real_main\nexit\n") << run.errors;
  }
}

TEST_F(RuntimeTest, AnnotationsAreAcceptedByEveryCompiler) {
  for (const char* compiler : {"gcc", "clang-19"}) {
    for (const char* language : {"c", "c++"}) {
      Must({compiler, "-x", language, "-I.", "-Wall", "-Wextra", "-Wpedantic",
            "-Werror", "-c", "test/sandbox/victims/annotations.c", "-o",
            folder_ + "/annotations.o"});
      // They leave nothing behind.
      const Execution run = Execute({"nm", "-j", folder_ + "/annotations.o"});
      EXPECT_EQ(run.output, "main\n");
    }
  }
}

// Compilers, libcs and ways to link.
class BuildTest : public RuntimeTest,
                  public ::testing::WithParamInterface<Build> {};

TEST_P(BuildTest, ConfinesAndCarriesItsPolicy) {
  for (Mode mode : {Mode::kKill, Mode::kTrap}) {
    const Policy policy = MakePolicy(mode);
    const std::string victim = Compile("call", policy, GetParam());
    ASSERT_FALSE(HasFatalFailure());
    Must({"strip", victim});
    ExpectStatus(Execute({victim, std::to_string(SYS_getppid)}), 0);
    const Execution run = Execute({victim, kGetpid});
    if (mode == Mode::kKill) {
      ExpectKilled(run);
    } else {
      ExpectStatus(run, 159);
      EXPECT_THAT(run.errors, HasSubstr("getpid (39)"));
    }
    const std::string note = folder_ + "/note";
    Must({"objcopy", "-O", "binary", "--only-section=.note.chestnut", victim,
          note});
    absl::StatusOr<Policy> carried =
        policy::ReadNote(*support::ReadFile(note), "note");
    ASSERT_TRUE(carried.ok()) << carried.status();
    EXPECT_EQ(*carried, policy);
  }
}

INSTANTIATE_TEST_SUITE_P(
    EveryWay, BuildTest,
    ::testing::Values(Build{"gcc", {}}, Build{"gcc", {"-static"}},
                      Build{"gcc", {"-static-pie", "-fPIE"}},
                      Build{"gcc", {"-fuse-ld=gold"}},
                      Build{"gcc", {"-flto", "-no-pie"}}, Build{"clang-19", {}},
                      Build{"clang-19", {"-fuse-ld=lld"}},
                      Build{"musl-gcc", {}}, Build{"musl-gcc", {"-static"}}));

}  // namespace
}  // namespace chestnut::sandbox_test
