// How function pointers flow, by the edges of the finished graph.
#include <string>
#include <utility>
#include <vector>

#include "callgraph/analysis.h"
#include "callgraph/test_unit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::callgraph {
namespace {

using facts::kNone;
using facts::OpenKind;
using facts::RecordUse;
using facts::SinkKind;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A unit with `main` and functions f, g of type void(), h of type void(i32).
class Graph : public ::testing::Test {
 protected:
  Graph()
      : unit_("main.c"),
        plain_(unit_.Signature("void()")),
        with_int_(unit_.Signature("void(i32)", 1)) {
    main_ = &unit_.Function("main");
    for (const char* name : {"f", "g"}) {
      unit_.Function(name).signature = plain_;
    }
    unit_.Function("h").signature = with_int_;
  }

  void Take(absl::string_view function) { unit_.Take(*main_, function); }
  void CallThrough(uint32_t value, uint32_t signature,
                   std::vector<uint32_t> arguments = {}) {
    unit_.CallThrough(*main_, value, signature, std::move(arguments));
  }
  facts::FactsBuilder& builder() { return unit_.builder(); }

  // Whom `caller` calls.
  std::vector<std::string> Callees(absl::string_view caller = "main") {
    if (!analysed_) {
      Options options;
      options.list_graph = true;
      options.allow_undefined = true;
      absl::StatusOr<Result> result = Analyze({unit_.Build()}, options);
      EXPECT_TRUE(result.ok()) << result.status();
      if (result.ok()) result_ = *std::move(result);
      analysed_ = true;
    }
    std::vector<std::string> callees;
    for (const auto& [from, to] : result_.edges) {
      if (from == caller) callees.push_back(to);
    }
    return callees;
  }
  const std::vector<std::string>& Reachable() {
    Callees();
    return result_.reachable;
  }

  TestUnit unit_;
  uint32_t plain_, with_int_;
  facts::FunctionT* main_;
  Result result_;
  bool analysed_ = false;
};

TEST_F(Graph, AClosedLocalReachesWhatFlowedIn) {
  main_->locals = 1;
  unit_.Flow(*main_, SinkKind::local, 0, unit_.Take(*main_, "f"));
  Take("g");
  CallThrough(builder().Local(0), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, AnOpenedLocalReachesThePoolOfItsType) {
  main_->locals = 1;
  unit_.Flow(*main_, SinkKind::local, 0, unit_.Take(*main_, "f"));
  unit_.Open(*main_, OpenKind::local, 0, 0, plain_);
  Take("g");
  Take("h");
  CallThrough(builder().Local(0), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f", "g"));
}

TEST_F(Graph, WhatAnOpenedPlaceHoldsIsFoundThroughPointersOfItsType) {
  main_->locals = 1;
  // h, of another type, stored in a place for void().
  unit_.Flow(*main_, SinkKind::local, 0, unit_.Take(*main_, "h"));
  unit_.Open(*main_, OpenKind::local, 0, 0, plain_);
  CallThrough(builder().Memory(plain_), plain_);
  EXPECT_THAT(Callees(), ElementsAre("h"));
}

TEST_F(Graph, AddressesTakenInDeadCodeDoNotCount) {
  unit_.Take(unit_.Function("dead"), "g");
  Take("f");
  CallThrough(builder().Memory(plain_), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, AddressesInDeadObjectsDoNotCount) {
  unit_.Take(unit_.Object("dead"), "g");
  auto& live = unit_.Object("live");
  unit_.Take(live, "f");
  main_->objects.push_back(live.symbol);
  CallThrough(builder().Memory(plain_), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, CastsWidenPoolsTransitively) {
  const uint32_t third = unit_.Signature("i64()");
  Take("f");
  main_->casts.emplace_back(plain_, with_int_);
  main_->casts.emplace_back(with_int_, third);
  CallThrough(builder().Memory(third), third);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, CastsDoNotWorkBackwards) {
  Take("f");
  Take("h");
  main_->casts.emplace_back(plain_, with_int_);
  CallThrough(builder().Memory(plain_), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, WhatEscapedComesBackWithEveryCast) {
  unit_.Flow(*main_, SinkKind::escape, kNone, unit_.Take(*main_, "h"));
  Take("g");
  const uint32_t third = unit_.Signature("i64()");
  main_->casts.emplace_back(kNone, third);
  CallThrough(builder().Memory(third), third);
  EXPECT_THAT(Callees(), ElementsAre("h"));
}

// An array of function pointers that becomes void*.
TEST_F(Graph, ACastToNothingLetsWhatMemoryHoldsEscape) {
  Take("g");
  unit_.Flow(*main_, SinkKind::memory, kNone, unit_.Take(*main_, "f"), true, 0,
             plain_);
  main_->casts.emplace_back(plain_, kNone);
  main_->casts.emplace_back(kNone, with_int_);
  CallThrough(builder().Memory(with_int_), with_int_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, AFunctionStoredUnderAnotherTypeJoinsThatPool) {
  unit_.Flow(*main_, SinkKind::memory, kNone, unit_.Take(*main_, "h"), true, 0,
             plain_);
  CallThrough(builder().Memory(plain_), plain_);
  EXPECT_THAT(Callees(), ElementsAre("h"));
}

TEST_F(Graph, AnUnknownValueThatEscapesMayBeAnything) {
  Take("f");
  unit_.Flow(*main_, SinkKind::escape, kNone, builder().Unknown("somewhere"));
  main_->casts.emplace_back(kNone, with_int_);
  CallThrough(builder().Memory(with_int_), with_int_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, ParametersReceiveWhatEveryCallSitePasses) {
  auto& run = unit_.Function("run");
  unit_.CallThrough(run, builder().Parameter(0), plain_);
  unit_.Call(*main_, "run", {unit_.Take(*main_, "f")});
  auto& other = unit_.Function("other");
  unit_.Call(*main_, "other");
  unit_.Call(other, "run", {unit_.Take(other, "g")});
  EXPECT_THAT(Callees("run"), ElementsAre("f", "g"));
}

TEST_F(Graph, MissingArgumentsAreUnknown) {
  auto& run = unit_.Function("run");
  unit_.CallThrough(run, builder().Parameter(1), plain_);
  unit_.Call(*main_, "run", {builder().Constant(1)});
  Take("g");
  EXPECT_THAT(Callees("run"), ElementsAre("g"));
}

TEST_F(Graph, ResultsFlowBackToTheCaller) {
  auto& choose = unit_.Function("choose");
  unit_.Flow(choose, SinkKind::result, kNone,
             builder().Join(unit_.Take(choose, "f"), builder().Constant(0)));
  const uint32_t call = unit_.Call(*main_, "choose");
  Take("g");
  CallThrough(builder().CallResult(call), plain_);
  EXPECT_THAT(Callees(), ElementsAre("choose", "f"));
}

TEST_F(Graph, FieldsOfOneLayoutAreOneAndOfAnotherAreNot) {
  const uint32_t ops = unit_.Record("ops", "one", {0, 8}, plain_);
  const uint32_t same_name = unit_.Record("ops", "other", {0, 8}, plain_);
  unit_.Flow(*main_, SinkKind::field, ops, unit_.Take(*main_, "f"), true, 0);
  unit_.Flow(*main_, SinkKind::field, same_name, unit_.Take(*main_, "g"), true,
             0);
  CallThrough(builder().Field(ops, 0), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, FieldsAtOtherOffsetsAreOthers) {
  const uint32_t ops = unit_.Record("ops", "one", {0, 8}, plain_);
  unit_.Flow(*main_, SinkKind::field, ops, unit_.Take(*main_, "f"), true, 8);
  CallThrough(builder().Field(ops, 0), plain_);
  EXPECT_THAT(Callees(), IsEmpty());
}

TEST_F(Graph, ReinterpretedRecordsShareFieldsAtOneOffset) {
  const uint32_t a = unit_.Record("a", "1", {0, 8}, plain_);
  const uint32_t b = unit_.Record("b", "2", {0, 16}, plain_);
  unit_.unit().records[a]->size = 16;
  unit_.unit().records[b]->size = 24;
  unit_.Flow(*main_, SinkKind::field, a, unit_.Take(*main_, "f"), true, 0);
  unit_.Flow(*main_, SinkKind::field, a, unit_.Take(*main_, "g"), true, 8);
  main_->conversions.emplace_back(RecordUse::reinterpreted, a, b);
  CallThrough(builder().Field(b, 0), plain_);
  CallThrough(builder().Field(b, 16), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, NestedRecordsShareFieldsWithWhatTheyAreSeenAs) {
  const uint32_t inner = unit_.Record("inner", "1", {8}, plain_);
  const uint32_t outer = unit_.Record("outer", "2", {}, kNone);
  auto nested = std::make_unique<facts::RecordFieldT>();
  nested->offset = 16;
  nested->record = inner;
  unit_.unit().records[outer]->fields.push_back(std::move(nested));
  const uint32_t flat = unit_.Record("flat", "3", {24}, plain_);
  unit_.Flow(*main_, SinkKind::field, inner, unit_.Take(*main_, "f"), true, 8);
  main_->conversions.emplace_back(RecordUse::reinterpreted, outer, flat);
  CallThrough(builder().Field(flat, 24), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, RecordsMeetBehindVoidPointersByOffsetAndArity) {
  const uint32_t given = unit_.Record("given", "1", {0}, plain_);
  const uint32_t punned = unit_.Signature("i32()");
  const uint32_t taken = unit_.Record("taken", "2", {0}, punned);
  const uint32_t other_arity = unit_.Record("other arity", "3", {0}, with_int_);
  const uint32_t other_place = unit_.Record("other place", "4", {8}, plain_);
  unit_.Flow(*main_, SinkKind::field, given, unit_.Take(*main_, "f"), true, 0);
  for (uint32_t record : {taken, other_arity, other_place}) {
    main_->conversions.emplace_back(RecordUse::from_untyped, record, kNone);
  }
  main_->conversions.emplace_back(RecordUse::to_untyped, given, kNone);
  auto& other = unit_.Function("other");
  unit_.Call(*main_, "other");
  CallThrough(builder().Field(taken, 0), punned);
  unit_.CallThrough(other, builder().Field(other_arity, 0), with_int_);
  unit_.CallThrough(other, builder().Field(other_place, 8), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f", "other"));
  EXPECT_THAT(Callees("other"), IsEmpty());
}

// memcpy between records of different types.
TEST_F(Graph, RecordsThatBothBecomeVoidPointersCanBeCopiedToEachOther) {
  const uint32_t from = unit_.Record("from", "1", {8}, plain_);
  const uint32_t to = unit_.Record("to", "2", {8}, plain_);
  unit_.Flow(*main_, SinkKind::field, from, unit_.Take(*main_, "f"), true, 8);
  main_->conversions.emplace_back(RecordUse::to_untyped, from, kNone);
  main_->conversions.emplace_back(RecordUse::to_untyped, to, kNone);
  CallThrough(builder().Field(to, 8), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, AFieldThatTheOtherRecordHasSomethingElseForIsOpen) {
  const uint32_t a = unit_.Record("a", "1", {0, 8}, plain_);
  const uint32_t b = unit_.Record("b", "2", {0}, plain_);
  unit_.unit().records[a]->size = 16;
  unit_.unit().records[b]->size = 16;
  main_->conversions.emplace_back(RecordUse::reinterpreted, a, b);
  Take("f");
  CallThrough(builder().Field(a, 8), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, AFieldBehindTheEndOfTheOtherRecordStaysClosed) {
  const uint32_t derived = unit_.Record("derived", "1", {0, 8}, plain_);
  const uint32_t base = unit_.Record("base", "2", {0}, plain_);
  unit_.unit().records[derived]->size = 16;
  unit_.unit().records[base]->size = 8;
  main_->conversions.emplace_back(RecordUse::reinterpreted, derived, base);
  unit_.Flow(*main_, SinkKind::field, derived, unit_.Take(*main_, "f"), true,
             0);
  Take("g");
  auto& other = unit_.Function("other");
  unit_.Call(*main_, "other");
  unit_.CallThrough(other, builder().Field(base, 0), plain_);
  CallThrough(builder().Field(derived, 8), plain_);
  EXPECT_THAT(Callees("other"), ElementsAre("f"));
  EXPECT_THAT(Callees(), ElementsAre("other"));
}

TEST_F(Graph, WhatBecameAnIntegerMayBeCalledByTheKernel) {
  unit_.Flow(*main_, SinkKind::escape, kNone, unit_.Take(*main_, "h"));
  EXPECT_THAT(Reachable(), ElementsAre("h", "main"));
}

TEST_F(Graph, MembersOfAUnionAreEachOther) {
  const uint32_t first = unit_.Record("first", "1", {0}, plain_);
  const uint32_t second = unit_.Record("second", "2", {0}, plain_);
  const uint32_t either = unit_.Record("either", "3", {}, kNone);
  unit_.unit().records[either]->is_union = true;
  for (uint32_t member : {first, second}) {
    auto field = std::make_unique<facts::RecordFieldT>();
    field->record = member;
    unit_.unit().records[either]->fields.push_back(std::move(field));
  }
  unit_.Flow(*main_, SinkKind::field, first, unit_.Take(*main_, "f"), true, 0);
  CallThrough(builder().Field(second, 0), plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, TheKernelCallsWhatARecordHoldsThatItIsGiven) {
  const uint32_t action = unit_.Record("action", "1", {0}, with_int_);
  unit_.Flow(*main_, SinkKind::field, action, unit_.Take(*main_, "h"), true, 0);
  main_->conversions.emplace_back(RecordUse::to_kernel, action, kNone);
  Take("f");
  EXPECT_THAT(Reachable(), UnorderedElementsAre("main", "h"));
}

TEST_F(Graph, ArgumentsOfACallbackFromNowhereAreUnknown) {
  auto& start = unit_.Function("start");
  start.signature = unit_.Signature("void(*void())", 1);
  unit_.CallThrough(start, builder().Parameter(0), plain_);
  unit_.Flow(*main_, SinkKind::untyped, kNone, unit_.Take(*main_, "start"));
  Take("g");
  EXPECT_THAT(Callees("start"), ElementsAre("g"));
}

TEST_F(Graph, AssemblyCallsWhatItIsGivenAndWhatItRefersTo) {
  auto& clone = unit_.Function("clone");
  clone.untyped = true;
  unit_.Take(clone, "g");
  auto& table = unit_.Object("table");
  unit_.Take(table, "h");
  clone.objects.push_back(table.symbol);
  unit_.Call(*main_, "clone", {unit_.Take(*main_, "f")});
  EXPECT_THAT(Reachable(),
              UnorderedElementsAre("main", "clone", "f", "g", "h"));
}

// memcpy is assembly in musl: its unknown pointers are data.
TEST_F(Graph, DataGivenToAssemblyCallsNothing) {
  unit_.Function("copy").untyped = true;
  auto& pass_on = unit_.Function("pass_on");
  pass_on.signature = unit_.Signature("void(*void,*void)", 2);
  unit_.Call(pass_on, "copy", {builder().Parameter(0), builder().Parameter(1)});
  unit_.Call(*main_, "pass_on", {builder().Unknown("pointer")});
  unit_.Call(*main_, "copy", {builder().Unknown("pointer")});
  Take("f");
  EXPECT_THAT(Reachable(), UnorderedElementsAre("main", "copy", "pass_on"));
}

TEST_F(Graph, KnowledgeKeepsInitOutOfOtherPools) {
  auto& init = unit_.Function("_init");
  init.untyped = true;
  const uint32_t init_type = unit_.Signature("v()");
  Take("_init");
  CallThrough(builder().Memory(with_int_), with_int_);
  auto& other = unit_.Function("other");
  unit_.Call(*main_, "other");
  unit_.CallThrough(other, builder().Memory(init_type), init_type);
  EXPECT_THAT(Callees(), ElementsAre("other"));
  EXPECT_THAT(Callees("other"), ElementsAre("_init"));
}

TEST_F(Graph, UnprototypedCallsMatchByArity) {
  const uint32_t old = unit_.Signature("void()", 0, /*prototyped=*/false);
  Take("f");
  Take("h");
  CallThrough(builder().Memory(old), old, {builder().Constant(1)});
  EXPECT_THAT(Callees(), Contains("h"));
}

TEST_F(Graph, UnprototypedFunctionsMatchByArity) {
  auto& old = unit_.Function("old");
  old.signature = unit_.Signature("i32(i32)", 1, /*prototyped=*/false);
  Take("old");
  Take("f");
  CallThrough(builder().Memory(with_int_), with_int_, {builder().Constant(1)});
  EXPECT_THAT(Callees(), ElementsAre("old"));
}

TEST_F(Graph, FunctionsWithoutTypeAreInEveryPool) {
  unit_.Function("assembly");
  Take("assembly");
  CallThrough(builder().Memory(plain_), plain_);
  EXPECT_THAT(Callees(), ElementsAre("assembly"));
}

TEST_F(Graph, VirtualCallsReachOverridersOfLiveVtables) {
  auto& live = unit_.Object("vtable for Live");
  live.overrides.emplace_back(builder().String("Base::run"), unit_.Symbol("f"));
  auto& dead = unit_.Object("vtable for Dead");
  dead.overrides.emplace_back(builder().String("Base::run"), unit_.Symbol("g"));
  main_->objects.push_back(live.symbol);
  unit_.CallVirtual(*main_, "Base::run");
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, PointersToVirtualMembersDispatchToo) {
  const uint32_t member = unit_.Signature("Base::void()");
  auto& vtable = unit_.Object("vtable for Derived");
  vtable.overrides.emplace_back(builder().String("Base::run"),
                                unit_.Symbol("f"));
  main_->objects.push_back(vtable.symbol);
  main_->methods_taken.push_back(builder().String("Base::run"));
  auto& other = unit_.Function("other");
  unit_.Call(*main_, "other");
  const uint32_t address = builder().AddValue(
      facts::Value(facts::ValueKind::method_address, facts::Operator::none, 8,
                   true, builder().String("Base::run"), kNone, 0));
  CallThrough(address, member);
  unit_.CallThrough(other, builder().Memory(member), member);
  EXPECT_THAT(Callees(), ElementsAre("f", "other"));
  EXPECT_THAT(Callees("other"), ElementsAre("f"));
}

TEST_F(Graph, AnIfuncIsWhatItsResolverReturns) {
  auto& resolver = unit_.Function("resolver");
  unit_.Flow(resolver, SinkKind::result, kNone, unit_.Take(resolver, "f"));
  const uint32_t symbol = unit_.Symbol("fast");
  unit_.unit().symbols[symbol]->defined = true;
  unit_.unit().symbols[symbol]->ifunc_resolver = unit_.Symbol("resolver");
  unit_.Call(*main_, "fast");
  Take("g");
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

TEST_F(Graph, SharedOperandsAndDeepExpressionsEnd) {
  uint32_t value = unit_.Take(*main_, "f");
  for (int i = 0; i < 5000; ++i) {
    value = builder().AddValue(facts::Value(facts::ValueKind::binary,
                                            facts::Operator::bit_or, 8, true,
                                            value, value, i));
  }
  CallThrough(value, plain_);
  EXPECT_THAT(Callees(), ElementsAre("f"));
}

}  // namespace
}  // namespace chestnut::callgraph
