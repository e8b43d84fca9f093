#include "binalyzer/code_scan.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CodeScanTest, FindsAllThreeInstructions) {
  const std::string code("\x90\x0f\x05\xcd\x80\x0f\x34\x0f", 8);
  EXPECT_THAT(FindSyscallBytes(code, 0, code.size()), ElementsAre(1, 3, 5));
  EXPECT_THAT(FindSyscallBytes(code, 2, 4), IsEmpty());
  EXPECT_THAT(FindSyscallBytes(code, 0, 100), ElementsAre(1, 3, 5));
  EXPECT_THAT(FindSyscallBytes("", 0, 0), IsEmpty());
}

TEST(CodeScanTest, FindsCallsAndJumpsThroughRegistersAndMemory) {
  // call *%rax; jmp *8(%rdi); inc %eax; push (%rax); call *%r9
  const std::string code("\xff\xd0\xff\x67\x08\xff\xc0\xff\x30\x41\xff\xd1",
                         12);
  EXPECT_THAT(FindIndirectCallBytes(code), ElementsAre(0, 2, 10));
}

TEST(CodeScanTest, FollowsDisplacementsInsideTheCode) {
  const std::string code("\xe8\x01\x00\x00\x00\x90\xc3\xe9\xf4\xff\xff\xff",
                         12);
  EXPECT_EQ(RelativeTarget(code, 1), 6);
  EXPECT_EQ(RelativeTarget(code, 8), 0);
  EXPECT_EQ(RelativeTarget(code, 9), std::nullopt);
}

}  // namespace
}  // namespace chestnut::binalyzer
