#include "support/file.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::support {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/file_test.XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override {
    for (const std::string& name : Names()) unlink(Path(name).c_str());
    rmdir(folder_.c_str());
  }
  std::string Path(const std::string& name) const {
    return folder_ + "/" + name;
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    DIR* folder = opendir(folder_.c_str());
    while (const dirent* entry = readdir(folder)) {
      if (entry->d_name[0] != '.') names.push_back(entry->d_name);
    }
    closedir(folder);
    return names;
  }

  std::string folder_;
};

TEST_F(FileTest, ReadsBackWhatWasWrittenWithItsMode) {
  const std::string content("a\0b\n", 4);
  ASSERT_TRUE(WriteFileAtomically(Path("x"), content, 0600).ok());
  EXPECT_EQ(*ReadFile(Path("x")), content);
  struct stat status;
  ASSERT_EQ(stat(Path("x").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_THAT(Names(), ElementsAre("x"));
}

TEST_F(FileTest, ReadsFilesWhoseSizeIsNotToldBeforehand) {
  EXPECT_THAT(*ReadFile("/proc/self/status"), HasSubstr("Seccomp"));
}

TEST_F(FileTest, NamesThePathThatCannotBeRead) {
  absl::Status status = ReadFile(Path("none")).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr(Path("none")));
  EXPECT_FALSE(ReadFile(folder_).ok());
}

TEST_F(FileTest, RefusesAFileAboveTheLimit) {
  ASSERT_TRUE(WriteFileAtomically(Path("x"), "12345").ok());
  EXPECT_TRUE(ReadFile(Path("x"), 5).ok());
  EXPECT_TRUE(absl::IsOutOfRange(ReadFile(Path("x"), 4).status()));
}

TEST_F(FileTest, AFailedWriteLeavesTheOldFileAndNothingElse) {
  ASSERT_TRUE(WriteFileAtomically(Path("x"), "old").ok());
  // A file size limit stands for a full disk: write fails half-way.
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    absl::Status status =
        WriteFileAtomically(Path("x"), std::string(5000, 'n'));
    _exit(status.ok() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(*ReadFile(Path("x")), "old");
  EXPECT_THAT(Names(), ElementsAre("x"));
}

TEST_F(FileTest, AFullDeviceIsReported) {
  absl::Status status = WriteFileAtomically("/dev/full", "x");
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("/dev/full"));
}

TEST_F(FileTest, AMissingFolderIsReported) {
  EXPECT_TRUE(absl::IsNotFound(WriteFileAtomically(Path("no/x"), "x")));
}

}  // namespace
}  // namespace chestnut::support
