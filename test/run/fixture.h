#ifndef CHESTNUT_TEST_RUN_FIXTURE_H_
#define CHESTNUT_TEST_RUN_FIXTURE_H_

#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "policy/model.h"
#include "test/sandbox/child.h"

// `chestnut run` from the outside: victims compiled by the system's compilers,
// run under policies of their own.
namespace chestnut::run_test {

using sandbox_test::Execute;
using sandbox_test::Execution;

// A policy that allows every known call but `denied`.
policy::Policy AllBut(const std::vector<std::string>& denied,
                      policy::InstallPoint at = policy::InstallPoint::kEntry,
                      policy::Mode mode = policy::Mode::kKill);

class RunTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Compiles victims/NAME.c; returns the program's path, whose file name is
  // NAME.
  std::string Compile(const std::string& name,
                      const std::vector<std::string>& options = {},
                      const std::string& compiler = "gcc");
  // with_library.c, linked to the library, found without an environment.
  std::string CompileWithLibrary();

  // Writes the policy, for the program of that path, to a file; its path.
  std::string WritePolicy(policy::Policy policy, const std::string& program);

  // The command line that runs `command` under the policy.
  std::vector<std::string> Command(const policy::Policy& policy,
                                   std::vector<std::string> command);
  Execution Run(
      const policy::Policy& policy, const std::vector<std::string>& command,
      const std::function<void()>& prepare = [] {});

  // The program ended by itself, its filter never on.
  static void ExpectRefused(const Execution& run, const std::string& why,
                            int status = 2);
  // The tracer killed it.
  static void ExpectNotInstalled(const Execution& run, const std::string& why);
  static void ExpectStatus(const Execution& run, int status);
  static void ExpectSignal(const Execution& run, int signal);

  std::string chestnut_;
  std::string folder_;
};

}  // namespace chestnut::run_test

#endif  // CHESTNUT_TEST_RUN_FIXTURE_H_
