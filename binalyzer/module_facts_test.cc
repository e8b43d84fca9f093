#include "binalyzer/module_facts.h"

#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "binalyzer/elf_testing.h"
#include "facts/dump.h"
#include "facts/reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace chestnut::binalyzer {
namespace {

using ::nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string SerializedFacts(const std::string& bytes,
                            ModuleStatistics* statistics = nullptr) {
  const auto image = Image::Read(bytes, "module.so");
  EXPECT_TRUE(image.ok()) << image.status();
  if (!image.ok()) return "";
  auto facts = ModuleFacts(*image, {.statistics = statistics});
  EXPECT_TRUE(facts.ok()) << facts.status();
  return facts.ok() ? *facts : "";
}

// The facts as a person would read them.
class Facts {
 public:
  explicit Facts(const std::string& bytes,
                 ModuleStatistics* statistics = nullptr) {
    auto view = facts::UnitView::Create(
        std::make_shared<const std::string>(SerializedFacts(bytes, statistics)),
        "module");
    EXPECT_TRUE(view.ok()) << view.status();
    if (view.ok()) all = json::parse(facts::DumpJson(*view));
  }

  Facts() = default;

  json Entry(const char* table, const std::string& name) const {
    for (const json& entry : all.value(table, json::array())) {
      if (entry["name"] == name) return entry;
    }
    return json::object();
  }
  json Function(const std::string& name) const {
    json found = Entry("functions", name);
    EXPECT_FALSE(found.empty()) << "no function " << name;
    return found;
  }
  // The numbers of the function's system calls, in order.
  std::vector<std::string> Numbers(const std::string& name) const {
    std::vector<std::string> numbers;
    for (const json& site : Function(name).value("sites", json::array())) {
      numbers.push_back(site["number"]);
    }
    return numbers;
  }
  std::vector<std::string> Calls(const std::string& name) const {
    std::vector<std::string> called;
    for (const json& call : Function(name).value("calls", json::array())) {
      called.push_back(call["call"]);
    }
    return called;
  }
  std::vector<std::string> List(const char* table, const std::string& name,
                                const char* list) const {
    return Entry(table, name).value(list, std::vector<std::string>());
  }
  std::vector<std::string> Taken(const std::string& name) const {
    return List("functions", name, "address_taken");
  }

  json all;
};

// A function of the assembly text as shared objects have them.
std::string Named(const std::string& name, const std::string& body,
                  const std::string& scope = ".globl") {
  return absl::StrCat(scope, " ", name, "\n.type ", name, ",@function\n", name,
                      ":\n.cfi_startproc\n", body, "\n.cfi_endproc\n.size ",
                      name, ",.-", name, "\n");
}

std::string Shared(const std::string& assembly) {
  return Compile("gcc", "assembler", absl::StrCat(".text\n", assembly),
                 "-shared -nostdlib -Wl,-z,noexecstack");
}

std::string Object(const std::string& assembly) {
  return Compile("gcc", "assembler", absl::StrCat(".text\n", assembly), "-c");
}

// The system call numbers of one function made of `body`.
std::vector<std::string> NumbersOf(const std::string& body) {
  return Facts(Shared(Named("f", body))).Numbers("f");
}

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

TEST(Values, EnteredInTheMiddleNothingIsKnown) {
  const Facts facts(
      Shared(absl::StrCat(Named("f", "mov $1,%eax; inside: syscall; ret"),
                          Named("g", "mov $2,%eax; jmp inside"))));
  EXPECT_THAT(facts.Numbers("f"),
              ElementsAre(HasSubstr("unknown: other code jumps there")));
  EXPECT_THAT(facts.Calls("g"), ElementsAre("f"));
}

TEST(Code, JumpsIntoInstructionsAreFollowed) {
  // Past the lock prefix; and a system call inside of another instruction.
  EXPECT_THAT(NumbersOf("mov $7,%eax; cmpl $0,%fs:0x18; je 1f; lock; 1: incl "
                        "(%rdi); syscall; ret"),
              ElementsAre("7"));
  EXPECT_THAT(NumbersOf("mov $7,%eax; jmp 1f+1; 1: .byte 0xb9, 0x0f, 0x05, "
                        "0xc3, 0x90; ret"),
              ElementsAre("7"));
}

TEST(Code, KindsOfSystemCalls) {
  const Facts facts(
      Shared(Named("f", "mov $1,%eax; int $0x80; mov $2,%eax; sysenter")));
  const json sites = facts.Function("f")["sites"];
  ASSERT_THAT(sites, SizeIs(2));
  EXPECT_EQ(sites[0]["kind"], "int80");
  EXPECT_EQ(sites[1]["kind"], "sysenter");
}

TEST(Code, ControlGoesOnIntoTheNextFunction) {
  const Facts facts(
      Shared(absl::StrCat(Named("f", "mov $1,%edi"), Named("g", "ret"),
                          Named("h", "call exit@plt"), Named("i", "ret"))));
  EXPECT_THAT(facts.Calls("f"), ElementsAre("g"));
  EXPECT_THAT(facts.Calls("h"), ElementsAre("exit"));
}

TEST(Code, PartsMovedAwayBelongToTheirFunction) {
  std::string bytes = Shared(absl::StrCat(
      Named("f", "mov $5,%eax; test %edi,%edi; jnz f.cold; ret"),
      Named("f.cold", "syscall; jmp *g@GOTPCREL(%rip)", ".local")));
  const Facts facts(bytes);
  EXPECT_THAT(facts.Numbers("f"), ElementsAre("5"));
  EXPECT_THAT(facts.Calls("f"), ElementsAre("g"));
  EXPECT_TRUE(facts.Entry("functions", "f.cold").empty());
}

TEST(References, CallsTestsAndValues) {
  const Facts facts(Shared(absl::StrCat(
      Named("f",
            "call a@plt; call *b@GOTPCREL(%rip);"
            "cmpq $0,weak@GOTPCREL(%rip); mov d@GOTPCREL(%rip),%rax;"
            "lea e(%rip),%rdi; jmp *c@GOTPCREL(%rip)"),
      Named("e", "ret", ".local"), ".weak weak\n")));
  EXPECT_THAT(facts.Calls("f"), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(facts.Taken("f"), UnorderedElementsAre("d", "e"));
  EXPECT_EQ(facts.Function("f")["untyped"], true);
}

TEST(References, ObjectsLeadToFunctions) {
  const Facts facts(Shared(absl::StrCat(
      Named("f", "lea table(%rip),%rax; ret"), Named("e", "ret", ".local"),
      ".data\n.align 8\n.type table,@object\n.size table,16\n"
      "table: .quad number, other\n"
      ".type other,@object\n.size other,16\nother: .quad 5, e\n"
      ".type number,@object\n.size number,8\nnumber: .quad 7\n")));
  EXPECT_THAT(facts.List("functions", "f", "objects"), Contains("table"));
  EXPECT_THAT(facts.List("objects", "table", "objects"), Contains("other"));
  EXPECT_THAT(facts.List("objects", "other", "address_taken"),
              ElementsAre("e"));
  EXPECT_TRUE(facts.Entry("objects", "number").empty())
      << "nothing can be reached through it";
}

TEST(References, WhatIsLoadedAtRunTime) {
  const Facts facts(Shared(
      absl::StrCat(Named("f",
                         "lea 1f(%rip),%rdi; mov $2,%esi; call dlopen@plt;"
                         "mov %rax,%rdi; mov %rbx,%rsi; call dlsym@plt; ret"),
                   ".section .rodata\n1: .asciz \"libz.so.1\"\n")));
  const json needs = facts.all["needs"];
  ASSERT_THAT(needs, SizeIs(2));
  EXPECT_EQ(needs[0]["function"], "dlopen");
  EXPECT_EQ(needs[0]["name"], "libz.so.1");
  EXPECT_EQ(needs[1]["function"], "dlsym");
  EXPECT_FALSE(needs[1].contains("name"));
}

TEST(References, HandlersAreReachedWithTheirFunction) {
  const Facts facts(Compile("g++", "c++", R"(
      void Thrower(); void Handle(); long sink;
      void f() {
        try { Thrower(); } catch (int) {
          Handle();
        }
      })",
                            "-O2 -fPIC -shared"));
  EXPECT_THAT(facts.Calls("_Z1fv"),
              IsSupersetOf({"_Z7Throwerv", "_Z6Handlev", "__cxa_begin_catch",
                            "__gxx_personality_v0"}));
  EXPECT_THAT(facts.List("functions", "_Z1fv", "objects"), Contains("_ZTIi"));
}

TEST(Modules, SymbolsOfSharedObjects) {
  const Facts facts(Compile("gcc", "c", R"(
      extern int puts(const char *);
      static int hidden(const char *s) { return puts(s); }
      int (*pointer)(const char *) = hidden;
      int called(const char *s) { return pointer(s); }
      int also(const char *) __attribute__((alias("called")));
      static int one(void) { return 1; }
      static void *choose(void) { return one; }
      int chosen(void) __attribute__((ifunc("choose")));)",
                            "-O1 -fPIC -shared"));
  EXPECT_THAT(facts.all["kind"].dump(), HasSubstr("module"));
  json symbols;
  for (const json& symbol : facts.all["symbols"]) {
    if (symbol["linkage"] != "internal") symbols[symbol["name"]] = symbol;
  }
  EXPECT_TRUE(symbols["called"].contains("alias_of"));
  EXPECT_EQ(symbols["called"]["alias_of"], symbols["also"]["alias_of"]);
  EXPECT_EQ(symbols["chosen"]["ifunc_resolver"], "choose");
  // What an ifunc can be is what its resolver returns.
  const json resolver = facts.Function("choose");
  EXPECT_FALSE(resolver.contains("untyped"));
  EXPECT_THAT(resolver["flows"], SizeIs(1));
  EXPECT_THAT(resolver["flows"][0].dump(), HasSubstr("one"));
}

TEST(Modules, ObjectsReadAsTheirLinkedOutput) {
  const std::string assembly = absl::StrCat(
      Named("f",
            "mov $16,%edi; call wrapper; lea table(%rip),%rax;"
            "call missing@plt; ret"),
      Named("wrapper", "mov %edi,%eax; syscall; ret", ".local"),
      ".section .data.rel.local,\"aw\"\n.type table,@object\n.size table,8\n"
      "table: .quad wrapper\n");
  for (const std::string& bytes : {Shared(assembly), Object(assembly)}) {
    const Facts facts(bytes);
    EXPECT_THAT(facts.Numbers("wrapper"), ElementsAre("i32(parameter 0)"));
    EXPECT_THAT(facts.Calls("f"), UnorderedElementsAre("wrapper", "missing"));
    EXPECT_EQ(facts.Function("f")["calls"][0]["arguments"][0], "16");
    EXPECT_THAT(facts.List("functions", "f", "objects"), Contains("table"));
    EXPECT_THAT(facts.List("objects", "table", "address_taken"),
                ElementsAre("wrapper"));
  }
}

// Who links an object asks whether its code keeps to what it is given.
TEST(Objects, IndirectCallsSayWhereTheyLead) {
  const Facts facts(Object(absl::StrCat(
      Named("given", "jmp *%rsi"),
      Named("kept", "mov %rdi,%r9; mov $56,%eax; syscall; call *%r9; ret"),
      Named("named", "lea given(%rip),%rax; call *%rax; ret"),
      Named("found", "call *8(%rdi); ret"),
      Named("longjmp", "jmp *56(%rdi)"))));
  EXPECT_THAT(facts.Calls("given"), ElementsAre(HasSubstr("parameter 1")));
  EXPECT_THAT(facts.Calls("kept"), ElementsAre(HasSubstr("parameter 0")));
  EXPECT_THAT(facts.Calls("named"), ElementsAre(HasSubstr("given")));
  EXPECT_THAT(facts.Calls("found"), ElementsAre(HasSubstr("unknown")));
  EXPECT_THAT(facts.Calls("longjmp"), IsEmpty());
}

TEST(Objects, WritesThroughPointersAreSaid) {
  const Facts facts(Object(absl::StrCat(
      Named("frame",
            "push %rbx; mov %rdi,8(%rsp); movaps %xmm0,-24(%rsp); "
            "pop %rbx; ret"),
      Named("variable", "movl $1,place(%rip); ret"),
      Named("pointer", "movl $1,(%rdi); ret"),
      Named("vector", "movups %xmm0,(%rdi); ret"),
      Named("string", "rep stosb; ret"), Named("memset", "rep stosb; ret"),
      ".data\nplace: .long 0\n")));
  for (const char* name : {"pointer", "vector", "string"}) {
    EXPECT_TRUE(facts.Function(name).contains("conversions")) << name;
  }
  for (const char* name : {"frame", "variable", "memset"}) {
    EXPECT_FALSE(facts.Function(name).contains("conversions")) << name;
  }
}

TEST(Objects, WhatOtherFactsHaveIsReferredTo) {
  const std::string object =
      Object(absl::StrCat(Named("mine", "call theirs; ret"),
                          Named("theirs", "mov $39,%eax; syscall; ret"),
                          Named("local", "jmp mine", ".local")));
  const auto image = Image::Read(object, "object.o");
  ASSERT_TRUE(image.ok()) << image.status();
  ModuleOptions options;
  options.any_of_them = "any";
  options.describe =
      [](const ImageSymbol& symbol) -> std::optional<DescribedName> {
    if (symbol.name != "theirs") return std::nullopt;
    return DescribedName{"theirs in source", /*internal=*/true};
  };
  const auto bytes = ModuleFacts(*image, options);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto view = facts::UnitView::Create(
      std::make_shared<const std::string>(*bytes), "object.o");
  ASSERT_TRUE(view.ok()) << view.status();
  Facts facts;
  facts.all = json::parse(facts::DumpJson(*view));
  EXPECT_THAT(facts.Calls("mine"), ElementsAre("theirs in source"));
  EXPECT_THAT(facts.Calls("any"), UnorderedElementsAre("mine", "local"));
  EXPECT_TRUE(facts.Entry("functions", "theirs").empty());
}

TEST(Modules, FixedAddressesAreNumbers) {
  const Facts facts(Compile("gcc", "c", R"(
      static void g(void) { __asm__ volatile("syscall" : : "a"(39L)); }
      void *volatile taken;
      void _start(void) { taken = (void *)g; for (;;) {} })",
                            "-O1 -fno-pie -no-pie -static -nostdlib"));
  EXPECT_THAT(facts.Taken("_start"), ElementsAre("g"));
  EXPECT_THAT(facts.Numbers("g"), ElementsAre("39"));
  EXPECT_EQ(facts.all["roots"][0]["kind"], "start");
}

TEST(Modules, TablesBesideCodeAreNoCode) {
  // Without a name, and with one that is not said to be a function.
  for (absl::string_view label : {"1:", ".globl table; table: 1:"}) {
    const Facts facts(Shared(
        absl::StrCat(Named("f", "lea 1f(%rip),%rax; movdqu (%rax),%xmm0; ret"),
                     label, " .byte 0x0f,0x05,0x06,0x0e,0x0f,0x05,0x16,0x1e\n",
                     Named("g", "ret"))));
    for (const json& function : facts.all["functions"]) {
      EXPECT_FALSE(function.contains("sites")) << function;
    }
  }
}

// Nothing tells that it is a function but the call.
TEST(Modules, CodeWithoutNameAndUnwindEntry) {
  const Facts facts(Shared(absl::StrCat(
      Named("f", "mov $39,%edi; call 1f; ret"),
      ".zero 16\n1: mov %edi,%eax; syscall; ret\n", Named("g", "ret"))));
  ASSERT_THAT(facts.Calls("f"), SizeIs(1));
  const std::string callee = facts.Calls("f")[0];
  EXPECT_THAT(facts.Numbers(callee), ElementsAre("i32(parameter 0)"));
  EXPECT_EQ(facts.Function("f")["calls"][0]["arguments"][0], "39");
}

TEST(Modules, EqualBytesEachTime) {
  const std::string bytes = FileBytes(PathOfLibc());
  EXPECT_EQ(SerializedFacts(bytes), SerializedFacts(bytes));
}

// Where an independent disassembler sees system calls.
std::set<std::string> SystemCallsByObjdump(const std::string& path) {
  std::set<std::string> sites;
  std::istringstream lines(
      OutputOf(absl::StrCat("objdump -d --no-show-raw-insn ", path)));
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> parts = absl::StrSplit(line, '\t');
    if (parts.size() < 2) continue;
    if (absl::StartsWith(parts[1], "syscall") ||
        absl::StartsWith(parts[1], "sysenter") ||
        absl::StartsWith(parts[1], "int    $0x80")) {
      const auto place = absl::StripAsciiWhitespace(parts[0]);
      sites.insert(absl::StrCat("0x", absl::StripSuffix(place, ":")));
    }
  }
  return sites;
}

TEST(Modules, EverySystemCallOfTheCLibrary) {
  ModuleStatistics statistics;
  const Facts facts(FileBytes(PathOfLibc()), &statistics);
  std::set<std::string> sites;
  for (const json& function : facts.all["functions"]) {
    for (const json& site : function.value("sites", json::array())) {
      const std::string place = site["place"];
      sites.insert(place.substr(place.find('+') + 1));
    }
  }
  EXPECT_THAT(sites, Not(IsEmpty()));
  // What _exit would do if it were still there is none.
  EXPECT_THAT(statistics.never_run, Not(IsEmpty()));
  for (const uint64_t place : statistics.never_run) {
    EXPECT_TRUE(sites.insert(absl::StrCat("0x", absl::Hex(place))).second);
  }
  EXPECT_EQ(sites, SystemCallsByObjdump(PathOfLibc()));
  // The number travels through memory in setxid, and `syscall` is given it.
  EXPECT_LE(statistics.sites_unknown, 4);
  EXPECT_THAT(facts.Numbers("syscall"), ElementsAre("i32(parameter 0)"));
  EXPECT_THAT(facts.Numbers("ioctl"), Contains("16"));
}

}  // namespace
}  // namespace chestnut::binalyzer
