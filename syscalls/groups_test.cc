#include "syscalls/groups.h"

#include <map>
#include <string>

#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "syscalls/table.h"

namespace chestnut::syscalls {
namespace {

TEST(GroupsTest, EveryCallIsInExactlyOne) {
  std::map<std::string, int> times;
  for (const Group& group : Groups()) {
    for (absl::string_view name : absl::StrSplit(group.calls, ' ')) {
      EXPECT_NE(FindByName(name), nullptr) << name;
      ++times[std::string(name)];
    }
  }
  for (const Syscall& call : All()) {
    EXPECT_EQ(times[std::string(call.name)], 1) << call.name;
  }
}

TEST(GroupsTest, TheMostDangerousComeFirst) {
  Danger last = Danger::kHigh;
  for (const Group& group : Groups()) {
    EXPECT_GE(group.danger, last) << group.name;
    last = group.danger;
  }
  EXPECT_EQ(GroupOf(FindByName("ptrace")->number).danger, Danger::kHigh);
  EXPECT_EQ(GroupOf(FindByName("getpid")->number).danger, Danger::kLow);
}

}  // namespace
}  // namespace chestnut::syscalls
