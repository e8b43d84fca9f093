#ifndef CHESTNUT_TEST_DRIVER_TOOL_H_
#define CHESTNUT_TEST_DRIVER_TOOL_H_

#include <string>
#include <vector>

#include "gtest/gtest.h"

// Runs the built programs on files of a folder of its own.
namespace chestnut::driver_test {

struct Outcome {
  int status = -1;  // exit status, or -N for signal N
  std::string out;
  std::string err;
};

class ToolTest : public ::testing::Test {
 protected:
  // Skips where the build has the programs elsewhere (Bazel): they find their
  // companions relative to themselves.
  void SetUp() override;
  void TearDown() override;

  void Write(const std::string& name, const std::string& content);
  std::string Read(const std::string& name) const;
  bool Exists(const std::string& name) const;
  std::string Path(const std::string& name) const;
  // What is in the folder, hidden files included; sorted.
  std::vector<std::string> Files() const;

  // Runs a shell command in the folder. $CC is the drop-in compiler, $MUSL the
  // same with --chestnut-libc=musl, $REAL the real compiler, $BIN the folder of
  // the programs.
  Outcome Shell(const std::string& command) const;
  // Runs a program of the folder without a shell, so that its signal is seen.
  Outcome Execute(const std::vector<std::string>& command) const;

  std::string folder_;
  std::string bin_;
};

}  // namespace chestnut::driver_test

#endif  // CHESTNUT_TEST_DRIVER_TOOL_H_
