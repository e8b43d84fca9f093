#include "syscalls/table.h"

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace chestnut::syscalls {
namespace {

// The numbers of the kernel headers that this was compiled with.
std::map<std::string, int> KernelHeader() {
  std::map<std::string, int> numbers;
  std::ifstream header("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
  std::string line;
  while (std::getline(header, line)) {
    std::istringstream words(line);
    std::string define;
    std::string name;
    int number = 0;
    if (words >> define >> name >> number && name.rfind("__NR_", 0) == 0) {
      numbers[name.substr(5)] = number;
    }
  }
  return numbers;
}

TEST(TableTest, HoldsEveryCallOfTheKernelHeaders) {
  const std::map<std::string, int> header = KernelHeader();
  ASSERT_GT(header.size(), 350u);
  for (const auto& [name, number] : header) {
    const Syscall* call = FindByName(name);
    ASSERT_NE(call, nullptr) << name;
    EXPECT_EQ(call->number, number) << name;
  }
  // All others are newer than those headers, or live in the old gap.
  for (const Syscall& call : All()) {
    if (header.contains(std::string(call.name))) continue;
    EXPECT_TRUE(call.number > 450 || call.number == 335 || call.number == 336)
        << call.name;
  }
}

TEST(TableTest, IsSortedAndEndsAtTheLargestKnownNumber) {
  int previous = -1;
  for (const Syscall& call : All()) {
    EXPECT_GT(call.number, previous) << call.name;
    previous = call.number;
    EXPECT_EQ(FindByNumber(call.number), &call);
    EXPECT_EQ(FindByName(call.name), &call);
  }
  EXPECT_EQ(previous, kMaxKnown);
  EXPECT_EQ(kMaxKnown, 471);
}

TEST(TableTest, FindsNothingForWhatIsNoCall) {
  for (int64_t number : {int64_t{-1}, int64_t{337}, int64_t{423}, int64_t{472},
                         int64_t{1} << 32}) {
    EXPECT_EQ(FindByNumber(number), nullptr) << number;
  }
  for (const char* name : {"", "opena", "openat3", "Read", "zzz"}) {
    EXPECT_EQ(FindByName(name), nullptr) << name;
  }
  EXPECT_EQ(NameOrNumber(337), "unknown call 337");
  EXPECT_EQ(NameOrNumber(59), "execve");
}

// Width and pointer of each argument, as in x86_64.inc.
std::string Letters(const char* name) {
  const Syscall* call = FindByName(name);
  std::string letters;
  for (int i = 0; i < call->argument_count; ++i) {
    const Argument& argument = call->arguments[static_cast<size_t>(i)];
    letters.push_back(argument.pointer       ? 'p'
                      : argument.width == 32 ? 'i'
                                             : 'l');
  }
  return letters;
}

TEST(TableTest, KnowsWhatTheKernelReadsOfEachArgument) {
  EXPECT_EQ(Letters("read"), "ipl");
  EXPECT_EQ(Letters("openat"), "ipii");
  EXPECT_EQ(Letters("ioctl"), "iil");
  EXPECT_EQ(Letters("fcntl"), "iil");
  EXPECT_EQ(Letters("socket"), "iii");
  EXPECT_EQ(Letters("prctl"), "illll");
  EXPECT_EQ(Letters("lseek"), "ili");
  EXPECT_EQ(Letters("futex"), "piippi");
  EXPECT_EQ(Letters("getpid"), "");
  EXPECT_EQ(Letters("pselect6"), "ippppp");
}

// The kernel declares these as long, but libc passes an int with garbage above.
TEST(TableTest, ReadsLongsThatAreIntsInLibcAsInts) {
  EXPECT_EQ(Letters("mmap"), "lliiil");
  EXPECT_EQ(Letters("mprotect"), "lli");
  EXPECT_EQ(Letters("pkey_mprotect"), "llii");
  EXPECT_EQ(Letters("clone"), "ilppl");
}

TEST(TableTest, KnowsSinceWhenACallExists) {
  EXPECT_EQ(FindByName("seccomp")->since, "3.17");
  EXPECT_EQ(FindByName("clone3")->since, "5.3");
  EXPECT_EQ(FindByName("mseal")->since, "6.10");
}

}  // namespace
}  // namespace chestnut::syscalls
