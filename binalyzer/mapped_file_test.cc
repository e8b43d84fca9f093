#include "binalyzer/mapped_file.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

std::string MakeFile(uintmax_t size) {
  std::string path =
      ::testing::TempDir() + "/mapped_file_test_" + std::to_string(getpid());
  std::ofstream(path, std::ios::trunc).close();
  std::filesystem::resize_file(path, size);
  return path;
}

constexpr size_t kSize = size_t{1} << 20;

// Reads the last byte of a file that has become empty.
void ReadWhatIsGone(const std::string& path) {
  auto other = MappedFile::Open(path);
  auto file = MappedFile::Open(path);
  other = MappedFile::Open("/proc/self/exe");
  std::filesystem::resize_file(path, 0);
  std::putchar(file->bytes()[kSize - 1]);
}

TEST(MappedFileDeathTest, AFileThatShrinksIsNamed) {
  const std::string path = MakeFile(kSize);
  EXPECT_EXIT(ReadWhatIsGone(path), ::testing::ExitedWithCode(2),
              "^chestnut: " + path + ": it became shorter while it was read");
  std::filesystem::remove(path);
}

TEST(MappedFileTest, WhatIsNotReadTakesNoMemory) {
  const std::string path = MakeFile(uintmax_t{1} << 31);
  const auto file = MappedFile::Open(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->bytes().size(), size_t{1} << 31);
  EXPECT_EQ(file->bytes()[kSize], 0);
  rusage usage;
  ASSERT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
  EXPECT_LT(usage.ru_maxrss, 1 << 20);  // KiB
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace chestnut::binalyzer
