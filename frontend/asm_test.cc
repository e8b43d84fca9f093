#include "frontend/asm.h"

#include "frontend/snippet.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::frontend {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

TEST(Assembly, EveryFormOfTheInstructionIsFound) {
  EXPECT_THAT(FindSyscallInstructions("syscall"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions("\tsyscall\n\tret"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions("1: syscall; jmp 1b"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions("SYSCALL"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions("sysenter"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions("int $0x80"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions("int\t$128"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions("int 80h"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions(".byte 0x0f, 0x05"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions(".byte 0x0f\n.byte 0x05"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions(".word 0x050f"), SizeIs(1));
  EXPECT_THAT(FindSyscallInstructions("rep syscall"), SizeIs(1));
}

TEST(Assembly, OtherInstructionsAreNot) {
  EXPECT_THAT(FindSyscallInstructions("call syscall"), IsEmpty());
  EXPECT_THAT(FindSyscallInstructions("int3"), IsEmpty());
  EXPECT_THAT(FindSyscallInstructions("int $3"), IsEmpty());
  EXPECT_THAT(FindSyscallInstructions("nop # syscall"), IsEmpty());
  EXPECT_THAT(FindSyscallInstructions("lea syscall(%rip), %rax"), IsEmpty());
  EXPECT_THAT(FindSyscallInstructions(""), IsEmpty());
}

TEST(Assembly, OperandsAreFoundByTheirRegisters) {
  auto facts = FactsOfC(
      "long f(long n, long a, long b, long c, long d) { long r;"
      " register long r10 __asm__(\"r10\") = d;"
      " register long r8 __asm__(\"r8\") = 5;"
      " __asm__ volatile (\"syscall\" : \"=a\"(r) : \"a\"(n), \"D\"(a),"
      " \"S\"(b), \"d\"(c), \"r\"(r10), \"r\"(r8) : \"rcx\", \"r11\");"
      " return r; }");
  EXPECT_THAT(facts.Numbers("f"), ElementsAre("parameter 0"));
  EXPECT_THAT(
      facts.SiteArguments("f"),
      ElementsAre("parameter 1", "parameter 2", "parameter 3", "parameter 4",
                  "5", HasSubstr("not an operand of the assembly")));
}

TEST(Assembly, AMatchingConstraintIsItsOutput) {
  auto facts = FactsOfC(
      "long f(long a) { long r; __asm__ volatile (\"syscall\" : \"=a\"(r)"
      " : \"0\"(39), \"D\"(a)); return r; }");
  EXPECT_THAT(facts.Numbers("f"), ElementsAre("39"));
}

TEST(Assembly, ANamedMatchingConstraintIsItsOutput) {
  auto facts = FactsOfC(
      "long f(void) { long r; __asm__ volatile (\"syscall\""
      " : [ret] \"=a\"(r) : \"[ret]\"(39)); return r; }");
  EXPECT_THAT(facts.Numbers("f"), ElementsAre("39"));
}

TEST(Assembly, AnOperandThatIsReadAndWrittenHoldsWhatItWasGiven) {
  auto facts = FactsOfC(
      "long f(long n) { long r = n; __asm__ volatile (\"syscall\""
      " : \"+a\"(r)); return r; }");
  EXPECT_THAT(facts.Numbers("f"), ElementsAre("parameter 0"));
  EXPECT_THAT(facts.Of("f", "flows"),
              testing::Contains(HasSubstr("result of inline assembly")));
}

TEST(Assembly, InALoopItMayHoldTheResultBefore) {
  auto facts = FactsOfC(
      "long f(long n) { long r = n; for (;;) { __asm__ volatile"
      " (\"syscall\" : \"+a\"(r)); if (r) return r; } }");
  EXPECT_THAT(facts.Numbers("f"), ElementsAre("local 0"));
}

TEST(Assembly, OtherInstructionsBeforeItMakeTheNumberUnknown) {
  auto facts = FactsOfC(
      "void f(void) { __asm__ volatile (\"mov $60, %%eax\\n\\tsyscall\""
      " : : \"a\"(39)); }");
  EXPECT_THAT(facts.Numbers("f"), ElementsAre(StartsWith("unknown:")));
}

TEST(Assembly, AnOldSystemCallGateHasItsOwnKind) {
  auto facts = FactsOfC(
      "void f(void) { __asm__ volatile (\"int $0x80\" : : \"a\"(1)); }");
  EXPECT_THAT(facts.Numbers("f"), ElementsAre("1"));
  EXPECT_EQ(facts.json()["functions"][0]["sites"][0]["kind"], "int80");
}

}  // namespace
}  // namespace chestnut::frontend
