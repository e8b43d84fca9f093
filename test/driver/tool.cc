#include "test/driver/tool.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "driver/process.h"

namespace chestnut::driver_test {

namespace fs = std::filesystem;

void ToolTest::SetUp() {
  bin_ = driver::ProgramFolder();
  if (!fs::exists(bin_ + "/chestnut-cc") ||
      !fs::exists(bin_ + "/../lib/chestnut-frontend-plugin.so")) {
    GTEST_SKIP() << "the programs do not stand beside the tests";
  }
  std::string path = ::testing::TempDir() + "/chestnut-driver-XXXXXX";
  ASSERT_NE(mkdtemp(path.data()), nullptr);
  folder_ = path;
}

void ToolTest::TearDown() {
  if (!folder_.empty()) fs::remove_all(folder_);
}

std::string ToolTest::Path(const std::string& name) const {
  return folder_ + "/" + name;
}

void ToolTest::Write(const std::string& name, const std::string& content) {
  std::ofstream(Path(name), std::ios::binary) << content;
}

std::string ToolTest::Read(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(Path(name), std::ios::binary).rdbuf();
  return text.str();
}

bool ToolTest::Exists(const std::string& name) const {
  return fs::exists(Path(name));
}

std::vector<std::string> ToolTest::Files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Outcome ToolTest::Shell(const std::string& command) const {
  const std::string prelude = "BIN=" + bin_ + "; CC=" + bin_ +
                              "/chestnut-cc; MUSL=\"$CC --chestnut-libc=musl\""
                              "; REAL=clang-19; ";
  return Execute({"/bin/sh", "-c", prelude + command});
}

Outcome ToolTest::Execute(const std::vector<std::string>& command) const {
  auto result = driver::Run(command, driver::Streams::kCapture, folder_);
  Outcome outcome;
  if (!result.ok()) {
    ADD_FAILURE() << result.status();
    return outcome;
  }
  outcome.status =
      result->exit_code > 128 ? 128 - result->exit_code : result->exit_code;
  outcome.out = result->out;
  outcome.err = result->err;
  return outcome;
}

}  // namespace chestnut::driver_test
