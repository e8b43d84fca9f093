#include "binalyzer/loading.h"

#include <elf.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::binalyzer {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What a file says to the loader.
struct Spec {
  std::string soname = {};
  std::vector<std::string> needed = {};
  std::string rpath = {};
  std::string runpath = {};
  std::string interpreter = {};
  uint16_t machine = EM_X86_64;
};

// The smallest ELF file that says it.
std::string Elf(const Spec& spec) {
  std::string strings(1, '\0');
  auto add = [&strings](const std::string& text) {
    const size_t at = strings.size();
    strings += text + '\0';
    return at;
  };
  std::vector<Elf64_Dyn> dynamic;
  auto entry = [&dynamic](int64_t tag, uint64_t value) {
    Elf64_Dyn dyn = {};
    dyn.d_tag = tag;
    dyn.d_un.d_val = value;
    dynamic.push_back(dyn);
  };
  for (const std::string& name : spec.needed) entry(DT_NEEDED, add(name));
  if (!spec.soname.empty()) entry(DT_SONAME, add(spec.soname));
  if (!spec.rpath.empty()) entry(DT_RPATH, add(spec.rpath));
  if (!spec.runpath.empty()) entry(DT_RUNPATH, add(spec.runpath));
  const size_t interpreter = add(spec.interpreter);

  constexpr size_t kHeaders = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr);
  const size_t dynamic_at = kHeaders;
  const size_t strings_at =
      dynamic_at + (dynamic.size() + 2) * sizeof(Elf64_Dyn);
  entry(DT_STRTAB, strings_at);
  entry(DT_NULL, 0);

  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_machine = spec.machine;
  header.e_phoff = sizeof(Elf64_Ehdr);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 3;
  Elf64_Phdr load = {};
  load.p_type = PT_LOAD;
  load.p_filesz = load.p_memsz = strings_at + strings.size();
  Elf64_Phdr dyn = load;
  dyn.p_type = PT_DYNAMIC;
  dyn.p_offset = dyn.p_vaddr = dynamic_at;
  dyn.p_filesz = dyn.p_memsz = dynamic.size() * sizeof(Elf64_Dyn);
  Elf64_Phdr interp = load;
  interp.p_type = spec.interpreter.empty() ? PT_NULL : PT_INTERP;
  interp.p_offset = strings_at + interpreter;
  interp.p_filesz = spec.interpreter.size() + 1;

  std::string bytes;
  auto append = [&bytes](const void* data, size_t size) {
    bytes.append(static_cast<const char*>(data), size);
  };
  append(&header, sizeof header);
  append(&load, sizeof load);
  append(&dyn, sizeof dyn);
  append(&interp, sizeof interp);
  append(dynamic.data(), dynamic.size() * sizeof(Elf64_Dyn));
  return bytes + strings;
}

// An entry of ld.so.cache.
struct CacheEntry {
  std::string name;
  std::string path;
  uint32_t flags = 0x0303;
  uint64_t hwcap = 0;
};

std::string Cache(const std::vector<CacheEntry>& entries) {
  std::string header = "glibc-ld.so.cache1.1";
  std::string table, strings;
  auto word = [](std::string& to, auto value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  const auto base = static_cast<uint32_t>(48 + entries.size() * 24);
  for (const CacheEntry& entry : entries) {
    const auto key = base + static_cast<uint32_t>(strings.size());
    strings += entry.name + '\0';
    const auto path = base + static_cast<uint32_t>(strings.size());
    strings += entry.path + '\0';
    word(table, entry.flags);
    word(table, key);
    word(table, path);
    word(table, uint32_t{0});
    word(table, entry.hwcap);
  }
  word(header, static_cast<uint32_t>(entries.size()));
  word(header, static_cast<uint32_t>(strings.size()));
  header.resize(48, '\0');
  return header + table + strings;
}

// A root folder of its own with a program /bin/prog.
class LoadingTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "/loading_" +
            testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    Write("/lib64/ld.so", Elf({.soname = "ld.so"}));
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path(root_ + path).parent_path());
    ASSERT_TRUE(support::WriteFileAtomically(root_ + path, bytes).ok());
  }
  void Library(const std::string& path, const Spec& spec) {
    Write(path, Elf(spec));
  }
  void Program(Spec spec) {
    spec.interpreter = "/lib64/ld.so";
    Write("/bin/prog", Elf(spec));
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
  Write("/etc/ld.so.cache", Cache({{"liba.so", "/opt32/liba.so", 0x0803},
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
        Cache({{"liba.so", "/usr/lib/glibc-hwcaps/x86-64-v3/liba.so", 0x0303,
                uint64_t{1} << 62},
               {"liba.so", "/usr/lib/liba.so"}}));
  EXPECT_THAT(
      Paths({"x86-64-v3", "x86-64-v2"}),
      ElementsAre("/usr/lib/glibc-hwcaps/x86-64-v3/liba.so", "/lib64/ld.so"));
  EXPECT_THAT(Paths(), ElementsAre("/usr/lib/liba.so", "/lib64/ld.so"));
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
      Elf({.needed = {"liba.so"}, .interpreter = "/lib64/ld.so"});
  for (size_t size = 0; size < whole.size(); size += 7) {
    Write("/bin/prog", whole.substr(0, size));
    EXPECT_FALSE(Load().ok()) << size;
  }
}

TEST(LoaderCacheTest, LyingSizesAreRefused) {
  std::string bytes = Cache({{"liba.so", "/lib/liba.so"}});
  ASSERT_TRUE(LoaderCache::Parse(bytes, "cache").ok());
  bytes[20] = '\x7f';
  EXPECT_FALSE(LoaderCache::Parse(bytes, "cache").ok());
  EXPECT_FALSE(LoaderCache::Parse(bytes.substr(0, 30), "cache").ok());
  EXPECT_FALSE(LoaderCache::Parse("ld.so-1.7.0", "cache").ok());
}

}  // namespace
}  // namespace chestnut::binalyzer
