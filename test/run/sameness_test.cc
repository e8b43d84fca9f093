// A program under `chestnut run` sees, and shows to others, what it does
// without: each test runs it both ways.
#include <fcntl.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/model.h"
#include "test/run/fixture.h"

namespace chestnut::run_test {
namespace {

using policy::InstallPoint;
using policy::Policy;
using ::testing::HasSubstr;

struct Build {
  std::string compiler = "gcc";
  std::vector<std::string> options;
};

const std::vector<Build>& Builds() {
  static const auto* builds =
      new std::vector<Build>{{"gcc", {}},
                             {"gcc", {"-no-pie"}},
                             {"gcc", {"-static"}},
                             {"gcc", {"-static-pie", "-fPIE"}},
                             {"gcc", {"-Wl,-z,now", "-s"}},
                             {"clang-19", {"-fuse-ld=lld"}},
                             {"musl-gcc", {"-static"}},
                             {"musl-gcc", {}}};
  return *builds;
}

class SamenessTest : public RunTest {
 protected:
  void ExpectSame(
      const std::vector<std::string>& command,
      const std::function<void()>& prepare = [] {},
      InstallPoint at = InstallPoint::kEntry) {
    const Execution plain = Execute(command, prepare);
    const Execution confined = Run(AllBut({"reboot"}, at), command, prepare);
    EXPECT_EQ(confined.outcome.exited, plain.outcome.exited);
    EXPECT_EQ(confined.outcome.exit_status, plain.outcome.exit_status);
    EXPECT_EQ(confined.outcome.signal, plain.outcome.signal);
    EXPECT_EQ(confined.output, plain.output);
    EXPECT_EQ(confined.errors, plain.errors);
  }
};

TEST_F(SamenessTest, HoldsForEveryWayToLink) {
  for (const Build& build : Builds()) {
    const std::string victim = Compile("state", build.options, build.compiler);
    SCOPED_TRACE(build.compiler +
                 (build.options.empty() ? "" : build.options[0]));
    ExpectSame({victim, "one", "", "two words"});
    ExpectSame({victim}, [] {}, InstallPoint::kExec);
  }
}

TEST_F(SamenessTest, OfTheEntryPointsRegistersAndCode) {
  const std::vector<std::string> alone = {"-nostdlib", "-ffreestanding",
                                          "-fno-stack-protector"};
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"-static"},
        {"-static-pie", "-fPIE"},
        {"-nostartfiles", "-Wl,--no-as-needed", "-lc"},
        {"-nostartfiles", "-Wl,--no-as-needed", "-lc", "-no-pie"}}) {
    std::vector<std::string> all = options;
    if (options.size() < 3) all.insert(all.end(), alone.begin(), alone.end());
    const std::string victim = Compile("registers", all);
    SCOPED_TRACE(options.back());
    // Addresses that do not change from run to run.
    ExpectSame({victim}, [] { personality(ADDR_NO_RANDOMIZE); });
  }
}

TEST_F(SamenessTest, NothingIsLeftOnTheStack) {
  const std::string victim = Compile(
      "registers",
      {"-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector"});
  // A filter of many instructions, so that much is written.
  Policy policy = AllBut({"ioctl"});
  policy::Call ioctl = {"ioctl", SYS_ioctl, {{1, 32, {}}}, {}};
  for (uint64_t value = 0; value < 2000; value += 2) {
    ioctl.arguments[0].values.push_back(value);
  }
  policy.calls.push_back(ioctl);
  Normalize(policy);
  const Execution run = Run(policy, {victim});
  ExpectStatus(run, 0);
  EXPECT_EQ(run.output.back(), 'z');
}

TEST_F(SamenessTest, OfStreamsThatAreClosed) {
  const std::string victim = Compile("state");
  for (const std::vector<int>& closed :
       {std::vector<int>{0}, {2}, {0, 2}, {0, 3, 4}}) {
    ExpectSame({victim}, [&closed] {
      for (int descriptor : closed) close(descriptor);
    });
  }
}

TEST_F(SamenessTest, OfDescriptorsFolderMaskAndLimits) {
  const std::string victim = Compile("state");
  ExpectSame({victim}, [] {
    const int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 77) != 77 || chdir("/") != 0) {
      _exit(200);
    }
    umask(0137);
    const rlimit limit = {256 << 10, 256 << 10};
    setrlimit(RLIMIT_STACK, &limit);
  });
}

TEST_F(SamenessTest, OfBlockedAndIgnoredSignals) {
  const std::string victim = Compile("state");
  const std::vector<int> some = {SIGCHLD, SIGTRAP, SIGPIPE, SIGTERM, SIGCONT};
  auto block = [&some] {
    sigset_t signals;
    sigemptyset(&signals);
    for (int number : some) sigaddset(&signals, number);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
  };
  auto ignore = [&some] {
    for (int number : some) signal(number, SIG_IGN);
  };
  ExpectSame({victim}, block);
  ExpectSame({victim}, ignore);
  ExpectSame({victim}, [&] {
    block();
    ignore();
    // Of what is pending, nothing is lost and nothing comes along.
    kill(getpid(), SIGTERM);
  });
}

TEST_F(SamenessTest, OfSignalsBeforeAndAcrossTheEntryPoint) {
  const std::string victim = CompileWithLibrary();
  for (const char* before : {"signals", "trap"}) {
    ExpectSame({victim}, [before] { setenv("BEFORE", before, 1); });
  }
  setenv("BEFORE", "signals", 1);
  EXPECT_EQ(Run(AllBut({"reboot"}), {victim}).output, "1 then 3: 11 22 33 0\n");
  unsetenv("BEFORE");
}

TEST_F(SamenessTest, NoSignalIsLostOrDisturbsTheInstallation) {
  const std::string victim = CompileWithLibrary();
  for (int i = 0; i < 20; ++i) {
    ExpectSame({victim}, [] { setenv("BEFORE", "storm", 1); });
  }
}

TEST_F(SamenessTest, OfStatusesAndSignals) {
  ExpectSame({"/bin/sh", "-c", "exit 0"});
  ExpectSame({"/bin/sh", "-c", "echo out; echo err >&2; exit 253"});
  ExpectSame({"/bin/sh", "-c", "kill -TERM $$"});
  ExpectSame({"/bin/sh", "-c", "kill -SEGV $$"});
  ExpectSame({"/bin/sh", "-c", "kill -KILL $$"});
  ExpectSame({"/bin/sh", "-c", "(exit 3) & wait $!; echo $?; exec true"});
}

TEST_F(SamenessTest, OfProgramsThatNeverReachTheirEntryPoint) {
  const std::string victim = CompileWithLibrary();
  for (const char* before : {"end", "die"}) {
    ExpectSame({victim}, [before] { setenv("BEFORE", before, 1); });
  }
  // The loader does not find the library.
  ASSERT_EQ(unlink((folder_ + "/library").c_str()), 0);
  ExpectSame({victim});
}

TEST_F(SamenessTest, OfInput) {
  const std::string text = folder_ + "/input";
  const Execution made = Execute({"sh", "-c", "seq 200000 >" + text});
  ExpectStatus(made, 0);
  ExpectSame({"/usr/bin/cksum"}, [&text] {
    const int input = open(text.c_str(), O_RDONLY);
    if (input < 0 || dup2(input, STDIN_FILENO) != STDIN_FILENO) _exit(200);
  });
}

TEST_F(SamenessTest, AProgramOfTheSearchPathKeepsItsName) {
  const std::string victim = Compile("state");
  const std::string path = "PATH=/nowhere:" + folder_ + ":/usr/bin:/bin";
  const Execution plain = Execute({"env", path, "state", "x"});
  const Execution confined =
      Execute({"env", path, chestnut_, "run", "--policy",
               WritePolicy(AllBut({}), victim), "--", "state", "x"});
  EXPECT_EQ(confined.output, plain.output);
  EXPECT_THAT(confined.output, HasSubstr("argument 0 [state]"));
}

TEST_F(SamenessTest, OfAScriptWithTheInterpretersPolicy) {
  const std::string script = folder_ + "/script";
  ExpectStatus(Execute({"sh", "-c",
                        "printf '#!/bin/sh\\necho $0 $1; exit 9\\n' >" +
                            script + "; chmod +x " + script}),
               0);
  const Execution run =
      Execute({chestnut_, "run", "--policy", WritePolicy(AllBut({}), "/bin/sh"),
               "--", script, "word"});
  ExpectStatus(run, 9);
  EXPECT_EQ(run.output, script + " word\n");
  EXPECT_EQ(run.errors, "");
}

TEST_F(SamenessTest, HoldsForAnOrdinaryUser) {
  if (geteuid() != 0) GTEST_SKIP() << "all the other tests are";
  // A place that this user may enter.
  const std::string folder = "/tmp/run_test_user";
  const std::string victim = Compile("state");
  const std::string policy = WritePolicy(AllBut({"reboot"}), victim);
  ExpectStatus(Execute({"sh", "-c",
                        "rm -rf " + folder + "; mkdir -m 755 " + folder +
                            "; cp " + victim + " " + chestnut_ + " " + policy +
                            " " + folder + "; chmod 755 " + folder + "/*"}),
               0);
  auto become = [&folder] {
    if (chdir(folder.c_str()) != 0 || setgid(65534) != 0 ||
        setuid(65534) != 0) {
      _exit(200);
    }
  };
  const Execution plain = Execute({"./state"}, become);
  const Execution confined =
      Execute({"./chestnut", "run", "--policy", "policy.json", "--", "./state"},
              become);
  ExpectStatus(Execute({"rm", "-r", folder}), 0);
  ExpectStatus(plain, 37);
  EXPECT_EQ(confined.output, plain.output);
  EXPECT_EQ(confined.errors, plain.errors);
}

}  // namespace
}  // namespace chestnut::run_test
