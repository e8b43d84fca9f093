#include "driver/remembered_loads.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binalyzer/loading_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::Not;

// A program /bin/prog of a root folder that opens libplugin.so and looks up
// users, and a cache of its own.
class RememberedLoadsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "/remembered-XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    setenv("XDG_CACHE_HOME", (folder_ + "/cache").c_str(), 1);
    cache_.emplace(true);
    Write("/lib64/ld.so", binalyzer::LoadableElf({.soname = "ld.so"}));
    Library("libc.so.6", {});
    Library("libplugin.so", {"libmore.so"});
    Library("libmore.so", {});
    Library("libnss_own.so.2", {});
    Write("/etc/nsswitch.conf", "passwd: own\n");
    Write("/bin/prog", binalyzer::LoadableElf({.needed = {"libc.so.6"},
                                               .interpreter = "/lib64/ld.so"}));
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path(folder_ + path).parent_path());
    ASSERT_TRUE(support::WriteFileAtomically(folder_ + path, bytes).ok());
  }
  void Library(const std::string& name, std::vector<std::string> needed) {
    Write("/lib/" + name, binalyzer::LoadableElf(
                              {.soname = name, .needed = std::move(needed)}));
  }

  // What an analysis of the program always finds.
  static callgraph::Result Found() {
    callgraph::Result result;
    result.loads.push_back({.module = "prog",
                            .function = "dlopen",
                            .known = true,
                            .name = "libplugin.so",
                            .place = "prog+0x1"});
    result.exports.emplace("getpwuid", true);
    return result;
  }

  // The files of an analysis; whether it knew them from the start.
  struct Analysis {
    bool resumed = false;
    std::vector<std::string> modules;
    LoadsFound found;
  };
  Analysis Analyze(const std::string& given = "") {
    Analysis analysis;
    auto loading = binalyzer::Loading::OfProgram(
        folder_ + "/bin/prog", {.root = folder_, .hwcaps = {}});
    EXPECT_TRUE(loading.ok()) << loading.status();
    if (!loading.ok()) return analysis;
    const Overlay overlay;
    RunTimeLoads loads(*loading, overlay, /*linked=*/false);
    RememberedLoads remembered(*cache_, *loading, loads, given);
    analysis.resumed = remembered.Resume();
    bool known = analysis.resumed;
    for (absl::StatusOr<bool> grown = true; grown.ok() && *grown;) {
      grown = loads.Follow(Found());
      EXPECT_TRUE(grown.ok()) << grown.status();
      known = known && !grown.value_or(true);
    }
    EXPECT_EQ(known, analysis.resumed) << "more was remembered than found";
    remembered.Keep();
    for (const auto& file : loading->files()) {
      analysis.modules.push_back(file.name);
    }
    analysis.found = loads.found();
    return analysis;
  }

  std::string folder_;
  std::optional<ModuleCache> cache_;
};

TEST_F(RememberedLoadsTest, WhatWasFoundOnceIsThereFromTheStart) {
  const Analysis first = Analyze();
  EXPECT_FALSE(first.resumed);
  EXPECT_THAT(first.modules, Contains("libmore.so"));
  const Analysis second = Analyze();
  EXPECT_TRUE(second.resumed);
  // In the same order: the result is the same to the byte.
  EXPECT_EQ(second.modules, first.modules);
  EXPECT_EQ(second.found, first.found);
  EXPECT_TRUE(second.found.called_in.contains("libnss_own.so.2"));
}

TEST_F(RememberedLoadsTest, OtherFilesAreAnotherMatter) {
  Analyze();
  Library("libc.so.6", {"libmore.so"});
  EXPECT_FALSE(Analyze().resumed);
  EXPECT_TRUE(Analyze().resumed);
  // What was opened is looked at, too.
  Library("libplugin.so", {});
  const Analysis smaller = Analyze();
  EXPECT_FALSE(smaller.resumed);
  EXPECT_TRUE(Analyze().resumed);
}

TEST_F(RememberedLoadsTest, WhatIsGoneIsNotLoaded) {
  Analyze();
  fs::remove(folder_ + "/lib/libplugin.so");
  const Analysis without = Analyze();
  EXPECT_FALSE(without.resumed);
  EXPECT_THAT(without.modules, Not(Contains("libplugin.so")));
  EXPECT_THAT(without.modules, Not(Contains("libmore.so")));
}

TEST_F(RememberedLoadsTest, AnotherConfigurationIsAnotherMatter) {
  Analyze();
  Write("/etc/nsswitch.conf", "passwd: files\n");
  const Analysis without = Analyze();
  EXPECT_FALSE(without.resumed);
  EXPECT_FALSE(without.found.called_in.contains("libnss_own.so.2"));
  EXPECT_FALSE(Analyze("what the user says").resumed);
}

TEST_F(RememberedLoadsTest, ADamagedEntryIsNone) {
  Analyze();
  std::vector<std::string> entries;
  for (const auto& entry :
       fs::directory_iterator(folder_ + "/cache/chestnut/facts")) {
    entries.push_back(entry.path().string());
  }
  ASSERT_EQ(entries.size(), 1u);
  const std::string good = *support::ReadFile(entries[0]);
  for (const std::string& bad :
       {std::string(), std::string("{}"), good.substr(0, good.size() / 2),
        std::string(R"({"identities":"","opened":[["a"]],"called":[1],)"
                    R"("called_in":{"x":2},"all_called_in":[]})")}) {
    ASSERT_TRUE(support::WriteFileAtomically(entries[0], bad).ok());
    EXPECT_FALSE(Analyze().resumed) << bad;
    EXPECT_TRUE(Analyze().resumed);
  }
}

}  // namespace
}  // namespace chestnut::driver
