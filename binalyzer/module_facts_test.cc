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
#include "binalyzer/module_facts_testing.h"
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

// In objects relocations mark the words of a switch's table. From the word
// instead of from the table some would lead into the next function.
TEST(Objects, TablesOfSwitchesTakeNoAddress) {
  const Facts facts(Object(absl::StrCat(
      Named("picks",
            "cmp $7,%edi; ja .L0; lea table(%rip),%rdx; "
            "movslq (%rdx,%rdi,4),%rax; add %rdx,%rax; jmp *%rax; "
            ".L1: mov $39,%eax; syscall; ret; .L0: ret"),
      Named("next", "mov %edi,%eax; syscall; mov $1,%ecx; ret", ".local"),
      Named("caller", "mov $102,%edi; jmp next"),
      Named("through",
            "lea offsets(%rip),%rdx; movslq (%rdx,%rdi,4),%rax; "
            "add %rdx,%rax; jmp *%rax"),
      Named("one", "ret", ".local"), Named("two", "ret", ".local"),
      ".section .rodata\n.align 4\ntable: .rept 8\n.long .L1-table\n.endr\n"
      "offsets: .long one-offsets, two-offsets\n")));
  EXPECT_THAT(facts.Taken("picks"), IsEmpty());
  EXPECT_THAT(facts.List("functions", "picks", "objects"), IsEmpty());
  EXPECT_THAT(facts.Numbers("picks"), ElementsAre("39"));
  EXPECT_THAT(facts.Numbers("next"), ElementsAre("i32(parameter 0)"));
  // Those of functions still do.
  const auto objects = facts.List("functions", "through", "objects");
  ASSERT_EQ(objects.size(), 1u);
  EXPECT_THAT(facts.List("objects", objects[0], "address_taken"),
              IsSupersetOf({"one", "two"}));
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
      Named("variable",
            "movl $1,place(%rip); movq $1,place(%rip); incq place(%rip); "
            "mov %edi,place(%rip); orl %edi,place(%rip); ret"),
      // The variable may be one of source, which then calls what is in it.
      Named("kept", "mov %rdi,place(%rip); ret"),
      Named("exchanged", "xchg %rdi,place(%rip); ret"),
      Named("popped", "push %rdi; pop place(%rip); ret"),
      Named("masked", "or %rdi,place(%rip); ret"),
      Named("wide", "movups %xmm0,place(%rip); ret"),
      Named("pointer", "movl $1,(%rdi); ret"),
      Named("vector", "movups %xmm0,(%rdi); ret"),
      Named("string", "rep stosb; ret"), Named("memset", "rep stosb; ret"),
      ".data\nplace: .quad 0, 0\n")));
  for (const char* name : {"pointer", "vector", "string", "kept", "exchanged",
                           "popped", "masked", "wide"}) {
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
