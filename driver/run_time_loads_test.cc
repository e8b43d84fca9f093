#include "driver/run_time_loads.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "binalyzer/loading_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr char kOverlay[] = R"({"decisions": [
  {"place": "prog+0x10", "decision": {"modules": ["libplugin.so"]},
   "reason": "the only plugin"},
  {"place": "prog+0x20", "decision": {"names": ["plugin_init"]},
   "reason": "its entry point"},
  {"place": "prog+0x30", "decision": "none", "reason": "never configured"}]})";

// A program /bin/prog of a root folder, which needs libc.so.6.
class RunTimeLoadsTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "/run-time-loads-XXXXXX";
    ASSERT_NE(mkdtemp(root_.data()), nullptr);
    Write("/lib64/ld.so", binalyzer::LoadableElf({.soname = "ld.so"}));
    Library("libc.so.6", {});
    Write("/bin/prog", binalyzer::LoadableElf({.needed = {"libc.so.6"},
                                               .interpreter = "/lib64/ld.so"}));
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    ASSERT_TRUE(support::WriteFileAtomically(root_ + path, bytes).ok());
  }
  void Library(const std::string& name, std::vector<std::string> needed) {
    Write("/lib/" + name, binalyzer::LoadableElf(
                              {.soname = name, .needed = std::move(needed)}));
  }

  // Starts over with what the folder holds now.
  RunTimeLoads& Loads() {
    auto loading = binalyzer::Loading::OfProgram(root_ + "/bin/prog",
                                                 {.root = root_, .hwcaps = {}});
    EXPECT_TRUE(loading.ok()) << loading.status();
    loads_.reset();
    loading_.emplace(*std::move(loading));
    return loads_.emplace(*loading_, overlay_, /*linked=*/false);
  }
  // Follows until nothing more comes; how often something came.
  int Follow(RunTimeLoads& loads, const callgraph::Result& result) {
    for (int turns = 0; turns < 10; ++turns) {
      absl::StatusOr<bool> grown = loads.Follow(result);
      EXPECT_TRUE(grown.ok()) << grown.status();
      if (!grown.value_or(false)) return turns;
    }
    ADD_FAILURE() << "no end";
    return -1;
  }
  static callgraph::RunTimeLoad Open(const std::string& name) {
    return {.module = "prog",
            .function = "dlopen",
            .known = true,
            .name = name,
            .place = "prog+0x1"};
  }
  static callgraph::RunTimeLoad Unknown(const std::string& function,
                                        const std::string& place) {
    return {.module = "prog",
            .function = function,
            .known = false,
            .name = "",
            .place = place};
  }
  static callgraph::Result Result(std::vector<callgraph::RunTimeLoad> loads) {
    callgraph::Result result;
    result.loads = std::move(loads);
    return result;
  }
  // That these of libc.so.6 can run, and getpwuid cannot.
  static callgraph::Result Running(const std::vector<std::string>& functions) {
    callgraph::Result result;
    result.exports.emplace("getpwuid", false);
    for (const std::string& name : functions) {
      result.exports.emplace(name, true);
    }
    return result;
  }
  std::vector<std::string> Modules() const {
    std::vector<std::string> names;
    names.reserve(loading_->files().size());
    for (const auto& file : loading_->files()) names.push_back(file.name);
    return names;
  }
  static std::vector<std::string> CalledIn(const RunTimeLoads& loads,
                                           const std::string& module) {
    callgraph::Options options;
    loads.Fill(options);
    for (const auto& loaded : options.load_order) {
      if (loaded.unit == module) return loaded.called;
    }
    return {"not loaded"};
  }

  std::string root_;
  Overlay overlay_;
  std::optional<binalyzer::Loading> loading_;
  std::optional<RunTimeLoads> loads_;
};

TEST_F(RunTimeLoadsTest, WhatIsOpenedByNameComesWithWhatItNeeds) {
  Library("libplugin.so", {"libmore.so"});
  Library("libmore.so", {});
  RunTimeLoads& loads = Loads();
  EXPECT_EQ(Follow(loads, Result({Open("libplugin.so"), Open("")})), 1);
  EXPECT_THAT(Modules(), IsSupersetOf({"libplugin.so", "libmore.so"}));
  EXPECT_THAT(loads.undecided(), IsEmpty());
  EXPECT_THAT(loads.missing(), Not(Contains("libplugin.so")));
}

TEST_F(RunTimeLoadsTest, WhatIsNotInstalledIsListed) {
  RunTimeLoads& loads = Loads();
  Follow(loads, Result({Open("libnowhere.so")}));
  EXPECT_THAT(loads.missing(), Contains("libnowhere.so"));
}

TEST_F(RunTimeLoadsTest, ALibraryThatCannotBeLoadedIsListed) {
  Library("libplugin.so", {"libnowhere.so"});
  RunTimeLoads& loads = Loads();
  absl::StatusOr<bool> grown = loads.Follow(Result({Open("libplugin.so")}));
  // What it needs is nowhere: the loader would not open it either.
  EXPECT_TRUE(grown.ok()) << grown.status();
  EXPECT_THAT(loads.missing(), Contains("libplugin.so"));
}

TEST_F(RunTimeLoadsTest, UnknownNamesAreUndecided) {
  RunTimeLoads& loads = Loads();
  Follow(loads, Result({Unknown("dlopen", "prog+0x77"),
                        Unknown("dlsym", "prog+0x99")}));
  ASSERT_EQ(loads.undecided().size(), 2u);
  EXPECT_EQ(loads.undecided()[0].place, "prog+0x77");
  EXPECT_THAT(loads.undecided()[0].reason,
              HasSubstr("dlopen of a name that is not known"));
  EXPECT_THAT(loads.undecided()[1].reason, HasSubstr("--module"));
}

TEST_F(RunTimeLoadsTest, ModulesThatTheUserNamesDecide) {
  Library("libplugin.so", {});
  RunTimeLoads& loads = Loads();
  ASSERT_TRUE(loads.AddModule("/lib/libplugin.so").ok());
  Follow(loads, Result({Unknown("dlopen", "prog+0x77")}));
  EXPECT_THAT(loads.undecided(), IsEmpty());
  callgraph::Options options;
  loads.Fill(options);
  for (const auto& module : options.load_order) {
    EXPECT_EQ(module.all_called, module.unit == "libplugin.so") << module.unit;
  }
  EXPECT_FALSE(loads.AddModule("/lib/libnowhere.so").ok());
}

TEST_F(RunTimeLoadsTest, OverlaysDecide) {
  absl::StatusOr<Overlay> overlay = ParseOverlay(kOverlay, "overlay");
  ASSERT_TRUE(overlay.ok()) << overlay.status();
  overlay_ = *std::move(overlay);
  Library("libplugin.so", {});
  RunTimeLoads& loads = Loads();
  Follow(
      loads,
      Result({Unknown("dlopen", "prog+0x10"), Unknown("dlsym", "prog+0x20"),
              Unknown("dlopen", "prog+0x30"), Unknown("dlopen", "prog+0x40")}));
  EXPECT_THAT(Modules(), Contains("libplugin.so"));
  callgraph::Options options;
  loads.Fill(options);
  EXPECT_THAT(options.called, Contains("plugin_init"));
  ASSERT_EQ(loads.undecided().size(), 1u);
  EXPECT_EQ(loads.undecided()[0].place, "prog+0x40");
}

TEST_F(RunTimeLoadsTest, ServicesAreThoseOfTheConfigurationAndTheLookups) {
  Write("/etc/nsswitch.conf",
        "# comment\npasswd: own [NOTFOUND=return !UNAVAIL=continue] other\n"
        "hosts:\tthird # fourth\n");
  for (const char* name : {"own", "other", "third", "fourth", "files"}) {
    Library(absl::StrCat("libnss_", name, ".so.2"), {"libc.so.6"});
  }
  RunTimeLoads& loads = Loads();
  Follow(loads, Running({"getpwnam"}));
  EXPECT_THAT(CalledIn(loads, "libnss_own.so.2"),
              ElementsAre("_nss_own_getpwnam_r"));
  EXPECT_THAT(CalledIn(loads, "libnss_other.so.2"),
              ElementsAre("_nss_other_getpwnam_r"));
  EXPECT_THAT(Modules(), Not(Contains("libnss_third.so.2")));
  EXPECT_THAT(loads.consulted(), Contains("/etc/nsswitch.conf"));
  Follow(loads, Running({"getpwnam", "gethostbyname", "getgrnam"}));
  EXPECT_THAT(CalledIn(loads, "libnss_third.so.2"),
              Contains("_nss_third_gethostbyname_r"));
  EXPECT_THAT(Modules(), Not(Contains("libnss_fourth.so.2")));
  // Of a database without a line.
  EXPECT_THAT(CalledIn(loads, "libnss_files.so.2"),
              ElementsAre("_nss_files_getgrnam_r"));
}

// A static program has no exports that tell which of its functions run.
TEST_F(RunTimeLoadsTest, StaticProgramsWithANameServiceLoadItsModules) {
  Write("/etc/nsswitch.conf", "passwd: own\n");
  Library("libnss_own.so.2", {"libc.so.6"});
  Write("/bin/prog", binalyzer::LoadableElf({}));
  RunTimeLoads& without = Loads();
  Follow(without, {});
  EXPECT_THAT(Modules(), ElementsAre("prog"));
  Write("/bin/prog", binalyzer::LoadableElf({}) + "libnss_%s.so%s");
  RunTimeLoads& with = Loads();
  Follow(with, {});
  EXPECT_THAT(Modules(), IsSupersetOf({"libnss_own.so.2", "libc.so.6"}));
  EXPECT_THAT(CalledIn(with, "libnss_own.so.2"),
              IsSupersetOf({"_nss_own_getpwnam_r", "_nss_own_getpwuid_r"}));
}

}  // namespace
}  // namespace chestnut::driver
