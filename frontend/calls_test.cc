#include "frontend/snippet.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::frontend {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(Calls, ADirectCallNamesItsSymbolAndConstantArguments) {
  auto facts =
      FactsOfC("int g(int, long); int f(void) { return g(3, 4 << 2); }");
  EXPECT_THAT(facts.Calls("f"), ElementsAre("g"));
  EXPECT_THAT(facts.Arguments("f", "g"), ElementsAre("3", "16"));
}

TEST(Calls, ADirectCallTakesNoAddress) {
  auto facts = FactsOfC("void g(void); void f(void) { g(); (*g)(); (&g)(); }");
  EXPECT_THAT(facts.Calls("f"), ElementsAre("g", "g", "g"));
  EXPECT_THAT(facts.Of("f", "address_taken"), IsEmpty());
}

TEST(Calls, AnAsmLabelRenamesACall) {
  auto facts =
      FactsOfC("int g(void) __asm__(\"g64\"); int f(void) { return g(); }");
  EXPECT_THAT(facts.Calls("f"), ElementsAre("g64"));
}

TEST(Calls, ABuiltinIsTheLibraryFunctionItMayBecome) {
  auto facts = FactsOfC(
      "unsigned long f(const char* s) { return __builtin_strlen(s); }");
  EXPECT_THAT(facts.Calls("f"), ElementsAre("strlen"));
}

TEST(Calls, ABuiltinThatIsAlwaysExpandedIsNoCall) {
  auto facts = FactsOfC(
      "int f(int x) { return __builtin_expect(__builtin_popcount(x), 1); }");
  EXPECT_THAT(facts.Calls("f"), IsEmpty());
}

TEST(Calls, ABranchThatCannotRunCallsNothing) {
  auto facts = FactsOfC(
      "void never(void); void g(void);"
      "void f(void) { if (sizeof(long) == 4) never(); else g();"
      " if (0 && (never(), 1)) g(); }");
  EXPECT_THAT(facts.Calls("f"), Not(Contains("never")));
  EXPECT_THAT(facts.Calls("f"), Contains("g"));
}

TEST(Calls, ABranchThatALabelLeadsIntoCanRun) {
  auto facts = FactsOfC(
      "void g(void); void f(int x) { if (x) goto in; if (0) { in: g(); } }");
  EXPECT_THAT(facts.Calls("f"), ElementsAre("g"));
}

TEST(Calls, UnevaluatedOperandsCallNothing) {
  auto facts = FactsOfC(
      "int g(void); unsigned long f(void) { return sizeof(g()) +"
      " _Generic(g(), int: 1, default: g()); }");
  EXPECT_THAT(facts.Calls("f"), IsEmpty());
}

TEST(Calls, TheSizeOfAVariableLengthArrayIsEvaluated) {
  auto facts = FactsOfC("int g(void); void f(void) { char a[g()]; (void)a; }");
  EXPECT_THAT(facts.Calls("f"), ElementsAre("g"));
}

TEST(Calls, AVariableLeavesScopeThroughItsCleanup) {
  auto facts = FactsOfC(
      "void drop(int*); void f(void) { int x __attribute__((cleanup(drop)))"
      " = 1; }");
  EXPECT_THAT(facts.Calls("f"), ElementsAre("drop"));
}

TEST(Calls, AnUnreferencedStaticFunctionIsNotEmitted) {
  auto facts = FactsOfC(
      "static void lost(void) {} static void kept(void) {}"
      "void f(void) { kept(); }");
  EXPECT_FALSE(facts.Has("lost"));
  EXPECT_TRUE(facts.Has("kept"));
  EXPECT_EQ(facts.Symbol("kept", "linkage"), "internal");
}

TEST(Calls, AnAliasIsAnotherNameOfItsTarget) {
  auto facts = FactsOfC(
      "static int real(void) { return 1; }"
      "int other(void) __attribute__((weak, alias(\"real\")));");
  EXPECT_EQ(facts.Symbol("other", "alias_of"), "real");
  EXPECT_EQ(facts.Symbol("other", "linkage"), "weak");
  EXPECT_TRUE(facts.Has("real"));
}

TEST(Calls, AnIfuncKeepsItsResolverAlive) {
  auto facts = FactsOfC(
      "static int a(void) { return 1; } typedef int fn(void);"
      "static fn* choose(void) { return a; }"
      "int f(void) __attribute__((ifunc(\"choose\")));");
  EXPECT_EQ(facts.Symbol("f", "ifunc_resolver"), "choose");
  EXPECT_THAT(facts.Of("choose", "flows"), ElementsAre("result <- &a"));
}

TEST(Calls, AReferenceThroughWeakrefIsToItsTarget) {
  auto facts = FactsOfC(
      "static void mine(void) __attribute__((weakref(\"theirs\")));"
      "void f(void) { if (mine) mine(); }");
  EXPECT_THAT(facts.Calls("f"), ElementsAre("theirs"));
}

TEST(Calls, GnuInlineBodiesCountBesideTheSymbolOfTheirName) {
  auto facts = FactsOfC(
      "extern int g_real(int) __asm__(\"g\");"
      "extern inline __attribute__((gnu_inline, always_inline)) int g(int x)"
      " { return g_real(x); } int f(void) { return g(1); }");
  EXPECT_THAT(facts.Calls("f"), ElementsAre("g"));
  EXPECT_THAT(facts.Calls("g"), ElementsAre("g"));
  EXPECT_EQ(facts.Symbol("g", "linkage"), "linkonce");
}

TEST(Calls, StartAndEndOfTheProgramAreRoots) {
  auto facts = FactsOfC(
      "__attribute__((constructor(101))) static void first(void) {}"
      "__attribute__((destructor)) static void last(void) {}"
      "__attribute__((used)) static void kept(void) {}");
  EXPECT_THAT(facts.Roots(),
              ElementsAre("constructor first 101", "destructor last 65535",
                          "used kept 0"));
}

TEST(Calls, FunctionsInAnInitArrayAreRoots) {
  auto facts = FactsOfC(
      "static void early(void) {}"
      "__attribute__((section(\".init_array\"), used))"
      " static void (*entry)(void) = early;");
  EXPECT_THAT(facts.Roots(), Contains("constructor early 0"));
}

TEST(Calls, AFunctionThatDlopensSaysWhatItNeeds) {
  auto facts = FactsOfC(
      "void* dlopen(const char*, int); void* f(const char* n, int b)"
      " { return b ? dlopen(\"libx.so\", 1) : dlopen(n, 1); }");
  ASSERT_EQ(facts.json()["needs"].size(), 2u);
  EXPECT_EQ(facts.json()["needs"][0]["name"], "libx.so");
  EXPECT_FALSE(facts.json()["needs"][1].contains("name"));
}

TEST(Calls, NamesOfLoadsAreThoseThatAreWritten) {
  auto facts = FactsOfC(
      "void* dlopen(const char*, int);"
      "static const char fixed[] = \"libfixed.so\";"
      "const char known[] = \"libknown.so\"; static char open[] = \"lib.so\";"
      "void f(int b) { dlopen((void*)0, 1); dlopen(b ? \"liba.so\" : 0, 1);"
      " dlopen((char*)fixed, 1); dlopen(known, 1); dlopen(open, 1); }");
  std::vector<std::string> names;
  for (const auto& need : facts.json()["needs"]) {
    names.push_back(need.value("name", "unknown"));
  }
  EXPECT_THAT(names, ElementsAre("", "liba.so", "", "libfixed.so", "unknown",
                                 "unknown"));
}

TEST(Calls, AVirtualCallNamesItsMethod) {
  auto facts = FactsOfCxx(
      "struct A { virtual void m(int); }; void f(A* a) { a->m(4); }");
  EXPECT_THAT(facts.Calls("_Z1fP1A"), Contains("virtual _ZN1A1mEi"));
  EXPECT_THAT(facts.Arguments("_Z1fP1A", "virtual _ZN1A1mEi"),
              ElementsAre("unknown: pointer", "4"));
}

TEST(Calls, AQualifiedCallAndACallOnAnObjectAreDirect) {
  auto facts = FactsOfCxx(
      "struct A { virtual void m(); }; void f(A* p) { p->A::m(); A a; a.m(); }",
      {"-fno-exceptions"});
  EXPECT_THAT(facts.Calls("_Z1fP1A"), Contains("_ZN1A1mEv"));
  EXPECT_THAT(facts.Calls("_Z1fP1A"), Not(Contains(StartsWith("virtual"))));
}

TEST(Calls, ACallThroughAMemberPointerHasTheSignatureOfItsClass) {
  auto facts = FactsOfCxx(
      "struct A { void m(int); }; void f(A* a, void (A::*p)(int))"
      " { (a->*p)(2); }");
  EXPECT_THAT(facts.Calls("_Z1fP1AMS_FviE"),
              Contains("*(parameter 1) as A::v(i32)"));
}

TEST(Calls, IntegersOfOneWidthAndSignAreOneInSignatures) {
  auto facts = FactsOfC(
      "enum e { A }; void f(int (*p)(long long, enum e, const char*),"
      " int (*q)(long, unsigned, char*)) { p(1, 0, 0); q(1, 0, 0); }");
  EXPECT_THAT(facts.Calls("f"),
              ElementsAre("*(parameter 0) as i32(i64,u32,*i8)",
                          "*(parameter 1) as i32(i64,u32,*i8)"));
}

}  // namespace
}  // namespace chestnut::frontend
