#include "patcher/output.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::patcher {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OutputTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Where other users come, too.
    folder_ = "/tmp/output_test.XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    like_ = Path("like");
    Make(like_, "old");
    ASSERT_EQ(chmod(like_.c_str(), 0751), 0);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const {
    return folder_ + "/" + name;
  }
  static void Make(const std::string& path, const std::string& content) {
    ASSERT_TRUE(support::WriteFileAtomically(path, content).ok());
  }
  static struct stat Stat(const std::string& path) {
    struct stat status = {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status;
  }
  std::vector<std::string> Write(const std::string& path) const {
    absl::StatusOr<std::vector<std::string>> lost =
        WriteLike(like_, path, "new");
    EXPECT_TRUE(lost.ok()) << lost.status();
    EXPECT_EQ(*support::ReadFile(path), "new");
    return lost.ok() ? *lost : std::vector<std::string>();
  }
  size_t CountFiles() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_)) {
      ++count;
    }
    return count;
  }

  std::string folder_;
  std::string like_;
};

TEST_F(OutputTest, KeepsPermissionsAndAttributes) {
  const bool attributes =
      setxattr(like_.c_str(), "user.origin", "here", 4, 0) == 0;
  EXPECT_THAT(Write(Path("out")), IsEmpty());
  EXPECT_EQ(Stat(Path("out")).st_mode & 07777, 0751u);
  EXPECT_EQ(Stat(Path("out")).st_uid, Stat(like_).st_uid);
  if (!attributes) return;  // not every file system has them
  char value[4];
  EXPECT_EQ(getxattr(Path("out").c_str(), "user.origin", value, 4), 4);
  EXPECT_EQ(std::string(value, 4), "here");
}

TEST_F(OutputTest, ReplacesTheFileItself) {
  // Whoever has the old file open, or runs it, keeps it.
  Make(Path("other"), "before");
  fs::create_hard_link(Path("other"), Path("hard"));
  fs::create_symlink("other", Path("soft"));
  EXPECT_EQ(CountNames(Path("other")), 2u);
  Write(Path("soft"));
  EXPECT_TRUE(fs::is_symlink(Path("soft")));
  EXPECT_EQ(*support::ReadFile(Path("other")), "new");
  EXPECT_EQ(*support::ReadFile(Path("hard")), "before");
  Write(like_);
  EXPECT_EQ(Stat(like_).st_mode & 07777, 0751u);
}

TEST_F(OutputTest, SetUidGoesToNobodyElse) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can make such a file";
  ASSERT_EQ(chown(like_.c_str(), 12345, 12345), 0);
  ASSERT_EQ(chmod(like_.c_str(), 04755), 0);
  ASSERT_EQ(chmod(folder_.c_str(), 0777), 0);
  EXPECT_THAT(Write(Path("by_root")), IsEmpty());
  EXPECT_EQ(Stat(Path("by_root")).st_mode & 07777, 04755u);
  EXPECT_EQ(Stat(Path("by_root")).st_uid, 12345u);
  ASSERT_EQ(seteuid(54321), 0);
  const std::vector<std::string> lost = Write(Path("by_other"));
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_EQ(Stat(Path("by_other")).st_mode & 07777, 0755u);
  ASSERT_EQ(lost.size(), 2u);
  EXPECT_THAT(lost[0], HasSubstr("the owner 12345:12345"));
  EXPECT_EQ(lost[1], "set-uid, set-gid");
}

TEST_F(OutputTest, LeavesNothingBehindWhenItFails) {
  const size_t before = CountFiles();
  for (const std::string& path :
       {Path("missing/out"), folder_, std::string("/dev/null")}) {
    absl::Status status = WriteLike(like_, path, "new").status();
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("cannot write " + path));
  }
  EXPECT_FALSE(WriteLike(Path("missing"), Path("out"), "new").ok());
  EXPECT_EQ(CountFiles(), before);
  EXPECT_FALSE(fs::exists(Path("out")));
}

}  // namespace
}  // namespace chestnut::patcher
