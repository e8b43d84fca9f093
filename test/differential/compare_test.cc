#include "test/differential/compare.h"

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "facts/builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::differential {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

IrUnit Ir(const std::string& text) {
  std::string path = absl::StrCat(
      ::testing::TempDir(),
      ::testing::UnitTest::GetInstance()->current_test_info()->name(), ".ll");
  std::ofstream(path) << text;
  absl::StatusOr<IrUnit> ir = ReadIr(path);
  EXPECT_TRUE(ir.ok()) << ir.status();
  return ir.ok() ? *std::move(ir) : IrUnit();
}

// A unit of facts, written by names.
class Unit {
 public:
  uint32_t Symbol(absl::string_view name) {
    for (uint32_t i = 0; i < builder_.unit().symbols.size(); ++i) {
      if (builder_.StringAt(builder_.unit().symbols[i]->name) == name) return i;
    }
    auto symbol = std::make_unique<facts::SymbolT>();
    symbol->name = builder_.String(name);
    symbol->type = facts::SymbolType::function;
    builder_.unit().symbols.push_back(std::move(symbol));
    return static_cast<uint32_t>(builder_.unit().symbols.size() - 1);
  }

  facts::FunctionT& Function(absl::string_view name,
                             const std::vector<std::string>& calls = {}) {
    auto function = std::make_unique<facts::FunctionT>();
    function->symbol = Symbol(name);
    for (const std::string& callee : calls) {
      auto call = std::make_unique<facts::CallT>();
      call->symbol = Symbol(callee);
      function->calls.push_back(std::move(call));
    }
    builder_.unit().functions.push_back(std::move(function));
    return *builder_.unit().functions.back();
  }

  facts::DataObjectT& Object(absl::string_view name) {
    auto object = std::make_unique<facts::DataObjectT>();
    object->symbol = Symbol(name);
    builder_.unit().objects.push_back(std::move(object));
    return *builder_.unit().objects.back();
  }

  void Root(facts::RootKind kind, absl::string_view name) {
    builder_.unit().roots.push_back(facts::Root(kind, Symbol(name), 65535));
  }

  void Alias(absl::string_view name, absl::string_view of) {
    uint32_t target = Symbol(of);
    builder_.unit().symbols[Symbol(name)]->alias_of = target;
  }

  facts::FactsBuilder& builder() { return builder_; }

  std::vector<std::string> MissingFrom(const IrUnit& ir) {
    std::vector<std::string> texts;
    for (const Missing& missing : Compared(ir).missing) {
      texts.push_back(missing.Text());
    }
    return texts;
  }

  // Ends the building.
  Comparison Compared(const IrUnit& ir) {
    absl::StatusOr<facts::UnitView> view = facts::UnitView::Create(
        std::make_shared<const std::string>(builder_.Serialize()), "test");
    EXPECT_TRUE(view.ok()) << view.status();
    return view.ok() ? Compare(ir, *view) : Comparison();
  }

 private:
  facts::FactsBuilder builder_;
};

TEST(CompareTest, CallIsFoundOrMissed) {
  IrUnit ir = Ir(R"(
    declare void @known()
    declare void @forgotten()
    define void @f() { call void @known() call void @forgotten() ret void })");
  Unit unit;
  unit.Function("f", {"known"});
  Comparison comparison = unit.Compared(ir);
  EXPECT_EQ(comparison.edges, 2);
  ASSERT_EQ(comparison.missing.size(), 1u);
  EXPECT_EQ(comparison.missing[0].Text(), "f -> forgotten (call)");
}

TEST(CompareTest, LinkageIsTheCompilers) {
  IrUnit ir = Ir(R"(
    define linkonce_odr void @a() { ret void }
    define void @b() { ret void }
    define weak void @c() { ret void })");
  Unit unit;
  unit.Function("a");
  unit.Function("b");
  unit.builder().unit().symbols[unit.Symbol("b")]->linkage =
      facts::Linkage::linkonce;
  unit.Function("c");
  unit.builder().unit().symbols[unit.Symbol("c")]->linkage =
      facts::Linkage::weak;
  EXPECT_THAT(unit.MissingFrom(ir),
              ElementsAre("a -> a (weak linkage)", "b -> b (strong linkage)"));
}

TEST(CompareTest, CallOfAFunctionWhoseAddressAloneIsKnownIsMissed) {
  IrUnit ir = Ir(R"(
    declare void @g()
    define void @f() { call void @g() ret void })");
  Unit unit;
  facts::FunctionT& f = unit.Function("f");
  f.address_taken.push_back(unit.Symbol("g"));
  EXPECT_THAT(unit.MissingFrom(ir), ElementsAre("f -> g (call)"));
}

TEST(CompareTest, AddressOfAFunctionThatIsOnlyCalledInFactsIsMissed) {
  IrUnit ir = Ir(R"(
    declare void @take(ptr)
    declare void @g()
    define void @f() { call void @take(ptr @g) ret void })");
  Unit unit;
  unit.Function("f", {"take", "g"});
  EXPECT_THAT(unit.MissingFrom(ir), ElementsAre("f -> g (address)"));
}

TEST(CompareTest, AnotherFunctionsEdgeDoesNotCount) {
  IrUnit ir = Ir(R"(
    declare void @g()
    define void @f() { call void @g() ret void }
    define void @h() { call void @g() ret void })");
  Unit unit;
  unit.Function("f", {"g"});
  unit.Function("h");
  EXPECT_THAT(unit.MissingFrom(ir), ElementsAre("h -> g (call)"));
}

TEST(CompareTest, DefinitionWithoutFactsIsMissed) {
  IrUnit ir = Ir("define void @f() { ret void }");
  Unit unit;
  unit.Symbol("f");
  EXPECT_THAT(unit.MissingFrom(ir), ElementsAre("f -> f (definition)"));
}

TEST(CompareTest, InternalFunctionsCountAsSoonAsSomethingRefersToThem) {
  const char text[] = R"(
    declare void @g()
    define internal void @dead() { call void @g() ret void }
    define internal void @alive() { call void @g() ret void }
    @table = global ptr @alive)";
  Unit unit;
  facts::DataObjectT& table = unit.Object("table");
  table.address_taken.push_back(unit.Symbol("alive"));
  EXPECT_THAT(unit.MissingFrom(Ir(text)),
              ElementsAre("alive -> alive (definition)"));
}

TEST(CompareTest, UnitWithoutFactsMissesEverything) {
  Unit unit;
  EXPECT_THAT(unit.MissingFrom(Ir("define void @f() { ret void }")),
              ElementsAre("f -> f (definition)"));
}

TEST(CompareTest, InitialisersAreComparedThroughConstantExpressions) {
  IrUnit ir = Ir(R"(
    declare void @known()
    declare void @forgotten()
    @other = external global [4 x i32]
    @table = global { ptr, ptr, ptr } { ptr @known, ptr @forgotten,
      ptr getelementptr ([4 x i32], ptr @other, i64 0, i64 2) })");
  Unit unit;
  facts::DataObjectT& table = unit.Object("table");
  table.address_taken.push_back(unit.Symbol("known"));
  EXPECT_THAT(unit.MissingFrom(ir), ElementsAre("table -> forgotten (address)",
                                                "table -> other (object)"));
}

TEST(CompareTest, PrivateConstantsAreFollowedToTheFunctionThatUsesThem) {
  IrUnit ir = Ir(R"(
    declare void @g()
    declare void @h()
    @__const.f.ops = private constant { ptr, ptr } { ptr @g, ptr @h }
    define ptr @f() { ret ptr @__const.f.ops })");
  Unit unit;
  facts::FunctionT& f = unit.Function("f");
  f.address_taken.push_back(unit.Symbol("g"));
  EXPECT_THAT(unit.MissingFrom(ir), ElementsAre("f -> h (address)"));
}

TEST(CompareTest, IndirectCallThroughAConstantPointerCountsAsACall) {
  IrUnit ir = Ir(R"(
    declare void @g()
    define void @f() { call void @g() ret void })");
  Unit unit;
  uint32_t pointer = unit.Symbol("pointer");
  facts::FunctionT& f = unit.Function("f");
  auto call = std::make_unique<facts::CallT>();
  call->kind = facts::CallKind::indirect;
  call->callee = unit.builder().Global(pointer);
  f.calls.push_back(std::move(call));
  uint32_t g = unit.builder().FunctionAddress(unit.Symbol("g"));
  unit.Object("pointer").flows.push_back(
      facts::Flow(facts::SinkKind::global, true, pointer, 0, facts::kNone, g));
  EXPECT_THAT(unit.MissingFrom(ir), IsEmpty());
}

TEST(CompareTest, ConstructorVariantsAreOneFunction) {
  IrUnit ir = Ir(R"(
    declare void @_ZN1AC2Ev(ptr)
    define void @f(ptr %p) { call void @_ZN1AC2Ev(ptr %p) ret void })");
  Unit unit;
  unit.Function("f", {"_ZN1AC1Ev"});
  unit.Alias("_ZN1AC2Ev", "_ZN1AC1Ev");
  EXPECT_THAT(unit.MissingFrom(ir), IsEmpty());
}

TEST(CompareTest, AliasAndIfuncMustBeKnown) {
  IrUnit ir = Ir(R"(
    define void @g() { ret void }
    define ptr @resolve() { ret ptr @g }
    @a = alias void (), ptr @g
    @i = ifunc void (), ptr @resolve)");
  Unit unit;
  unit.Function("g");
  facts::FunctionT& resolve = unit.Function("resolve");
  resolve.address_taken.push_back(unit.Symbol("g"));
  EXPECT_THAT(unit.MissingFrom(ir),
              ElementsAre("a -> g (alias)", "i -> resolve (resolver)"));
}

TEST(CompareTest, InitialisersThatTheCompilerMakesFoldIntoTheFactsRoots) {
  const char text[] = R"(
    declare i32 @first()
    declare i32 @second()
    @llvm.global_ctors = appending global [1 x { i32, ptr, ptr }]
      [{ i32, ptr, ptr } { i32 65535, ptr @_GLOBAL__sub_I_a.cc, ptr null }]
    define internal void @__cxx_global_var_init() {
      call i32 @first() call i32 @second() ret void }
    define internal void @_GLOBAL__sub_I_a.cc() {
      call void @__cxx_global_var_init() ret void })";
  Unit unit;
  unit.Function("own initialiser", {"first"});
  unit.Root(facts::RootKind::constructor, "own initialiser");
  EXPECT_THAT(unit.MissingFrom(Ir(text)),
              ElementsAre("<constructors> -> second (call)"));
}

TEST(CompareTest, ConstructorMustBeARoot) {
  IrUnit ir = Ir(R"(
    @llvm.global_ctors = appending global [1 x { i32, ptr, ptr }]
      [{ i32, ptr, ptr } { i32 101, ptr @setup, ptr null }]
    define void @setup() { ret void })");
  Unit unit;
  unit.Function("setup");
  EXPECT_THAT(unit.MissingFrom(ir),
              ElementsAre("<constructors> -> setup (call)"));
}

TEST(CompareTest, InternalClosuresMeetByLine) {
  const char text[] = R"IR(
    declare void @g()
    define void @"_ZZ4mainENK3$_0clEv"() !dbg !4 {
      call void @g() ret void }
    define void @"_ZZ4mainENK3$_1clEv"() !dbg !5 { ret void }
    !llvm.dbg.cu = !{!0}
    !llvm.module.flags = !{!2}
    !0 = distinct !DICompileUnit(language: DW_LANG_C_plus_plus, file: !1,
           emissionKind: LineTablesOnly)
    !1 = !DIFile(filename: "a.cc", directory: "/")
    !2 = !{i32 2, !"Debug Info Version", i32 3}
    !3 = !DISubroutineType(types: !6)
    !4 = distinct !DISubprogram(name: "operator()", file: !1, line: 7, type: !3,
           unit: !0, spFlags: DISPFlagDefinition)
    !5 = distinct !DISubprogram(name: "operator()", file: !1, line: 9, type: !3,
           unit: !0, spFlags: DISPFlagDefinition)
    !6 = !{})IR";
  Unit right;
  right.Function("_ZZ4mainENKUlvE9003_clEv");
  right.Function("_ZZ4mainENKUlvE7012_clEv", {"g"});
  EXPECT_THAT(right.MissingFrom(Ir(text)), IsEmpty());
  Unit wrong;
  wrong.Function("_ZZ4mainENKUlvE9003_clEv", {"g"});
  wrong.Function("_ZZ4mainENKUlvE7012_clEv");
  EXPECT_THAT(wrong.MissingFrom(Ir(text)),
              ElementsAre("_ZZ4mainENK3$_0clEv -> g (call)"));
}

TEST(IrEdgesTest, IntrinsicsThatBecomeLibraryCallsAreCounted) {
  IrUnit ir = Ir(R"(
    declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
    define void @f(ptr %p) {
      call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 9, i1 false) ret void })");
  EXPECT_THAT(
      ir.library_intrinsics,
      UnorderedElementsAre(std::pair<const std::string, int>("memset", 1)));
  ASSERT_EQ(ir.definitions.size(), 1u);
  EXPECT_THAT(ir.definitions[0].edges, IsEmpty());
}

TEST(IrEdgesTest, CodeThatNoBranchLeadsToIsLeftOut) {
  IrUnit ir = Ir(R"(
    declare void @runs()
    declare void @never()
    define void @f() {
      br i1 false, label %dead, label %live
    dead:
      call void @never()
      ret void
    live:
      call void @runs()
      ret void
    })");
  ASSERT_EQ(ir.definitions.size(), 1u);
  EXPECT_THAT(ir.definitions[0].edges,
              ElementsAre(Edge{EdgeKind::kCall, "runs", ""}));
}

TEST(IrEdgesTest, WhatIsNotIrIsRefused) {
  EXPECT_EQ(ReadIr("/nonexistent.ll").status().code(),
            absl::StatusCode::kNotFound);
  std::string path = absl::StrCat(::testing::TempDir(), "not_ir.ll");
  std::ofstream(path) << "int main(void) { return 0; }";
  EXPECT_EQ(ReadIr(path).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace chestnut::differential
