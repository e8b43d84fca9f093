#include "binalyzer/loading.h"

#include <elf.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "binalyzer/elf_testing.h"
#include "binalyzer/loading_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::binalyzer {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;

// A root folder of its own with a program /bin/prog.
class LoadingTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "/loading_" +
            testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    Write("/lib64/ld.so", LoadableElf({.soname = "ld.so"}));
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    ASSERT_TRUE(support::WriteFileAtomically(root_ + path, bytes).ok());
  }
  void Library(const std::string& path, const LoadableSpec& spec) {
    Write(path, LoadableElf(spec));
  }
  void Program(LoadableSpec spec) {
    spec.interpreter = "/lib64/ld.so";
    Write("/bin/prog", LoadableElf(spec));
  }

  // A loader that says it is of that version of glibc.
  void Loader(const std::string& version) {
    Write("/lib64/ld.so", LoadableElf({.soname = "ld.so"}) +
                              "stable release version " + version + ".\n");
  }

  absl::StatusOr<Loading> Load(std::vector<std::string> hwcaps = {}) {
    return Loading::OfProgram(root_ + "/bin/prog",
                              {.root = root_, .hwcaps = std::move(hwcaps)});
  }
  // Paths of what is loaded besides the program, in order.
  std::vector<std::string> Paths(std::vector<std::string> hwcaps = {}) {
    absl::StatusOr<Loading> loading = Load(std::move(hwcaps));
    EXPECT_TRUE(loading.ok()) << loading.status();
    std::vector<std::string> paths;
    if (!loading.ok()) return paths;
    for (const LoadedFile& file : loading->files()) paths.push_back(file.path);
    paths.erase(paths.begin());
    return paths;
  }

  std::string root_;
};

TEST_F(LoadingTest, BreadthFirstWithEachLibraryOnce) {
  Program({.needed = {"liba.so", "libb.so"}});
  Library("/usr/lib/liba.so",
          {.soname = "liba.so", .needed = {"libc.so", "libb.so"}});
  Library("/usr/lib/libb.so", {.soname = "libb.so", .needed = {"liba.so"}});
  Library("/usr/lib/libc.so", {.soname = "libc.so", .needed = {"ld.so"}});
  EXPECT_THAT(Paths(), ElementsAre("/usr/lib/liba.so", "/usr/lib/libb.so",
                                   "/usr/lib/libc.so", "/lib64/ld.so"));
}

TEST_F(LoadingTest, TheLoaderIsKnownWhoeverNeedsIt) {
  Program({.needed = {"liba.so"}});
  Library("/lib/liba.so", {.needed = {"ld.so"}});
  absl::StatusOr<Loading> loading = Load();
  ASSERT_TRUE(loading.ok()) << loading.status();
  EXPECT_EQ(loading->files()[loading->interpreter()].path, "/lib64/ld.so");
  EXPECT_EQ(loading->files().size(), 3u);
}

TEST_F(LoadingTest, RpathOfThoseWhoLoadedItCountsUnlessThereIsARunpath) {
  Program({.needed = {"liba.so"}, .rpath = "/opt"});
  Library("/opt/liba.so", {.needed = {"libb.so"}});
  Library("/opt/libb.so", {.soname = "libb.so"});
  EXPECT_THAT(Paths(),
              ElementsAre("/opt/liba.so", "/opt/libb.so", "/lib64/ld.so"));
  Library("/opt/liba.so", {.needed = {"libb.so"}, .runpath = "/nowhere"});
  Library("/lib/libb.so", {.soname = "libb.so"});
  EXPECT_THAT(Paths(),
              ElementsAre("/opt/liba.so", "/lib/libb.so", "/lib64/ld.so"));
}

TEST_F(LoadingTest, RunpathServesItsOwnFileOnly) {
  Program({.needed = {"liba.so"}, .runpath = "$ORIGIN/../opt"});
  Library("/opt/liba.so", {.needed = {"libb.so"}});
  Library("/opt/libb.so", {});
  absl::StatusOr<Loading> loading = Load();
  ASSERT_FALSE(loading.ok());
  EXPECT_THAT(std::string(loading.status().message()),
              HasSubstr("/opt/liba.so: it needs libb.so"));
}

TEST_F(LoadingTest, TheCacheComesBeforeTheDefaultFolders) {
  Program({.needed = {"liba.so"}});
  Library("/usr/lib/liba.so", {});
  Library("/opt/liba.so", {});
  Write("/etc/ld.so.cache",
        LoaderCacheBytes({{"liba.so", "/opt32/liba.so", 0x0803},
                          {"liba.so", "/opt/liba.so"}}));
  EXPECT_THAT(Paths(), ElementsAre("/opt/liba.so", "/lib64/ld.so"));
}

TEST_F(LoadingTest, TheBestFolderForTheProcessorWins) {
  Program({.needed = {"liba.so"}});
  Library("/usr/lib/liba.so", {});
  Library("/usr/lib/glibc-hwcaps/x86-64-v2/liba.so", {});
  Library("/usr/lib/glibc-hwcaps/x86-64-v3/liba.so", {});
  EXPECT_THAT(
      Paths({"x86-64-v2"}),
      ElementsAre("/usr/lib/glibc-hwcaps/x86-64-v2/liba.so", "/lib64/ld.so"));
  Write("/etc/ld.so.cache",
        LoaderCacheBytes({{"liba.so", "/usr/lib/glibc-hwcaps/x86-64-v3/liba.so",
                           0x0303, uint64_t{1} << 62},
                          {"liba.so", "/usr/lib/liba.so"}}));
  EXPECT_THAT(
      Paths({"x86-64-v3", "x86-64-v2"}),
      ElementsAre("/usr/lib/glibc-hwcaps/x86-64-v3/liba.so", "/lib64/ld.so"));
  EXPECT_THAT(Paths(), ElementsAre("/usr/lib/liba.so", "/lib64/ld.so"));
}

constexpr char kLegacyFolders[] = "/opt/tls/haswell/x86_64";

TEST_F(LoadingTest, FoldersOfTheOlderSchemeCountForOlderLoaders) {
  const LoadOptions options = {.root = root_,
                               .hwcaps = {"x86-64-v2"},
                               .legacy_hwcaps = {"tls", "haswell", "x86_64"}};
  auto found = [&] {
    absl::StatusOr<Loading> loading =
        Loading::OfProgram(root_ + "/bin/prog", options);
    EXPECT_TRUE(loading.ok()) << loading.status();
    return loading.ok() ? loading->files()[1].path : "";
  };
  Program({.needed = {"liba.so"}, .runpath = "/opt"});
  Library("/opt/liba.so", {});
  // Each is preferred to those before it.
  for (const char* folder :
       {"/opt/x86_64", "/opt/haswell", "/opt/haswell/x86_64", "/opt/tls",
        "/opt/tls/x86_64", "/opt/tls/haswell", kLegacyFolders,
        "/opt/glibc-hwcaps/x86-64-v2"}) {
    Library(absl::StrCat(folder, "/liba.so"), {});
    Loader("2.36");
    EXPECT_EQ(found(), absl::StrCat(folder, "/liba.so"));
    const bool newer = absl::StrContains(folder, "glibc-hwcaps");
    for (const char* version : {"2.37", "2.43"}) {
      Loader(version);
      EXPECT_EQ(found(),
                newer ? "/opt/glibc-hwcaps/x86-64-v2/liba.so" : "/opt/liba.so");
    }
  }
}

TEST_F(LoadingTest, TheCacheKnowsFoldersOfTheOlderScheme) {
  constexpr uint64_t kHaswell = uint64_t{1} << 50;
  constexpr uint64_t kXeonPhi = uint64_t{1} << 51;
  Program({.needed = {"liba.so"}});
  Library("/opt/xeon_phi/liba.so", {});
  Library("/opt/haswell/liba.so", {});
  Library("/opt/liba.so", {});
  Write(
      "/etc/ld.so.cache",
      LoaderCacheBytes({{"liba.so", "/opt/xeon_phi/liba.so", 0x0303, kXeonPhi},
                        {"liba.so", "/opt/haswell/liba.so", 0x0303, kHaswell},
                        {"liba.so", "/opt/liba.so"}}));
  const LoadOptions options = {
      .root = root_, .hwcaps = {}, .legacy_hwcaps = {"tls", "haswell"}};
  Loader("2.36");
  EXPECT_EQ(Loading::OfProgram(root_ + "/bin/prog", options)->files()[1].path,
            "/opt/haswell/liba.so");
  Loader("2.37");
  EXPECT_EQ(Loading::OfProgram(root_ + "/bin/prog", options)->files()[1].path,
            "/opt/liba.so");
}

TEST_F(LoadingTest, OriginOfAProgramWithPrivilegesMustBeASystemFolder) {
  Program({.needed = {"liba.so"}, .runpath = "$ORIGIN/../opt"});
  Library("/opt/liba.so", {});
  Library("/lib/liba.so", {});
  EXPECT_THAT(Paths(), ElementsAre("/bin/../opt/liba.so", "/lib64/ld.so"));
  ASSERT_EQ(chmod((root_ + "/bin/prog").c_str(), 04755), 0);
  EXPECT_THAT(Paths(), ElementsAre("/lib/liba.so", "/lib64/ld.so"));
  Program({.needed = {"liba.so"}, .runpath = "$ORIGIN/../usr/lib/own"});
  Library("/usr/lib/own/liba.so", {});
  ASSERT_EQ(chmod((root_ + "/bin/prog").c_str(), 02755), 0);
  EXPECT_THAT(Paths(),
              ElementsAre("/bin/../usr/lib/own/liba.so", "/lib64/ld.so"));
  Program({.needed = {"liba.so"}, .runpath = "/usr/lib$ORIGIN"});
  Library("/usr/lib/bin/liba.so", {});
  EXPECT_THAT(Paths(), ElementsAre("/usr/lib/bin/liba.so", "/lib64/ld.so"));
  ASSERT_EQ(chmod((root_ + "/bin/prog").c_str(), 04755), 0);
  EXPECT_THAT(Paths(), ElementsAre("/lib/liba.so", "/lib64/ld.so"));
  // Only the program's own path is suspect.
  Program({.needed = {"libb.so"}, .runpath = "/opt"});
  Library("/opt/libb.so", {.needed = {"liba.so"}, .runpath = "$ORIGIN"});
  ASSERT_EQ(chmod((root_ + "/bin/prog").c_str(), 04755), 0);
  EXPECT_THAT(Paths(),
              ElementsAre("/opt/libb.so", "/opt/liba.so", "/lib64/ld.so"));
}

TEST_F(LoadingTest, PlatformIsTheProcessors) {
  Program({.needed = {"liba.so"}, .runpath = "/opt/$PLATFORM"});
  Library("/opt/haswell/liba.so", {});
  absl::StatusOr<Loading> loading =
      Loading::OfProgram(root_ + "/bin/prog",
                         {.root = root_, .hwcaps = {}, .platform = "haswell"});
  ASSERT_TRUE(loading.ok()) << loading.status();
  EXPECT_EQ(loading->files()[1].path, "/opt/haswell/liba.so");
}

// The loader of this machine says which folders it looks at.
TEST(MachineTest, HwcapsAreThoseOfTheLoader) {
  const std::string help = OutputOf("/lib64/ld-linux-x86-64.so.2 --help");
  std::vector<std::string> newer, older;
  for (absl::string_view line : absl::StrSplit(help, '\n')) {
    if (!absl::StrContains(line, "supported, searched")) continue;
    line = absl::StripLeadingAsciiWhitespace(line);
    const std::string name(line.substr(0, line.find(' ')));
    (absl::StartsWith(name, "x86-64-v") ? newer : older).push_back(name);
  }
  EXPECT_EQ(MachineHwcaps(), newer);
  // Since glibc 2.37 there are no others.
  if (!older.empty()) {
    EXPECT_THAT(MachineLegacyHwcaps(), UnorderedElementsAreArray(older));
  }
  const std::string text =
      OutputOf("/lib64/ld-linux-x86-64.so.2 --list-diagnostics");
  // Some processors have no name of their own: then it is the kernel's.
  if (absl::StrContains(text, "dl_platform=\"")) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("dl_platform=\"",
                                             MachinePlatform(), "\"")));
  }
}

TEST_F(LoadingTest, LibrariesOfOtherMachinesArePassedOver) {
  Program({.needed = {"liba.so"}, .runpath = "/opt"});
  Library("/opt/liba.so", {.machine = EM_AARCH64});
  Library("/lib/liba.so", {});
  EXPECT_THAT(Paths(), ElementsAre("/lib/liba.so", "/lib64/ld.so"));
}

TEST_F(LoadingTest, LinksAreFollowedInsideTheRoot) {
  Program({.needed = {"liba.so"}});
  Library("/data/liba.so.1", {});
  fs::create_directories(root_ + "/lib");
  fs::create_symlink("/data/liba.so.1", root_ + "/lib/liba.so");
  absl::StatusOr<Loading> loading = Load();
  ASSERT_TRUE(loading.ok()) << loading.status();
  EXPECT_EQ(loading->files()[1].path, "/lib/liba.so");
  EXPECT_EQ(loading->files()[1].file,
            fs::canonical(root_ + "/data/liba.so.1").string());
}

TEST_F(LoadingTest, WhatDlopenBringsIsAGroupOfItsOwn) {
  Program({.needed = {"liba.so"}});
  Library("/lib/liba.so", {.soname = "liba.so"});
  Library("/lib/plugin.so", {.needed = {"liba.so", "libb.so"}});
  Library("/lib/libb.so", {});
  absl::StatusOr<Loading> loading = Load();
  ASSERT_TRUE(loading.ok()) << loading.status();
  absl::StatusOr<uint32_t> plugin = loading->Open("plugin.so", 0);
  ASSERT_TRUE(plugin.ok()) << plugin.status();
  EXPECT_EQ(loading->files()[*plugin].group, 1u);
  ASSERT_EQ(loading->files().size(), 5u);
  EXPECT_EQ(loading->files()[4].path, "/lib/libb.so");
  EXPECT_EQ(loading->files()[4].group, 1u);
  EXPECT_EQ(*loading->Open("liba.so", 0), 1u);
  EXPECT_FALSE(loading->Open("nowhere.so", 0).ok());
}

TEST_F(LoadingTest, AScriptIsNoProgram) {
  Write("/bin/prog", "#!/bin/sh -e\nexit 0\n");
  absl::StatusOr<Loading> loading = Load();
  ASSERT_FALSE(loading.ok());
  EXPECT_THAT(std::string(loading.status().message()),
              HasSubstr("a script, which /bin/sh -e runs"));
}

TEST_F(LoadingTest, FoldersAndPipesAreNoPrograms) {
  fs::create_directories(root_ + "/bin/prog");
  absl::StatusOr<Loading> loading = Load();
  ASSERT_FALSE(loading.ok());
  EXPECT_THAT(std::string(loading.status().message()), HasSubstr("a folder"));
  fs::remove(root_ + "/bin/prog");
  ASSERT_EQ(mkfifo((root_ + "/bin/prog").c_str(), 0600), 0);
  loading = Load();
  ASSERT_FALSE(loading.ok());
  EXPECT_THAT(std::string(loading.status().message()), HasSubstr("a pipe"));
}

TEST_F(LoadingTest, CutOffFilesAreRefused) {
  const std::string whole =
      LoadableElf({.needed = {"liba.so"}, .interpreter = "/lib64/ld.so"});
  for (size_t size = 0; size < whole.size(); size += 7) {
    Write("/bin/prog", whole.substr(0, size));
    EXPECT_FALSE(Load().ok()) << size;
  }
}

TEST(LoaderCacheTest, LyingSizesAreRefused) {
  std::string bytes = LoaderCacheBytes({{"liba.so", "/lib/liba.so"}});
  ASSERT_TRUE(LoaderCache::Parse(bytes, "cache").ok());
  bytes[20] = '\x7f';
  EXPECT_FALSE(LoaderCache::Parse(bytes, "cache").ok());
  EXPECT_FALSE(LoaderCache::Parse(bytes.substr(0, 30), "cache").ok());
  EXPECT_FALSE(LoaderCache::Parse("ld.so-1.7.0", "cache").ok());
}

}  // namespace
}  // namespace chestnut::binalyzer
