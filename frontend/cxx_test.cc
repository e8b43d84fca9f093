#include "frontend/snippet.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::frontend {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::StartsWith;
using testing::UnorderedElementsAre;

constexpr char kT[] = "struct T { T(); T(const T&); ~T(); int n; }; ";

SnippetFacts Plain(const std::string& source) {
  return FactsOfCxx(source, {"-fno-exceptions"});
}

TEST(Cxx, ALocalIsDestroyed) {
  auto facts = Plain(std::string(kT) + "void f() { T t; }");
  EXPECT_THAT(facts.Calls("_Z1fv"),
              UnorderedElementsAre("_ZN1TC1Ev", "_ZN1TD1Ev"));
}

TEST(Cxx, ATemporaryIsDestroyed) {
  auto facts =
      Plain(std::string(kT) + "T make(); int f() { return make().n; }");
  EXPECT_THAT(facts.Calls("_Z1fv"),
              UnorderedElementsAre("_Z4makev", "_ZN1TD1Ev"));
}

TEST(Cxx, ADestructorDestroysMembersAndBases) {
  auto facts = Plain(std::string(kT) +
                     "struct B { ~B(); }; struct S : B { T a[2]; ~S(); };"
                     "S::~S() {}");
  EXPECT_THAT(facts.Calls("_ZN1SD1Ev"),
              UnorderedElementsAre("_ZN1TD1Ev", "_ZN1BD1Ev"));
  EXPECT_EQ(facts.Symbol("_ZN1SD2Ev", "alias_of"), "_ZN1SD1Ev");
}

TEST(Cxx, AnImplicitConstructorBuildsMembersAndBases) {
  auto facts = Plain(std::string(kT) +
                     "struct B { B(); }; struct S : B { T t; };"
                     "void f() { S* s = new S; }");
  EXPECT_THAT(facts.Calls("_Z1fv"), UnorderedElementsAre("_Znwm", "_ZN1SC1Ev"));
  EXPECT_THAT(facts.Calls("_ZN1SC1Ev"),
              UnorderedElementsAre("_ZN1BC1Ev", "_ZN1TC1Ev"));
}

TEST(Cxx, ADefaultArgumentIsEvaluatedByTheCaller) {
  auto facts = Plain("int g(); void h(int = g()); void f() { h(); }");
  EXPECT_THAT(facts.Calls("_Z1fv"), UnorderedElementsAre("_Z1hi", "_Z1gv"));
}

TEST(Cxx, AnInheritedConstructorCallsTheInheritedOne) {
  auto facts = Plain(
      "struct B { B(int); }; struct D : B { using B::B; };"
      "void f() { D d(1); }");
  EXPECT_THAT(facts.json().dump(), HasSubstr("_ZN1BC1Ei"));
}

TEST(Cxx, DeleteCallsTheDestructorOfTheObject) {
  auto facts = Plain(
      "struct A { virtual ~A(); }; struct F final { ~F(); };"
      "void f(A* a) { delete a; } void g(F* a) { delete a; }");
  EXPECT_THAT(facts.Calls("_Z1fP1A"), Contains("virtual _ZN1AD1Ev"));
  EXPECT_THAT(facts.Calls("_Z1gP1F"), Contains("_ZN1FD1Ev"));
  EXPECT_THAT(facts.Calls("_Z1gP1F"), Contains(StartsWith("_ZdlPv")));
}

TEST(Cxx, AConstructorRefersToItsVtable) {
  auto facts = Plain("struct A { virtual void m(); A(); }; A::A() {}");
  EXPECT_THAT(facts.Of("_ZN1AC1Ev", "objects"), ElementsAre("_ZTV1A"));
}

TEST(Cxx, AVtableListsTheOverriderOfEveryMethod) {
  auto facts = Plain(
      "struct A { virtual void m(); virtual void n() = 0; };"
      "struct B : A { void m() override; void n() override; };"
      "void B::m() {} void B::n() {}");
  EXPECT_THAT(
      facts.Of("_ZTV1B", "overrides"),
      UnorderedElementsAre("_ZN1A1mEv -> _ZN1B1mEv", "_ZN1A1nEv -> _ZN1B1nEv",
                           "_ZN1B1mEv -> _ZN1B1mEv", "_ZN1B1nEv -> _ZN1B1nEv"));
  EXPECT_THAT(facts.Of("_ZTV1B", "objects"), Contains("_ZTI1B"));
}

TEST(Cxx, OnlyTheUnitWithTheKeyFunctionHasTheVtable) {
  auto facts = Plain("struct A { virtual void m(); }; void f() { A a; }");
  EXPECT_FALSE(facts.Has("_ZTV1A"));
}

// As headers do that keep bodies behind the class.
TEST(Cxx, AKeyFunctionDefinedInlineLeavesTheVtableToEveryUnit) {
  auto facts = Plain(
      "struct A { virtual void m(); }; inline void A::m() {} void f() { A a; }"
      "struct B { virtual void m(); }; void B::m() {}");
  EXPECT_EQ(facts.Symbol("_ZTV1A", "linkage"), "linkonce");
  EXPECT_EQ(facts.Symbol("_ZTI1A", "linkage"), "linkonce");
  EXPECT_EQ(facts.Symbol("_ZTV1B", "linkage"), "external");
}

TEST(Cxx, AThunkCallsTheOverrider) {
  auto facts = Plain(
      "struct A { virtual void m(); int a; }; struct B { virtual void n(); };"
      "struct C : A, B { void n() override; }; void C::n() {}");
  EXPECT_THAT(facts.Of("_ZTV1C", "overrides"),
              Contains("_ZN1B1nEv -> _ZThn16_N1C1nEv"));
  EXPECT_THAT(facts.Calls("_ZThn16_N1C1nEv"), ElementsAre("_ZN1C1nEv"));
}

TEST(Cxx, AVirtualBaseBringsConstructionVtables) {
  auto facts = Plain(
      "struct V { virtual void m(); }; struct A : virtual V { void m() "
      "override;"
      " }; struct B : A { B(); }; void A::m() {} B::B() {}");
  EXPECT_THAT(facts.Of("_ZN1BC1Ev", "objects"), Contains("_ZTT1B"));
  EXPECT_THAT(facts.Of("_ZTT1B", "objects"),
              IsSupersetOf({"_ZTV1B", "_ZTC1B0_1A"}));
  EXPECT_THAT(facts.Of("_ZTC1B0_1A", "overrides"),
              Contains(StartsWith("_ZN1V1mEv -> ")));
}

TEST(Cxx, APureMethodEndsTheProgram) {
  auto facts =
      Plain("struct A { virtual void m() = 0; A(); void g(); }; A::A() {}");
  EXPECT_THAT(facts.Of("_ZTV1A", "overrides"),
              ElementsAre("_ZN1A1mEv -> __cxa_pure_virtual"));
}

TEST(Cxx, AStaticLocalIsGuardedAndDestroyedAtExit) {
  auto facts = Plain(std::string(kT) + "T& f() { static T t; return t; }");
  EXPECT_THAT(facts.Calls("_Z1fv"),
              UnorderedElementsAre("_ZN1TC1Ev", "__cxa_guard_acquire",
                                   "__cxa_guard_release", "__cxa_atexit"));
  EXPECT_THAT(facts.Of("_Z1fv", "casts"), ElementsAre("T::v() -> v(*)"));
  EXPECT_THAT(facts.Arguments("_Z1fv", "__cxa_atexit")[0], "&_ZN1TD1Ev");
}

TEST(Cxx, GlobalsAreInitialisedByARoot) {
  auto facts = Plain(std::string(kT) + "int g(); T t; int n = g();");
  EXPECT_THAT(facts.Roots(),
              ElementsAre("constructor _GLOBAL__sub_I_test.cc 65535"));
  EXPECT_THAT(facts.Calls("_GLOBAL__sub_I_test.cc"),
              UnorderedElementsAre("_ZN1TC1Ev", "__cxa_atexit", "_Z1gv"));
}

TEST(Cxx, AConstantInitialiserRunsNoCode) {
  auto facts = Plain(
      "using fn = void(); void a(); struct S { fn* f; constexpr S(fn* g)"
      " : f(g) {} }; S s(a);");
  EXPECT_THAT(facts.Roots(), IsEmpty());
  EXPECT_THAT(facts.Of("s", "flows"), Contains("field S+0 <- &_Z1av"));
}

TEST(Cxx, AThreadLocalVariableIsReachedThroughItsWrapper) {
  auto facts =
      Plain("int g(); thread_local int n = g(); int f() { return n; }");
  EXPECT_THAT(facts.Calls("_Z1fv"), Contains("_ZTW1n"));
  EXPECT_THAT(facts.Calls("_ZTW1n"), ElementsAre("_ZTH1n"));
  EXPECT_EQ(facts.Symbol("_ZTH1n", "alias_of"), "__tls_init");
  EXPECT_THAT(facts.Calls("__tls_init"), ElementsAre("_Z1gv"));
  EXPECT_THAT(facts.Roots(), IsEmpty());
}

TEST(Cxx, ThrowAndCatchCallTheRuntime) {
  auto facts = FactsOfCxx(std::string(kT) +
                          "void f() { try { throw T(); } catch (T& t) {} }");
  EXPECT_THAT(facts.Calls("_Z1fv"),
              IsSupersetOf({"__cxa_allocate_exception", "__cxa_throw",
                            "__cxa_begin_catch", "__cxa_end_catch",
                            "__clang_call_terminate"}));
  EXPECT_THAT(facts.Of("_Z1fv", "objects"), ElementsAre("_ZTI1T"));
  EXPECT_THAT(facts.Calls("__clang_call_terminate"),
              IsSupersetOf({"__gxx_personality_v0", "_Unwind_Resume",
                            "_ZSt9terminatev"}));
}

TEST(Cxx, WithoutExceptionsNothingUnwinds) {
  auto facts = Plain("void g(); void f() { g(); }");
  EXPECT_THAT(facts.Calls("_Z1fv"), ElementsAre("_Z1gv"));
}

TEST(Cxx, AConstructorThatThrowsDestroysWhatItBuilt) {
  auto facts = FactsOfCxx(std::string(kT) +
                          "struct S { T t; S(); }; S::S() { throw 1; }");
  EXPECT_THAT(facts.Calls("_ZN1SC1Ev"), Contains("_ZN1TD1Ev"));
}

TEST(Cxx, DynamicCastAndTypeidCallTheRuntime) {
  auto facts = Plain(
      "namespace std { class type_info; }"
      "struct A { virtual ~A(); }; struct B : A {};"
      "B* f(A* a) { return dynamic_cast<B*>(a); }"
      "const std::type_info& g(A* a) { return typeid(*a); }");
  EXPECT_THAT(facts.Calls("_Z1fP1A"), Contains("__dynamic_cast"));
  EXPECT_THAT(facts.Calls("_Z1gP1A"), Contains("__cxa_bad_typeid"));
}

TEST(Cxx, AClosureTurnedIntoAPointerCallsItsBody) {
  auto facts = Plain(
      "using fn = void(int); void g(int); void q(fn*);"
      "void f() { q([](int n) { g(n); }); }");
  std::string dump = facts.json().dump();
  EXPECT_THAT(dump, HasSubstr("__invoke"));
  bool linked = false;
  for (const auto& function : facts.json()["functions"]) {
    std::string name = function["name"];
    if (name.find("__invoke") == std::string::npos) continue;
    linked = function["calls"][0]["call"].get<std::string>().find("clEi") !=
             std::string::npos;
    EXPECT_EQ(function["calls"][0]["arguments"][1], "parameter 0");
  }
  EXPECT_TRUE(linked);
}

TEST(Cxx, AnInternalLambdaIsNamedByItsPlace) {
  std::string lambdas =
      "int f() { return [] { return 1; }(); }\n"
      "int g() { return [] { return 2; }(); }\n";
  auto once = Plain(lambdas);
  // Asking in another order changes no name.
  auto again = Plain("int g(); int h = g();\n#line 1\n" + lambdas);
  EXPECT_THAT(again.Calls("_Z1gv"), ElementsAre(once.Calls("_Z1gv")[0]));
}

TEST(Cxx, TemplatesThatNobodyUsesAreNotThere) {
  auto facts = Plain(
      "void g(); template <class T> void t(T) { g(); }"
      "template <class T> struct S { void used() { g(); } void lost() { g(); }"
      " }; void f() { t(1); S<int>().used(); }");
  EXPECT_TRUE(facts.Has("_Z1tIiEvT_"));
  EXPECT_EQ(facts.Symbol("_Z1tIiEvT_", "linkage"), "linkonce");
  EXPECT_TRUE(facts.Has("_ZN1SIiE4usedEv"));
  EXPECT_FALSE(facts.Has("_ZN1SIiE4lostEv"));
}

TEST(Cxx, AnExplicitInstantiationIsThereWhole) {
  auto facts = Plain(
      "void g(); template <class T> struct S { void a() { g(); } };"
      "template struct S<int>;");
  EXPECT_TRUE(facts.Has("_ZN1SIiE1aEv"));
}

TEST(Cxx, ADiscardedBranchCallsNothing) {
  auto facts = Plain(
      "void a(); void b(); template <bool B> void t() { if constexpr (B) a();"
      " else b(); } void f() { t<true>(); }");
  EXPECT_THAT(facts.Calls("_Z1tILb1EEvv"), ElementsAre("_Z1av"));
}

TEST(Cxx, ATrivialCopyIsNoCall) {
  auto facts =
      Plain("struct P { int a, b; }; void f(P& x, P& y) { P z = x; y = z; }");
  EXPECT_THAT(facts.Calls("_Z1fR1PS0_"), IsEmpty());
}

}  // namespace
}  // namespace chestnut::frontend
