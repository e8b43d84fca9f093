#include "frontend/snippet.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::frontend {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

TEST(Flows, FunctionsFlowIntoFieldsThroughEveryKindOfInitialiser) {
  auto facts = FactsOfC(
      "typedef void fn(void); void a(void); void b(void); void c(void);"
      "struct in { int x; fn* g; }; struct s { fn* f; struct in in[2]; };"
      "struct s one = { a, { [1] = { .g = b } } };"
      "struct s* two = &(struct s){ .in[0].g = c };");
  EXPECT_THAT(facts.Of("one", "flows"),
              IsSupersetOf({"field s+0 <- &a", "field in+8 <- &b"}));
  EXPECT_THAT(facts.Of("one", "address_taken"), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(facts.Of("two", "flows"), Contains("field in+8 <- &c"));
}

TEST(Flows, ElementsOfAnArrayAreOnePlace) {
  auto facts = FactsOfC(
      "typedef void fn(void); void a(void); void b(void);"
      "static fn* table[] = { a, b }; void f(int i) { table[i](); }");
  EXPECT_THAT(facts.Of("table", "flows"),
              UnorderedElementsAre("global table <- &a", "global table <- &b"));
  EXPECT_THAT(facts.Calls("f"), ElementsAre("*(global table) as v()"));
  EXPECT_THAT(facts.Of("f", "opened"), IsEmpty());
}

TEST(Flows, ATableWhoseAddressIsGivenAwayIsOpen) {
  auto facts = FactsOfC(
      "typedef void fn(void); static fn* table[2]; void g(fn**);"
      "void f(void) { g(table); }");
  EXPECT_THAT(facts.Of("f", "opened"), ElementsAre("global table"));
}

TEST(Flows, AnAssignedFieldReceivesTheParameter) {
  auto facts = FactsOfC(
      "typedef void fn(void); struct s { int a; fn* f; };"
      "void set(struct s* p, fn* g) { p->f = g; }");
  EXPECT_THAT(facts.Of("set", "flows"),
              ElementsAre("field s+8 <- parameter 1"));
}

TEST(Flows, AFunctionIsReturned) {
  auto facts = FactsOfC(
      "typedef void fn(void); void a(void); fn* get(void) { return a; }"
      "void f(void) { get()(); }");
  EXPECT_THAT(facts.Of("get", "flows"), ElementsAre("result <- &a"));
  EXPECT_THAT(facts.Calls("f"),
              ElementsAre("*(result of call 1) as v()", "get"));
}

TEST(Flows, TheAddressOfAFieldOpensIt) {
  auto facts = FactsOfC(
      "typedef void fn(void); struct s { fn* f; int n; }; void g(fn**);"
      "void h(int*); void f(struct s* p) { g(&p->f); h(&p->n); }");
  EXPECT_THAT(facts.Of("f", "opened"),
              UnorderedElementsAre("field s+0", "field s+8"));
}

TEST(Flows, AFunctionThatBecomesAVoidPointerEscapes) {
  auto facts = FactsOfC(
      "void a(void); void* p; void f(void) { p = (void*)a; }"
      "void g(void) { ((void (*)(void))p)(); }");
  EXPECT_THAT(facts.Of("f", "flows"), ElementsAre("escape <- &a"));
  EXPECT_THAT(facts.Of("g", "casts"), ElementsAre("untyped -> v()"));
  EXPECT_THAT(facts.Calls("g"), ElementsAre("*(memory v()) as v()"));
}

TEST(Flows, AFunctionThroughDotsEscapes) {
  auto facts =
      FactsOfC("void a(void); void v(int, ...); void f(void) { v(1, a); }");
  EXPECT_THAT(facts.Of("f", "flows"), ElementsAre("escape <- &a"));
}

TEST(Flows, AFunctionReadFromDotsCanBeAllThatEscaped) {
  auto facts = FactsOfC(
      "void v(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n);"
      " __builtin_va_arg(l, void (*)(void))(); }");
  EXPECT_THAT(facts.Of("v", "casts"), ElementsAre("untyped -> v()"));
  EXPECT_THAT(facts.Calls("v"), Contains("*(memory v()) as v()"));
}

TEST(Flows, ACastBetweenFunctionPointersIsRecorded) {
  auto facts = FactsOfC(
      "typedef int fa(int*); typedef int fb(void*); void q(fb*); extern fa* a;"
      "void f(void) { q((fb*)a); }");
  EXPECT_THAT(facts.Of("f", "casts"), ElementsAre("i32(*i32) -> i32(*)"));
}

TEST(Flows, AFunctionThatIsCastJoinsThePoolOfTheNewTypeAlone) {
  auto facts = FactsOfC(
      "int a(int*); typedef int fn(void*); void q(fn*);"
      "void f(void) { q((fn*)a); }");
  EXPECT_THAT(facts.Of("f", "casts"), IsEmpty());
  EXPECT_THAT(facts.Of("f", "flows"),
              Contains(AllOf(StartsWith("memory"), HasSubstr("&a"))));
  EXPECT_THAT(facts.Arguments("f", "q"), ElementsAre("&a"));
}

TEST(Flows, APointerToAFunctionPointerIsCastBothWays) {
  auto facts = FactsOfC(
      "typedef int fa(int); typedef void fb(void);"
      "void f(fa** p) { *(fb**)p = 0; }");
  EXPECT_THAT(facts.Of("f", "casts"),
              UnorderedElementsAre("i32(i32) -> v()", "v() -> i32(i32)"));
}

TEST(Flows, ConstantsThatStandForNoFunctionAreNoTargets) {
  auto facts = FactsOfC(
      "typedef void fn(int); void set(fn*); void f(void) { set((fn*)1); }");
  EXPECT_THAT(facts.Of("f", "casts"), IsEmpty());
  EXPECT_THAT(facts.Arguments("f", "set"), ElementsAre("1"));
}

TEST(Flows, ARecordThatLosesItsTypeIsRecorded) {
  auto facts = FactsOfC(
      "typedef void fn(void); struct s { fn* f; }; void g(void*);"
      "void f(struct s* p) { g(p); } void h(void* p)"
      " { ((struct s*)p)->f(); } void k(struct s* p, long* o)"
      " { *o = (long)p; }");
  EXPECT_THAT(facts.Of("f", "conversions"),
              ElementsAre(StartsWith("to_untyped s#")));
  EXPECT_THAT(facts.Of("h", "conversions"),
              ElementsAre(StartsWith("from_untyped s#")));
  EXPECT_THAT(facts.Of("k", "conversions"),
              Contains(StartsWith("to_kernel s#")));
}

TEST(Flows, FreshMemoryIsNoConversion) {
  auto facts = FactsOfC(
      "typedef void fn(void); struct s { fn* f; };"
      "void* malloc(unsigned long); void free(void*);"
      "void f(void) { struct s* p = malloc(8); free(p); }");
  EXPECT_THAT(facts.Of("f", "conversions"), IsEmpty());
}

TEST(Flows, ACastBetweenRecordsReinterpretsThem) {
  auto facts = FactsOfC(
      "typedef void fn(void); struct a { fn* f; }; struct b { fn* g; int n; };"
      "void f(struct a* p) { ((struct b*)p)->g(); }");
  EXPECT_THAT(facts.Of("f", "conversions"),
              Contains(testing::AllOf(StartsWith("reinterpreted a#"),
                                      HasSubstr(" as b#"))));
}

TEST(Flows, ADerivedClassIsNoReinterpretation) {
  auto facts = FactsOfCxx(
      "struct A { void (*f)(); }; struct B : A { int n; };"
      "void g(A*); void f(B* b) { g(b); static_cast<B*>((A*)b)->n = 1; }");
  EXPECT_THAT(facts.Of("_Z1fP1B", "conversions"),
              Not(Contains(StartsWith("reinterpreted"))));
}

TEST(Flows, MembersOfAUnionShareWhatTheyHold) {
  auto facts = FactsOfC(
      "typedef void fn(void); union u { fn* f; void* p; };"
      "void f(union u* x) { x->f(); }");
  EXPECT_THAT(facts.Of("f", "opened"), Contains("field u+0"));
  EXPECT_THAT(facts.Of("f", "casts"), Contains("untyped -> v()"));
}

TEST(Flows, AFunctionInAnOperandOfAssemblyReachesUntypedCode) {
  auto facts = FactsOfC(
      "void a(void); void f(void) { __asm__ volatile (\"call *%0\" : : "
      "\"r\"(a)); }");
  EXPECT_THAT(facts.Of("f", "flows"), ElementsAre("untyped <- &a"));
}

TEST(Flows, AReferenceToAPlaceOpensIt) {
  auto facts = FactsOfCxx(
      "using fn = void(); fn* g; void take(fn*&);"
      "void f() { take(g); } void h() { auto l = [&] { g(); }; l(); }");
  EXPECT_THAT(facts.Of("_Z1fv", "opened"), ElementsAre("global g"));
}

TEST(Flows, ConstructorsWriteTheMembersTheyInitialise) {
  auto facts = FactsOfCxx(
      "using fn = void(); void a(); void b();"
      "struct S { fn* x; fn* y = b; S() : x(a) {} }; S s;");
  EXPECT_THAT(
      facts.Of("_ZN1SC1Ev", "flows"),
      UnorderedElementsAre("field S+0 <- &_Z1av", "field S+8 <- &_Z1bv"));
}

TEST(Flows, AMemberPointerToAVirtualMethodNamesTheMethod) {
  auto facts = FactsOfCxx(
      "struct A { virtual void m(); void n(); };"
      "using fn = void (A::*)(); fn f(bool b) { return b ? &A::m : &A::n; }");
  EXPECT_THAT(facts.Of("_Z1fb", "methods_taken"), ElementsAre("_ZN1A1mEv"));
  EXPECT_THAT(facts.Of("_Z1fb", "address_taken"), ElementsAre("_ZN1A1nEv"));
}

}  // namespace
}  // namespace chestnut::frontend
