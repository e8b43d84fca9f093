#include "frontend/snippet.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::frontend {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

constexpr char kUse[] = "void use(long); ";

std::string Argument(const std::string& body) {
  Texts arguments = FactsOfC(kUse + body).Arguments("f", "use");
  return arguments.empty() ? "" : arguments[0];
}

TEST(Values, AParameterStaysAParameter) {
  EXPECT_EQ(Argument("void f(int a, long b) { use(b); }"), "parameter 1");
}

TEST(Values, ALocalAssignedOnceIsItsValue) {
  EXPECT_EQ(Argument("void f(long a) { long n = a + 1; use(n); }"),
            "(parameter 0 + 1)");
  EXPECT_EQ(Argument("void f(long a) { long n; n = a; use(n); }"),
            "parameter 0");
}

TEST(Values, ALocalAssignedTwiceGathersBoth) {
  auto facts = FactsOfC(std::string(kUse) +
                        "void f(int c) { long n = 1; if (c) n = 2; use(n); }");
  EXPECT_THAT(facts.Arguments("f", "use"), ElementsAre("local 0"));
  EXPECT_THAT(
      facts.Of("f", "flows"),
      UnorderedElementsAre("local 0 <- 1 (integer)", "local 0 <- 2 (integer)"));
}

TEST(Values, AParameterThatIsAssignedToFlowsIntoALocal) {
  auto facts =
      FactsOfC(std::string(kUse) + "void f(long a) { a |= 8; use(a); }");
  EXPECT_THAT(facts.Arguments("f", "use"), ElementsAre("local 0"));
  EXPECT_THAT(facts.Of("f", "flows"),
              UnorderedElementsAre("local 0 <- parameter 0 (integer)",
                                   "local 0 <- (local 0 | 8) (integer)"));
}

TEST(Values, AnInitializerMayHaveAllBitsOfALong) {
  EXPECT_THAT(FactsOfC("unsigned long all = ~0ul;").Of("all", "flows"),
              ElementsAre("global all <- -1 (integer)"));
  EXPECT_THAT(
      FactsOfCxx("struct S { static constexpr unsigned long top = 1ul << 63; };"
                 "const unsigned long* f() { return &S::top; }")
          .Of("_ZN1S3topE", "flows"),
      ElementsAre("global _ZN1S3topE <- 0x8000000000000000 (integer)"));
}

TEST(Values, AConditionalIsEitherOfItsValues) {
  EXPECT_EQ(Argument("void f(int c) { use(c ? 3 : 5); }"), "(3 or 5)");
  EXPECT_EQ(Argument("void f(long c) { use(c ?: 5); }"), "(parameter 0 or 5)");
}

TEST(Values, ConstantsAreFolded) {
  EXPECT_EQ(Argument("enum { A = 7 }; void f(void)"
                     " { use((A << 2) | sizeof(int)); }"),
            "28");
  EXPECT_EQ(Argument("void f(void) { use((unsigned)-1); }"), "0xffffffff");
  EXPECT_EQ(Argument("void f(void) { use(-1); }"), "-1");
}

TEST(Values, NarrowingIsACast) {
  EXPECT_EQ(Argument("void f(long a) { use((int)a); }"), "i32(parameter 0)");
  EXPECT_EQ(Argument("void f(int a) { use(a); }"), "parameter 0");
}

TEST(Values, FieldsAndGlobalsAreNamed) {
  EXPECT_EQ(Argument("struct s { char c; long n; };"
                     "void f(struct s* p) { use(p->n); }"),
            "field s+8");
  EXPECT_EQ(Argument("int g; void f(void) { use(g); }"), "global g");
}

TEST(Values, WhatIsBehindAPointerIsUnknownWithItsPlace) {
  EXPECT_EQ(Argument("void f(long* p) { use(*p); }"),
            "unknown: read through a pointer at test.c:1");
}

TEST(Values, ALocalWhoseAddressIsTakenIsUnknown) {
  EXPECT_THAT(Argument("void fill(int*); void f(void)"
                       " { int n = 3; fill(&n); use(n); }"),
              StartsWith("unknown: local whose address is taken"));
}

TEST(Values, ANarrowIntegerIsUnknown) {
  EXPECT_THAT(Argument("void f(short s) { use(s); }"), StartsWith("i64("));
}

TEST(Values, AMemberOfAUnionIsUnknown) {
  EXPECT_THAT(Argument("union u { int a; float b; };"
                       "void f(union u* p) { use(p->a); }"),
              StartsWith("unknown: member of a union"));
}

TEST(Values, TheResultOfACallIsThatCall) {
  EXPECT_EQ(Argument("long g(void); void f(void) { use(g()); }"),
            "result of call 1");
}

TEST(Values, AStatementExpressionHasTheValueOfItsLastStatement) {
  EXPECT_EQ(Argument("void f(long a) { use(({ long b = a; b; })); }"),
            "parameter 0");
}

TEST(Values, ACounterIsUnknown) {
  auto facts = FactsOfC(std::string(kUse) +
                        "void f(void) { for (int i = 0; i < 3; i++) use(i); }");
  EXPECT_THAT(facts.Of("f", "flows"),
              Contains(StartsWith("local 0 <- unknown: changed in place")));
}

TEST(Values, VariadicArgumentsArePassedToo) {
  auto facts =
      FactsOfC("long syscall(long, ...); void f(void) { syscall(39, 1, 2L); }");
  EXPECT_THAT(facts.Arguments("f", "syscall"), ElementsAre("39", "1", "2"));
}

TEST(Values, MethodsCountThisAsTheirFirstParameter) {
  auto facts = FactsOfCxx(
      "void use(long); struct A { void m(long n); };"
      "void A::m(long n) { use(n); } void g(A& a) { a.m(9); }");
  EXPECT_THAT(facts.Arguments("_ZN1A1mEl", "_Z3usel"),
              ElementsAre("parameter 1"));
  EXPECT_THAT(facts.Arguments("_Z1gR1A", "_ZN1A1mEl"),
              ElementsAre("unknown: pointer", "9"));
}

TEST(Values, WhatALambdaCopiesIsAFieldOfItsClosure) {
  auto facts = FactsOfCxx(
      "void use(long); void f(long n) { auto l = [n] { use(n); }; l(); }");
  EXPECT_THAT(facts.Of("_Z1fl", "flows"),
              ElementsAre("field (lambda at test.cc:1)+0 <- parameter 0 "
                          "(integer)"));
}

TEST(Values, AConstantOfCxxNeedsNoObject) {
  auto facts = FactsOfCxx(
      "void use(long); struct S { static const int n = 6; };"
      "void f() { use(S::n); }");
  EXPECT_THAT(facts.Arguments("_Z1fv", "_Z3usel"), ElementsAre("6"));
  EXPECT_THAT(facts.Of("_Z1fv", "objects"), IsEmpty());
}

}  // namespace
}  // namespace chestnut::frontend
