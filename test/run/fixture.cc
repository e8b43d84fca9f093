#include "test/run/fixture.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/json.h"
#include "policy/model.h"
#include "support/file.h"
#include "syscalls/table.h"

namespace chestnut::run_test {

namespace fs = std::filesystem;
using policy::Policy;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

Policy AllBut(const std::vector<std::string>& denied, policy::InstallPoint at,
              policy::Mode mode) {
  Policy policy = policy::EmptyPolicy("victim", at, mode);
  for (const syscalls::Syscall& call : syscalls::All()) {
    const std::string name(call.name);
    if (std::find(denied.begin(), denied.end(), name) == denied.end()) {
      policy.calls.push_back({name, call.number, {}, {}});
    }
  }
  Normalize(policy);
  return policy;
}

void RunTest::SetUp() {
  // Bazel has it in the runfiles, CMake beside the tests.
  chestnut_ = fs::exists("cli/chestnut")
                  ? fs::absolute("cli/chestnut").string()
                  : fs::read_symlink("/proc/self/exe").parent_path().string() +
                        "/chestnut";
  ASSERT_TRUE(fs::exists(chestnut_)) << chestnut_;
  folder_ = ::testing::TempDir() + "/run_test.XXXXXX";
  ASSERT_NE(mkdtemp(folder_.data()), nullptr);
}

void RunTest::TearDown() { fs::remove_all(folder_); }

std::string RunTest::Compile(const std::string& name,
                             const std::vector<std::string>& options,
                             const std::string& compiler) {
  const std::string program =
      folder_ + "/" + fs::path(name).filename().string();
  std::vector<std::string> command = {
      compiler, "-O1",  "-pthread", "test/run/victims/" + name + ".c",
      "-o",     program};
  command.insert(command.end(), options.begin(), options.end());
  const Execution run = Execute(command);
  EXPECT_EQ(run.outcome.exit_status, 0) << run.errors;
  return program;
}

std::string RunTest::CompileWithLibrary() {
  Compile("library", {"-shared", "-fPIC"});
  return Compile("with_library",
                 {folder_ + "/library", "-Wl,-rpath," + folder_});
}

std::string RunTest::WritePolicy(Policy policy, const std::string& program) {
  policy.program = fs::path(program).filename();
  const std::string path = folder_ + "/policy.json";
  EXPECT_TRUE(
      support::WriteFileAtomically(path, policy::WritePolicy(policy)).ok());
  return path;
}

std::vector<std::string> RunTest::Command(const Policy& policy,
                                          std::vector<std::string> command) {
  std::vector<std::string> whole = {chestnut_, "run", "--policy",
                                    WritePolicy(policy, command.front()), "--"};
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

Execution RunTest::Run(const Policy& policy,
                       const std::vector<std::string>& command,
                       const std::function<void()>& prepare) {
  return Execute(Command(policy, command), prepare);
}

void RunTest::ExpectStatus(const Execution& run, int status) {
  EXPECT_TRUE(run.outcome.exited) << "signal " << run.outcome.signal;
  EXPECT_EQ(run.outcome.exit_status, status) << run.errors;
}

void RunTest::ExpectSignal(const Execution& run, int signal) {
  EXPECT_FALSE(run.outcome.exited) << run.outcome.exit_status << run.errors;
  EXPECT_EQ(run.outcome.signal, signal) << run.errors;
}

void RunTest::ExpectRefused(const Execution& run, const std::string& why,
                            int status) {
  ExpectStatus(run, status);
  EXPECT_THAT(run.output, IsEmpty());
  EXPECT_THAT(run.errors, AllOf(StartsWith("chestnut: "), HasSubstr(why)));
  EXPECT_EQ(std::count(run.errors.begin(), run.errors.end(), '\n'), 1)
      << run.errors;
}

void RunTest::ExpectNotInstalled(const Execution& run, const std::string& why) {
  ExpectSignal(run, SIGKILL);
  EXPECT_THAT(run.output, IsEmpty());
  EXPECT_THAT(run.errors,
              AllOf(StartsWith("chestnut: the sandbox could not be put on: "),
                    HasSubstr(why), EndsWith("; the program is killed\n")));
}

}  // namespace chestnut::run_test
