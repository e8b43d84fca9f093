#include "syscalls/arguments.h"

#include <tuple>

#include "gtest/gtest.h"
#include "syscalls/table.h"

namespace chestnut::syscalls {
namespace {

int Number(const char* name) { return FindByName(name)->number; }

TEST(ArgumentsTest, RulesAreMadeForTheArgumentsThatDecideWhatACallDoes) {
  EXPECT_TRUE(IsRuled(Number("mmap"), 2));
  EXPECT_TRUE(IsRuled(Number("mprotect"), 2));
  EXPECT_TRUE(IsRuled(Number("pkey_mprotect"), 2));
  EXPECT_TRUE(IsRuled(Number("clone"), 0));
  EXPECT_TRUE(IsRuled(Number("socket"), 0));
  EXPECT_TRUE(IsRuled(Number("socket"), 1));
  EXPECT_TRUE(IsRuled(Number("prctl"), 0));
  EXPECT_TRUE(IsRuled(Number("ioctl"), 1));
  EXPECT_TRUE(IsRuled(Number("fcntl"), 1));
  EXPECT_FALSE(IsRuled(Number("mmap"), 3));
  EXPECT_FALSE(IsRuled(Number("read"), 0));
}

TEST(ArgumentsTest, RuledArgumentsAreSortedAndNeverAddresses) {
  std::tuple<int, int> previous = {-1, -1};
  for (const RuledArgument& ruled : RuledArguments()) {
    EXPECT_LT(previous, std::tuple(ruled.number, ruled.index));
    previous = {ruled.number, ruled.index};
    const Syscall* call = FindByNumber(ruled.number);
    ASSERT_NE(call, nullptr);
    ASSERT_LT(ruled.index, call->argument_count);
    EXPECT_FALSE(call->arguments[static_cast<size_t>(ruled.index)].pointer);
  }
}

TEST(ArgumentsTest, FormatsValuesByName) {
  EXPECT_EQ(FormatArgument(Number("mmap"), 2, 0), "PROT_NONE");
  EXPECT_EQ(FormatArgument(Number("mmap"), 2, 3), "PROT_READ|PROT_WRITE");
  EXPECT_EQ(FormatArgument(Number("mprotect"), 2, 0x11), "PROT_READ|0x10");
  EXPECT_EQ(FormatArgument(Number("mmap"), 3, 0x22),
            "MAP_PRIVATE|MAP_ANONYMOUS");
  EXPECT_EQ(FormatArgument(Number("openat"), 2, 0x80000), "O_CLOEXEC");
  EXPECT_EQ(FormatArgument(Number("openat"), 2, 0), "O_RDONLY");
  EXPECT_EQ(FormatArgument(Number("socket"), 0, 2), "AF_INET");
  EXPECT_EQ(FormatArgument(Number("socket"), 1, 0x80001),
            "SOCK_STREAM|SOCK_CLOEXEC");
  EXPECT_EQ(FormatArgument(Number("clone"), 0, 17), "SIGCHLD");
  EXPECT_EQ(FormatArgument(Number("clone"), 0, 0x4111),
            "CLONE_VM|CLONE_VFORK|SIGCHLD");
  EXPECT_EQ(FormatArgument(Number("fcntl"), 1, 2), "F_SETFD");
  EXPECT_EQ(FormatArgument(Number("ioctl"), 1, 0x5413), "TIOCGWINSZ");
  EXPECT_EQ(FormatArgument(Number("prctl"), 0, 38), "PR_SET_NO_NEW_PRIVS");
}

TEST(ArgumentsTest, FormatsOtherValuesAsNumbers) {
  EXPECT_EQ(FormatArgument(Number("ioctl"), 1, 0x12345678), "0x12345678");
  EXPECT_EQ(FormatArgument(Number("lseek"), 1, 16), "0x10");
}

}  // namespace
}  // namespace chestnut::syscalls
