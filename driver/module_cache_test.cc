#include "driver/module_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "binalyzer/elf_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr uint64_t kMebibyte = uint64_t{1} << 20;

// A cache folder of its own, and a small module.
class ModuleCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "/chestnut-cache-XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
    MakeModule("-Wl,--build-id");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void MakeModule(const std::string& flags) {
    file_.name = "libanswer.so";
    file_.path = file_.file = folder_ + "/libanswer.so";
    Write(file_.file,
          binalyzer::Compile("gcc", "c", "int answer(void) { return 42; }",
                             "-O1 -shared -fPIC " + flags));
    file_.info.build_id =
        flags == "-Wl,--build-id" ? "0123456789abcdef" : std::string();
  }
  static void Write(const std::string& path, const std::string& bytes) {
    ASSERT_TRUE(support::WriteFileAtomically(path, bytes).ok());
  }

  std::vector<std::string> Entries() const {
    std::vector<std::string> paths;
    std::error_code error;
    for (const auto& entry :
         fs::directory_iterator(folder_ + "/chestnut/facts", error)) {
      paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  // What is found out about the module.
  std::string Read() const {
    absl::StatusOr<facts::UnitView> unit = ModuleCache(true).Facts(file_);
    EXPECT_TRUE(unit.ok()) << unit.status();
    return unit.ok() ? std::string(unit->name()) : "";
  }
  // An entry that claims to be so large and to have been used then.
  std::string Pretend(const std::string& name, uint64_t size, time_t used) {
    std::string path = absl::StrCat(folder_, "/chestnut/facts/", name);
    const int file = open(path.c_str(), O_CREAT | O_WRONLY, 0600);
    EXPECT_EQ(ftruncate(file, static_cast<off_t>(size)), 0);
    const timespec times[2] = {{used, 0}, {used, 0}};
    EXPECT_EQ(futimens(file, times), 0);
    close(file);
    return path;
  }

  std::string folder_;
  binalyzer::LoadedFile file_;
};

TEST_F(ModuleCacheTest, AModuleIsReadOnce) {
  EXPECT_EQ(Read(), "libanswer.so");
  ASSERT_THAT(Entries(), SizeIs(1));
  // Its build id says that it is the same: nobody looks at its code again.
  Write(file_.file, std::string(fs::file_size(file_.file), '\0'));
  EXPECT_EQ(Read(), "libanswer.so");
  EXPECT_FALSE(ModuleCache(false).Facts(file_).ok());
}

TEST_F(ModuleCacheTest, OfAModuleWithoutABuildIdTheBytesCount) {
  MakeModule("-Wl,--build-id=none");
  Read();
  ASSERT_THAT(Entries(), SizeIs(1));
  Read();
  EXPECT_THAT(Entries(), SizeIs(1));
  std::string bytes = binalyzer::FileBytes(file_.file);
  bytes.push_back('\0');
  Write(file_.file, bytes);
  Read();
  EXPECT_THAT(Entries(), SizeIs(2));
}

TEST_F(ModuleCacheTest, ABrokenEntryIsMadeAnew) {
  Read();
  ASSERT_THAT(Entries(), SizeIs(1));
  const std::string entry = Entries()[0];
  const std::string good = binalyzer::FileBytes(entry);
  std::string flipped = good;
  flipped[0] = static_cast<char>(~flipped[0]);
  for (const std::string& bad :
       {std::string(), std::string("no facts"), good.substr(0, good.size() / 2),
        std::string(good.size(), '\xff'), flipped}) {
    Write(entry, bad);
    EXPECT_EQ(Read(), "libanswer.so");
    EXPECT_TRUE(binalyzer::FileBytes(entry) == good);
  }
}

// Facts of another module under this one's key are not believed.
TEST_F(ModuleCacheTest, AnEntryOfAnotherModuleIsMadeAnew) {
  Read();
  const std::string entry = Entries()[0];
  const std::string good = binalyzer::FileBytes(entry);
  binalyzer::LoadedFile other = file_;
  other.name = "libother.so";
  other.path = other.file = folder_ + "/libother.so";
  Write(other.file,
        binalyzer::Compile("gcc", "c", "int other(void) { return 1; }",
                           "-shared -fPIC"));
  ASSERT_TRUE(ModuleCache(true).Facts(other).ok());
  for (const std::string& path : Entries()) {
    if (path != entry) Write(entry, binalyzer::FileBytes(path));
  }
  EXPECT_EQ(Read(), "libanswer.so");
  EXPECT_TRUE(binalyzer::FileBytes(entry) == good);
}

TEST_F(ModuleCacheTest, WithoutAFolderFactsAreMadeEachTime) {
  Write(folder_ + "/file", "");
  setenv("XDG_CACHE_HOME", (folder_ + "/file").c_str(), 1);
  EXPECT_EQ(Read(), "libanswer.so");
  EXPECT_EQ(Read(), "libanswer.so");
  EXPECT_THAT(Entries(), SizeIs(0));
}

// An entry that cannot be written, a folder by its name for one.
TEST_F(ModuleCacheTest, AnEntryThatCannotBeUsedIsNone) {
  Read();
  const std::string entry = Entries()[0];
  fs::remove(entry);
  fs::create_directories(entry + "/inside");
  EXPECT_EQ(Read(), "libanswer.so");
  EXPECT_EQ(Read(), "libanswer.so");
}

TEST_F(ModuleCacheTest, SeveralProcessesMayFillItAtOnce) {
  constexpr int kProcesses = 6;
  int gate[2];
  ASSERT_EQ(pipe(gate), 0);
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(fork());
    ASSERT_GE(children.back(), 0);
    if (children.back() != 0) continue;
    close(gate[1]);
    char byte;
    // All of them go on when the gate closes.
    const bool opened = read(gate[0], &byte, 1) == 0;
    const auto unit = ModuleCache(true).Facts(file_);
    _exit(opened && unit.ok() && unit->name() == "libanswer.so" ? 0 : 1);
  }
  close(gate[0]);
  close(gate[1]);
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  // One entry, and nothing half-written beside it.
  EXPECT_THAT(Entries(), SizeIs(1));
  Write(file_.file, std::string(fs::file_size(file_.file), '\0'));
  EXPECT_EQ(Read(), "libanswer.so");
}

TEST_F(ModuleCacheTest, WhatWasUsedLongestAgoGoesFirst) {
  Read();
  const std::string oldest = Pretend("1.facts", 300 * kMebibyte, 1000);
  const std::string older = Pretend("2.facts", 300 * kMebibyte, 2000);
  const std::string newer = Pretend("3.facts", 300 * kMebibyte, 3000);
  ModuleCache(true).Trim();
  // They fit.
  EXPECT_THAT(Entries(), SizeIs(4));
  const std::string newest = Pretend("4.facts", 300 * kMebibyte, 4000);
  ModuleCache(true).Trim();
  EXPECT_FALSE(fs::exists(oldest));
  EXPECT_FALSE(fs::exists(older));
  EXPECT_TRUE(fs::exists(newer));
  EXPECT_TRUE(fs::exists(newest));
  const absl::StatusOr<CacheUsage> usage = ModuleCache::Usage();
  ASSERT_TRUE(usage.ok()) << usage.status();
  EXPECT_EQ(usage->entries, 3u);
  EXPECT_LE(usage->bytes, usage->limit);
  EXPECT_GT(usage->bytes, 600 * kMebibyte);
}

TEST_F(ModuleCacheTest, ClearLeavesWhatIsNotItsOwn) {
  Read();
  const std::string other = Pretend("notes.txt", 1, 1000);
  EXPECT_TRUE(ModuleCache::Clear().ok());
  EXPECT_THAT(Entries(), testing::ElementsAre(other));
  EXPECT_EQ(ModuleCache::Usage()->entries, 0u);
  EXPECT_EQ(Read(), "libanswer.so");
}

TEST_F(ModuleCacheTest, AFileThatIsNoModuleIsNamed) {
  Write(file_.file, "no ELF file");
  const auto unit = ModuleCache(true).Facts(file_);
  ASSERT_FALSE(unit.ok());
  EXPECT_THAT(std::string(unit.status().message()), HasSubstr("libanswer.so"));
  EXPECT_THAT(Entries(), SizeIs(0));
  fs::remove(file_.file);
  EXPECT_FALSE(ModuleCache(true).Facts(file_).ok());
}

}  // namespace
}  // namespace chestnut::driver
