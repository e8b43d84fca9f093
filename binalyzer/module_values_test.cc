// Values of registers and stack slots, as the facts of a module give them.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "binalyzer/module_facts_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// The objects that `f` refers to, which reads a table behind another one.
std::vector<std::string> TablesOf(const std::string& body,
                                  const std::string& more = "") {
  return Facts(Shared(absl::StrCat(Named("f", body), Named("g", "ret"),
                                   Named("h", "ret"), more,
                                   "\n.section .rodata\nbound: .quad 1\n"
                                   ".section .data.rel.ro,\"aw\"\n"
                                   "before: .quad h, h\ntable: .quad g, g\n")))
      .List("functions", "f", "objects");
}

constexpr char kRead[] = "lea table(%rip),%rax; mov (%rax,%rdx,8),%rax; 9: ret";

TEST(Tables, AnIndexThatIsNotNegativeLeadsForward) {
  for (const char* index :
       {"cmp $1,%edi; ja 9f; movslq %edi,%rdx; ", "mov %edi,%edx; ",
        "movzbl %dil,%edx; ", "and $1,%edx; ", "cmp $1,%rdx; jae 9f; ",
        "movslq %edi,%rdx; cmp bound(%rip),%rdx; jae 9f; "}) {
    EXPECT_THAT(TablesOf(absl::StrCat(index, kRead)), ElementsAre("table"))
        << index;
  }
}

TEST(Tables, AnyOtherAddressMayBeTheEndOfWhatIsBefore) {
  for (const char* index :
       {"", "movslq %edi,%rdx; ", "cmp $1,%edi; jg 9f; movslq %edi,%rdx; ",
        "cmp $-1,%rdx; ja 9f; ", "cmp $1,%edx; ja 9f; ", "cmp $1,%rsi; ja 9f; ",
        "cmp %rdi,%rdx; ja 9f; ", "test %rdx,%rdx; ja 9f; ",
        "mov %edi,%edx; neg %rdx; ", "mov %edi,%esi; ",
        "cmp $1,%rdx; jb 9f; "}) {
    EXPECT_THAT(TablesOf(absl::StrCat(index, kRead)),
                UnorderedElementsAre("before", "table"))
        << index;
  }
  // Another use of the address, now or later.
  for (const char* use :
       {"lea table(%rip),%rax; mov (%rax,%rdx,8),%rcx; ret",
        "lea table(%rip),%rax; mov -8(%rax,%rdx,8),%rax; ret",
        "lea table(%rip),%rax; mov %rax,%rcx; mov (%rax,%rdx,8),%rax; ret",
        "lea table(%rip),%rax; mov %rsi,(%rax,%rdx,8); ret",
        "lea table(%rip),%rax; mov (%rax,%rdx,8),%ax; ret",
        "lea table(%rip),%rax; cmp %rax,%rsi; ret"}) {
    EXPECT_THAT(TablesOf(absl::StrCat("mov %edi,%edx; ", use)),
                UnorderedElementsAre("before", "table"))
        << use;
  }
}

TEST(Tables, TheIndexIsAnythingWhereControlComesInBehindItsCheck) {
  EXPECT_THAT(TablesOf(absl::StrCat("test %esi,%esi; je 8f; mov %edi,%edx; 8: ",
                                    kRead)),
              UnorderedElementsAre("before", "table"));
  EXPECT_THAT(TablesOf(absl::StrCat("mov %edi,%edx; inside: ", kRead),
                       Named("i", "jmp inside")),
              UnorderedElementsAre("before", "table"));
  EXPECT_THAT(TablesOf(absl::StrCat("mov %edi,%edx; inside: ", kRead),
                       Named("i", "lea inside(%rip),%rax; jmp *%rax")),
              UnorderedElementsAre("before", "table"));
  EXPECT_THAT(TablesOf(absl::StrCat("jmp *%rsi; mov %edi,%edx; ", kRead)),
              UnorderedElementsAre("before", "table"));
}

TEST(Values, NothingFollowsTheEndOfAThread) {
  // Also around a loop, as in _exit of libc.
  EXPECT_THAT(NumbersOf("mov $231,%esi; mov $60,%edx; jmp 2f\n"
                        "1: mov %edx,%eax; syscall\n"
                        "2: mov %esi,%eax; syscall; cmp $-4096,%rax; jbe 1b\n"
                        "mov $1,%eax; syscall; jmp 1b"),
              ElementsAre("231"));
  const Facts facts(Shared(absl::StrCat(
      Named("f", "mov $60,%eax; syscall; call g; jmp g"), Named("g", "ret"))));
  EXPECT_THAT(facts.Calls("f"), IsEmpty());
}

TEST(Values, OtherWaysLeadBehindTheEndOfAThread) {
  // Around it, with another number, or with one that is not known.
  EXPECT_THAT(NumbersOf("test %edi,%edi; je 1f; mov $60,%eax; syscall\n"
                        "1: mov $39,%eax; syscall; ret"),
              UnorderedElementsAre("60", "39"));
  EXPECT_THAT(NumbersOf("mov $60,%eax; test %edi,%edi; je 1f; mov $39,%eax\n"
                        "1: syscall; mov $1,%eax; syscall; ret"),
              Contains("1"));
  EXPECT_THAT(NumbersOf("mov %edi,%eax; syscall; mov $1,%eax; syscall; ret"),
              Contains("1"));
  // In from another function, and by a jump whose targets are not known.
  const Facts entered(Shared(absl::StrCat(
      Named("f", "mov $60,%eax; syscall\ninside: mov $1,%eax; syscall; ret"),
      Named("g", "jmp inside"))));
  EXPECT_THAT(entered.Numbers("f"), Contains("1"));
  EXPECT_THAT(NumbersOf("test %edi,%edi; je 1f; jmp *%rsi\n"
                        "1: mov $60,%eax; syscall; mov $1,%eax; syscall; ret"),
              Contains("1"));
}

TEST(Values, OfOneBlock) {
  EXPECT_THAT(NumbersOf("mov $39,%eax; syscall; ret"), ElementsAre("39"));
  EXPECT_THAT(NumbersOf("xor %eax,%eax; syscall; ret"), ElementsAre("0"));
  EXPECT_THAT(NumbersOf("push $57; pop %rax; syscall; ret"), ElementsAre("57"));
  EXPECT_THAT(NumbersOf("mov $60,%ebx; lea 1(%rbx),%eax; syscall; ret"),
              ElementsAre("61"));
  EXPECT_THAT(NumbersOf("movl $12,-8(%rsp); mov -8(%rsp),%eax; syscall; ret"),
              ElementsAre("12"));
  EXPECT_THAT(NumbersOf("mov $0x1234,%eax; mov $5,%al; movzbl %al,%eax;"
                        "syscall; ret"),
              ElementsAre("5"));
  EXPECT_THAT(NumbersOf("or $-1,%eax; and $0,%eax; inc %eax; shl $4,%eax;"
                        "syscall; ret"),
              ElementsAre("16"));
  EXPECT_THAT(NumbersOf("mov $1,%eax; cpuid; syscall; ret"),
              ElementsAre(HasSubstr("unknown")));
  EXPECT_THAT(NumbersOf("mov $1,%ah; syscall; ret"),
              ElementsAre(HasSubstr("unknown")));
}

TEST(Values, OfConditions) {
  EXPECT_THAT(NumbersOf("mov $3,%eax; mov $4,%ecx; test %edi,%edi;"
                        "cmovz %ecx,%eax; syscall; ret"),
              ElementsAre("(3 or 4)"));
  EXPECT_THAT(NumbersOf("mov $3,%eax; test %edi,%edi; jz 1f; mov $8,%eax;"
                        "1: syscall; ret"),
              ElementsAre("(3 or 8)"));
  // A loop comes to an end.
  EXPECT_THAT(NumbersOf("xor %eax,%eax; 1: inc %eax; dec %edi; jnz 1b;"
                        "syscall; ret"),
              ElementsAre(HasSubstr("unknown")));
}

TEST(Values, CallsChangeWhatTheyMay) {
  const std::string rest = Named("g", "ret", ".local");
  auto numbers = [&](const std::string& body) {
    return Facts(Shared(absl::StrCat(Named("f", body), rest))).Numbers("f");
  };
  EXPECT_THAT(numbers("push %rbx; mov $9,%ebx; call g; mov %ebx,%eax; syscall;"
                      "pop %rbx; ret"),
              ElementsAre("9"));
  EXPECT_THAT(numbers("mov $9,%ecx; call g; mov %ecx,%eax; syscall; ret"),
              ElementsAre(HasSubstr("unknown: a call changes it")));
  EXPECT_THAT(numbers("mov $9,%eax; call g; syscall; ret"),
              ElementsAre(HasSubstr("unknown: a call returns it")));
  // A spilled value is safe unless a pointer to it, or below it, got out.
  EXPECT_THAT(numbers("sub $24,%rsp; movl $9,8(%rsp); call g;"
                      "mov 8(%rsp),%eax; add $24,%rsp; syscall; ret"),
              ElementsAre("9"));
  EXPECT_THAT(numbers("sub $24,%rsp; movl $9,8(%rsp); lea 8(%rsp),%rdi;"
                      "call g; mov 8(%rsp),%eax; add $24,%rsp; syscall; ret"),
              ElementsAre(HasSubstr("unknown")));
  EXPECT_THAT(numbers("sub $24,%rsp; movl $9,8(%rsp); mov %rsp,%rdi;"
                      "call g; mov 8(%rsp),%eax; add $24,%rsp; syscall; ret"),
              ElementsAre(HasSubstr("unknown")));
  // Also if it got out only in the round before.
  EXPECT_THAT(numbers("sub $24,%rsp; movl $9,8(%rsp); 1: call g;"
                      "lea 8(%rsp),%rdi; test %eax,%eax; jnz 1b; call g;"
                      "mov 8(%rsp),%eax; add $24,%rsp; syscall; ret"),
              ElementsAre(HasSubstr("unknown")));
}

TEST(Values, WhatReturnsTwiceMayChangeTheStack) {
  EXPECT_THAT(NumbersOf("sub $24,%rsp; movl $9,8(%rsp); call setjmp@plt;"
                        "mov 8(%rsp),%eax; movl $7,8(%rsp); syscall;"
                        "add $24,%rsp; ret"),
              ElementsAre(HasSubstr("unknown")));
}

TEST(Values, AChildMayChangeTheStack) {
  for (absl::string_view number : {"56", "58", "435"}) {
    EXPECT_THAT(NumbersOf(absl::StrCat("movl $9,-8(%rsp); mov $", number,
                                       ",%eax; syscall; mov -8(%rsp),%eax;"
                                       "syscall; ret")),
                ElementsAre(number, HasSubstr("unknown")));
  }
  EXPECT_THAT(NumbersOf("movl $9,-8(%rsp); mov $39,%eax; syscall;"
                        "mov -8(%rsp),%eax; syscall; ret"),
              ElementsAre("39", "9"));
}

TEST(Values, CallersMemoryIsNotTheFrame) {
  EXPECT_THAT(NumbersOf("movl $9,-8(%rsp); movl $1,8(%rdi);"
                        "mov -8(%rsp),%eax; syscall; ret"),
              ElementsAre("9"));
  // An address that is not known may be.
  EXPECT_THAT(NumbersOf("movl $9,-8(%rsp); lea -8(%rsp),%rcx; mov (%rdi),%rdx;"
                        "movl $1,(%rdx); mov -8(%rsp),%eax; syscall; ret"),
              ElementsAre(HasSubstr("unknown")));
}

TEST(Values, CodeBehindCallsThatDoNotReturnDoesNotCount) {
  const std::string f = "mov $1,%eax; test %edi,%edi; jz 1f; mov $2,%eax; ";
  const std::string end = "; 1: syscall; ret";
  EXPECT_THAT(
      Facts(Shared(Named("f", f + "call abort@plt" + end))).Numbers("f"),
      ElementsAre("1"));
  // Through two functions that only end there.
  const Facts deep(Shared(absl::StrCat(
      Named("f", f + "call a" + end), Named("a", "call b", ".local"),
      Named("b", "1: call exit@plt; jmp 1b", ".local"))));
  EXPECT_THAT(deep.Numbers("f"), ElementsAre("1"));
  const Facts returning(Shared(absl::StrCat(
      Named("f", f + "call a" + end), Named("a", "jmp b", ".local"),
      Named("b", "test %edi,%edi; jz 1f; call exit@plt; 1: ret", ".local"))));
  EXPECT_THAT(returning.Numbers("f"),
              ElementsAre(HasSubstr("unknown: a call returns it")));
}

TEST(Values, SwitchesJoinAtTheirCases) {
  // The case falls through from 10 and is jumped to with 20.
  EXPECT_THAT(
      NumbersOf("mov $20,%eax; cmp $1,%edi; ja 9f; lea 8f(%rip),%rdx;"
                "movslq (%rdx,%rdi,4),%rcx; add %rdx,%rcx; jmp *%rcx;"
                "1: mov $10,%eax; 2: syscall; 9: ret;"
                ".section .rodata; .align 4; 8: .long 1b-8b; .long 2b-8b;"
                ".text"),
      ElementsAre("(20 or 10)"));
}

// The jump is in a part that was moved away, its table loaded before.
TEST(Values, SwitchesOfPartsMovedAway) {
  const Facts facts(Shared(absl::StrCat(
      Named("f",
            "mov $20,%eax; lea 8f(%rip),%rdx; test %edi,%edi; jz g.cold;"
            "1: mov $10,%eax; 2: syscall; ret"),
      Named("g.cold", "movslq (%rdx,%rdi,4),%rcx; add %rdx,%rcx; jmp *%rcx",
            ".local"),
      ".section .rodata; .align 4; 8: .long 1b-8b; .long 2b-8b\n")));
  EXPECT_THAT(facts.Numbers("f"), ElementsAre("(20 or 10)"));
}

TEST(Values, ParametersAreLeftToCallers) {
  const Facts facts(Shared(absl::StrCat(
      Named("wrapper", "mov %edi,%eax; mov %rsi,%rdi; syscall; ret", ".local"),
      Named("middle", "mov %esi,%edi; mov %rdx,%rsi; jmp wrapper", ".local"),
      Named("f", "mov $16,%esi; mov $3,%edx; call middle; ret"))));
  EXPECT_THAT(facts.Numbers("wrapper"), ElementsAre("i32(parameter 0)"));
  EXPECT_EQ(facts.Function("wrapper")["sites"][0]["arguments"][0],
            "parameter 1");
  EXPECT_EQ(facts.Function("middle")["calls"][0]["arguments"][0],
            "u32(parameter 1)");
  EXPECT_EQ(facts.Function("f")["calls"][0]["arguments"][1], "16");
  EXPECT_EQ(facts.Function("f")["calls"][0]["arguments"][2], "3");
}

// The seventh parameter, as of glibc's __syscall_cancel (since 2.41): who calls
// passes it on the stack.
constexpr char kWrapper[] = "mov 8(%rsp),%eax; syscall; ret";

std::vector<std::string> ArgumentsOf(const std::string& caller,
                                     const std::string& wrapper = kWrapper) {
  const Facts facts(Shared(absl::StrCat(Named("wrapper", wrapper, ".local"),
                                        Named("caller", caller))));
  const auto function = facts.Function("caller");
  for (const auto& call : function["calls"]) {
    if (call["call"] == "wrapper") return call["arguments"];
  }
  return {};
}

TEST(Values, ParametersOnTheStackAreLeftToCallers) {
  EXPECT_THAT(NumbersOf(kWrapper), ElementsAre(HasSubstr("parameter 6")));
  EXPECT_THAT(NumbersOf("sub $24,%rsp; mov 40(%rsp),%rax; syscall; ret"),
              ElementsAre(HasSubstr("parameter 7")));
  EXPECT_THAT(NumbersOf("push %rbp; mov %rsp,%rbp; mov 16(%rbp),%eax; "
                        "syscall; pop %rbp; ret"),
              ElementsAre(HasSubstr("parameter 6")));
  // The return address, half a word further, and more than are followed.
  for (const char* load : {"mov (%rsp),%eax", "mov 12(%rsp),%eax",
                           "mov 24(%rsp),%eax", "mov -8(%rsp),%eax"}) {
    EXPECT_THAT(NumbersOf(absl::StrCat(load, "; syscall; ret")),
                ElementsAre(HasSubstr("unknown")))
        << load;
  }
}

TEST(Values, ParametersOnTheStackMayBeChanged) {
  // By the function itself, which may know to what.
  EXPECT_THAT(NumbersOf("movq $3,8(%rsp); mov 8(%rsp),%eax; syscall; ret"),
              ElementsAre("3"));
  EXPECT_THAT(NumbersOf("mov %cl,9(%rsp); mov 8(%rsp),%eax; syscall; ret"),
              ElementsAre(HasSubstr("unknown")));
  EXPECT_THAT(NumbersOf("mov %rcx,(%rsp,%rdx,8); mov 8(%rsp),%eax; syscall; "
                        "ret"),
              ElementsAre(HasSubstr("unknown")));
  // By whoever gets the address.
  EXPECT_THAT(NumbersOf("lea 8(%rsp),%rdi; call other@plt; mov 8(%rsp),%eax; "
                        "syscall; ret"),
              ElementsAre(HasSubstr("unknown")));
  EXPECT_THAT(NumbersOf("call other@plt; mov 8(%rsp),%eax; syscall; ret"),
              ElementsAre(HasSubstr("parameter 6")));
}

TEST(Values, CallsPassArgumentsOnTheStack) {
  constexpr int kSeven = 7;
  std::vector<std::string> arguments =
      ArgumentsOf("sub $8,%rsp; push $39; call wrapper; add $16,%rsp; ret");
  ASSERT_THAT(arguments, SizeIs(kSeven));
  EXPECT_EQ(arguments[6], "39");
  // By both ways the stack is made ready.
  arguments = ArgumentsOf(
      "sub $24,%rsp; test %edi,%edi; je 1f; movq $39,(%rsp); jmp 2f; 1: movq "
      "$40,(%rsp); 2: call wrapper; add $24,%rsp; ret");
  ASSERT_THAT(arguments, SizeIs(kSeven));
  EXPECT_THAT(arguments[6], AllOf(HasSubstr("39"), HasSubstr("40")));
  // What the caller was given itself, also by a jump instead of a call.
  arguments = ArgumentsOf("sub $8,%rsp; push 16(%rsp); call wrapper; ret");
  ASSERT_THAT(arguments, SizeIs(kSeven));
  EXPECT_THAT(arguments[6], HasSubstr("parameter 6"));
  arguments = ArgumentsOf("jmp wrapper");
  ASSERT_THAT(arguments, Not(IsEmpty()));
  EXPECT_THAT(arguments[6], HasSubstr("parameter 6"));
  // Nobody knows it.
  EXPECT_THAT(ArgumentsOf("push %rcx; mov (%rdx),%rax; mov %rax,(%rsp); call "
                          "wrapper; ret"),
              SizeIs(6));
}

TEST(Values, EnteredInTheMiddleNothingIsKnown) {
  const Facts facts(
      Shared(absl::StrCat(Named("f", "mov $1,%eax; inside: syscall; ret"),
                          Named("g", "mov $2,%eax; jmp inside"))));
  EXPECT_THAT(facts.Numbers("f"),
              ElementsAre(HasSubstr("unknown: other code jumps there")));
  EXPECT_THAT(facts.Calls("g"), ElementsAre("f"));
}

}  // namespace
}  // namespace chestnut::binalyzer
