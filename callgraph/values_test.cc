// Numbers and arguments of system calls, by the policy that comes out.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callgraph/analysis.h"
#include "callgraph/libc_knowledge.h"
#include "callgraph/test_unit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::callgraph {
namespace {

using facts::kNone;
using facts::Linkage;
using facts::OpenKind;
using facts::Operator;
using facts::RecordUse;
using facts::SinkKind;
using facts::Value;
using facts::ValueKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kFcntl = 72, kPrctl = 157, kGetuid = 102, kGetppid = 110;
constexpr int kSetuid = 105, kSetgid = 106;

class Values : public ::testing::Test {
 protected:
  Values() : unit_("main.c"), main_(&unit_.Function("main")) {}

  // `raw(number, a, b)` makes the system call.
  void AddWrapper() {
    auto& raw = unit_.Function("raw", Linkage::internal);
    unit_.Site(raw, builder().Parameter(0),
               {builder().Parameter(1), builder().Parameter(2)});
  }
  void CallRaw(facts::FunctionT& from, std::vector<uint32_t> arguments) {
    unit_.Call(from, "raw", std::move(arguments));
  }
  uint32_t Constant(int64_t constant) { return builder().Constant(constant); }
  uint32_t Binary(Operator op, uint32_t a, uint32_t b) {
    return builder().AddValue(Value(ValueKind::binary, op, 4, true, a, b, 0));
  }
  facts::FactsBuilder& builder() { return unit_.builder(); }

  const policy::Policy& Policy() {
    if (!policy_.has_value()) {
      absl::StatusOr<Result> result = Analyze({unit_.Build()}, Options());
      EXPECT_TRUE(result.ok()) << result.status();
      policy_ = result.ok() ? result->policy : policy::Policy();
      EXPECT_TRUE(policy::Validate(*policy_).ok());
    }
    return *policy_;
  }
  // Without those that every program has.
  std::vector<std::string> Calls() {
    std::vector<std::string> names;
    for (const policy::Call& call : Policy().calls) {
      if (call.name != "rt_sigreturn" && call.name != "restart_syscall") {
        names.push_back(call.name);
      }
    }
    return names;
  }
  std::vector<uint64_t> Rule(int number, int index) {
    const policy::Call* call = policy::FindCall(Policy().calls, number);
    if (call == nullptr) return {};
    for (const policy::ArgumentRule& rule : call->arguments) {
      if (rule.index == index) return rule.values;
    }
    return {};
  }

  TestUnit unit_;
  facts::FunctionT* main_;
  std::optional<policy::Policy> policy_;
};

TEST_F(Values, NumbersKeepTheirOwnArguments) {
  AddWrapper();
  auto& any = unit_.Function("any");
  CallRaw(any, {builder().Parameter(0), builder().Parameter(1),
                builder().Parameter(2)});
  unit_.Call(*main_, "any", {Constant(kPrctl), Constant(4), Constant(0)});
  unit_.Call(*main_, "any", {Constant(kPrctl), Constant(38), Constant(1)});
  unit_.Call(*main_, "any", {Constant(kFcntl), Constant(0), Constant(3)});
  EXPECT_THAT(Calls(), ElementsAre("fcntl", "prctl"));
  EXPECT_THAT(Rule(kPrctl, 0), ElementsAre(4, 38));
  EXPECT_THAT(Rule(kFcntl, 1), ElementsAre(3));
  EXPECT_THAT(Policy().incomplete, IsEmpty());
}

TEST_F(Values, WitnessesFollowTheNumbersOwnPath) {
  AddWrapper();
  auto& inner = unit_.Function("inner");
  CallRaw(inner, {Constant(kGetuid)});
  CallRaw(*main_, {Constant(kGetppid)});
  unit_.Call(*main_, "inner");
  const policy::Call* call = policy::FindCall(Policy().calls, kGetuid);
  ASSERT_NE(call, nullptr);
  std::vector<std::string> functions;
  functions.reserve(call->witness.size());
  for (const policy::WitnessStep& step : call->witness) {
    functions.push_back(step.function);
  }
  EXPECT_THAT(functions, ElementsAre("main", "inner", "raw"));
}

TEST_F(Values, OneUnknownSiteLeavesTheArgumentUnconstrained) {
  AddWrapper();
  CallRaw(*main_, {Constant(kPrctl), Constant(4)});
  CallRaw(*main_, {Constant(kPrctl), builder().Unknown("read")});
  EXPECT_THAT(Calls(), ElementsAre("prctl"));
  EXPECT_THAT(Rule(kPrctl, 0), IsEmpty());
  EXPECT_THAT(Policy().incomplete, IsEmpty());
}

TEST_F(Values, OneUnknownCallerMakesTheNumberUnknownAndKeepsTheOthers) {
  AddWrapper();
  CallRaw(*main_, {Constant(kGetppid)});
  CallRaw(*main_, {builder().Unknown("read from a file", "main.c", 9)});
  EXPECT_THAT(Calls(), ElementsAre("getppid"));
  ASSERT_EQ(Policy().incomplete.size(), 1u);
  EXPECT_THAT(Policy().incomplete[0].reason, HasSubstr("read from a file"));
}

TEST_F(Values, RecursionEndsWithAllNumbers) {
  AddWrapper();
  auto& retry = unit_.Function("retry");
  CallRaw(retry, {builder().Parameter(0)});
  unit_.Call(retry, "retry", {Constant(kGetuid)});
  unit_.Call(*main_, "retry", {Constant(kGetppid)});
  EXPECT_THAT(Calls(), ElementsAre("getuid", "getppid"));
  EXPECT_THAT(Policy().incomplete, IsEmpty());
}

TEST_F(Values, GrowingRecursionIsUnknown) {
  AddWrapper();
  auto& all = unit_.Function("all");
  CallRaw(all, {builder().Parameter(0)});
  unit_.Call(all, "all",
             {Binary(Operator::add, builder().Parameter(0), Constant(1))});
  unit_.Call(*main_, "all", {Constant(0)});
  EXPECT_EQ(Policy().incomplete.size(), 1u);
}

TEST_F(Values, MutualRecursionEnds) {
  AddWrapper();
  auto& even = unit_.Function("even");
  auto& odd = unit_.Function("odd");
  CallRaw(even, {builder().Parameter(0)});
  unit_.Call(even, "odd", {builder().Parameter(0)});
  unit_.Call(odd, "even", {builder().Parameter(0)});
  unit_.Call(*main_, "even", {Constant(kGetppid)});
  EXPECT_THAT(Calls(), ElementsAre("getppid"));
  EXPECT_THAT(Policy().incomplete, IsEmpty());
}

TEST_F(Values, WrappersCalledThroughPointersGetTheirArguments) {
  AddWrapper();
  const uint32_t signature = unit_.Signature("i64(i64,i64,i64)", 3);
  main_->locals = 1;
  unit_.Flow(*main_, SinkKind::local, 0, unit_.Take(*main_, "raw"));
  unit_.CallThrough(*main_, builder().Local(0), signature,
                    {Constant(kPrctl), Constant(15)});
  EXPECT_THAT(Calls(), ElementsAre("prctl"));
  EXPECT_THAT(Rule(kPrctl, 0), ElementsAre(15));
}

TEST_F(Values, AWrapperGivenAwayCanBeCalledWithAnything) {
  AddWrapper();
  CallRaw(*main_, {Constant(kGetppid)});
  unit_.Flow(*main_, SinkKind::untyped, kNone, unit_.Take(*main_, "raw"));
  EXPECT_EQ(Policy().incomplete.size(), 1u);
}

TEST_F(Values, LocalsJoinTheirAssignments) {
  main_->locals = 1;
  unit_.Flow(*main_, SinkKind::local, 0, Constant(kGetuid), false);
  unit_.Flow(*main_, SinkKind::local, 0, Constant(kGetppid), false);
  unit_.Site(*main_, builder().Local(0));
  EXPECT_THAT(Calls(), ElementsAre("getuid", "getppid"));
}

TEST_F(Values, ALocalWhoseAddressIsTakenIsUnknown) {
  main_->locals = 1;
  unit_.Flow(*main_, SinkKind::local, 0, Constant(kGetuid), false);
  unit_.Open(*main_, OpenKind::local, 0, 0, kNone);
  unit_.Site(*main_, builder().Local(0));
  EXPECT_EQ(Policy().incomplete.size(), 1u);
}

TEST_F(Values, ALocalThatNothingSetsIsUnknown) {
  main_->locals = 1;
  unit_.Site(*main_, builder().Local(0));
  EXPECT_EQ(Policy().incomplete.size(), 1u);
}

TEST_F(Values, ALocalChangedInALoopStaysBounded) {
  main_->locals = 1;
  unit_.Flow(*main_, SinkKind::local, 0, Constant(0), false);
  unit_.Flow(*main_, SinkKind::local, 0,
             Binary(Operator::bit_or, builder().Local(0), Constant(1)), false);
  unit_.Flow(*main_, SinkKind::local, 0,
             Binary(Operator::bit_or, builder().Local(0), Constant(4)), false);
  unit_.Site(*main_, Constant(kPrctl), {builder().Local(0)});
  EXPECT_THAT(Rule(kPrctl, 0), ElementsAre(0, 1, 4, 5));
}

TEST_F(Values, ResultsOfFunctionsAreFollowed) {
  auto& number = unit_.Function("number");
  unit_.Flow(number, SinkKind::result, kNone, builder().Parameter(0), false);
  const uint32_t call = unit_.Call(*main_, "number", {Constant(kGetuid)});
  unit_.Site(*main_, builder().CallResult(call));
  EXPECT_THAT(Calls(), ElementsAre("getuid"));
}

TEST_F(Values, FieldsHoldWhatIsStoredInThem) {
  const uint32_t record = unit_.Record("request", "1", {0, 4}, kNone);
  unit_.Flow(*main_, SinkKind::field, record, Constant(kGetppid), false, 4);
  unit_.Flow(*main_, SinkKind::field, record, Constant(59), false, 0);
  unit_.Site(*main_, builder().Field(record, 4));
  // Number 0, as the memory of the record may have been cleared.
  EXPECT_THAT(Calls(), ElementsAre("read", "getppid"));
}

TEST_F(Values, FieldsOfRecordsThatTravelAsVoidAreUnknown) {
  const uint32_t record = unit_.Record("request", "1", {0}, kNone);
  unit_.Flow(*main_, SinkKind::field, record, Constant(kGetppid), false, 0);
  main_->conversions.emplace_back(RecordUse::to_untyped, record, kNone);
  unit_.Site(*main_, builder().Field(record, 0));
  EXPECT_EQ(Policy().incomplete.size(), 1u);
}

TEST_F(Values, StoresInDeadCodeDoNotCount) {
  const uint32_t record = unit_.Record("request", "1", {0}, kNone);
  unit_.Flow(*main_, SinkKind::field, record, Constant(kGetppid), false, 0);
  unit_.Flow(unit_.Function("dead"), SinkKind::field, record, Constant(59),
             false, 0);
  unit_.Site(*main_, builder().Field(record, 0));
  EXPECT_THAT(Calls(), ElementsAre("read", "getppid"));
}

TEST_F(Values, GlobalsHoldTheirInitialiserAndWhatIsStored) {
  auto& object = unit_.Object("number");
  unit_.Flow(object, SinkKind::global, object.symbol, Constant(kGetuid), false);
  main_->objects.push_back(object.symbol);
  unit_.Flow(*main_, SinkKind::global, object.symbol, Constant(kGetppid),
             false);
  unit_.Site(*main_, builder().Global(object.symbol));
  EXPECT_THAT(Calls(), ElementsAre("getuid", "getppid"));
}

TEST_F(Values, GlobalsWithoutInitialiserStartAsZero) {
  auto& object = unit_.Object("number");
  main_->objects.push_back(object.symbol);
  unit_.Flow(*main_, SinkKind::global, object.symbol, Constant(kGetppid),
             false);
  unit_.Site(*main_, builder().Global(object.symbol));
  EXPECT_THAT(Calls(), ElementsAre("read", "getppid"));
}

TEST_F(Values, ANumberIsItsLowerHalf) {
  unit_.Site(*main_, Constant((int64_t{1} << 32) + kGetppid));
  EXPECT_THAT(Calls(), ElementsAre("getppid"));
}

TEST_F(Values, NumbersThatNoKernelHasAllowNothing) {
  unit_.Site(*main_, Constant(-1));
  unit_.Site(*main_, Constant(100000));
  EXPECT_THAT(Calls(), IsEmpty());
  EXPECT_THAT(Policy().incomplete, IsEmpty());
}

TEST_F(Values, CallsOf32BitProgramsAreNotThose) {
  unit_.Site(*main_, Constant(20));
  main_->sites.back()->kind = facts::SiteKind::int80;
  EXPECT_THAT(Calls(), IsEmpty());
  EXPECT_EQ(Policy().incomplete.size(), 1u);
}

TEST_F(Values, ValuesAreComparedInTheWidthThatTheKernelReads) {
  unit_.Site(*main_, Constant(kPrctl), {Constant(-1)});
  unit_.Site(*main_, Constant(kPrctl), {Constant(int64_t{0x7f00000003})});
  EXPECT_THAT(Rule(kPrctl, 0), ElementsAre(3, 0xffffffff));
}

TEST_F(Values, StartUpOnlyCallersGiveNoValues) {
  AddWrapper();
  auto& set_up = unit_.Function("set_up");
  unit_.Root(facts::RootKind::constructor, "set_up");
  CallRaw(set_up, {Constant(kPrctl), Constant(4)});
  CallRaw(*main_, {Constant(kPrctl), Constant(15)});
  EXPECT_THAT(Rule(kPrctl, 0), ElementsAre(15));
}

// musl's setxid: the number travels in a struct that becomes void*.
TEST_F(Values, KnowledgeKeepsTheStructThatSynccallHandsOn) {
  const uint32_t context = unit_.Record("ctx", "20", {0, 4, 8, 12}, kNone);
  auto& callback = unit_.Function("do_setxid", Linkage::internal);
  callback.conversions.emplace_back(RecordUse::from_untyped, context, kNone);
  unit_.Site(callback, builder().Field(context, 12));
  auto& setxid = unit_.Function("__setxid");
  setxid.conversions.emplace_back(RecordUse::to_untyped, context, kNone);
  unit_.Flow(setxid, SinkKind::field, context, builder().Parameter(0), false,
             12);
  unit_.Flow(setxid, SinkKind::untyped, kNone, unit_.Take(setxid, "do_setxid"));
  unit_.Call(*main_, "__setxid", {Constant(kSetuid)});
  unit_.Call(*main_, "__setxid", {Constant(kSetgid)});
  EXPECT_THAT(Calls(), ElementsAre("setuid", "setgid"));
  EXPECT_THAT(Policy().incomplete, IsEmpty());
}

TEST_F(Values, KnowledgeKeepsTheNumbersAndArgumentsOfSyscall) {
  auto& syscall = unit_.Function("syscall");
  std::vector<uint32_t> arguments(6, builder().Unknown("va_arg"));
  unit_.Site(syscall, builder().Parameter(0), arguments);
  unit_.Call(*main_, "syscall", {Constant(kPrctl), Constant(38)});
  unit_.Call(*main_, "syscall", {Constant(kGetppid)});
  EXPECT_THAT(Calls(), ElementsAre("getppid", "prctl"));
  EXPECT_THAT(Rule(kPrctl, 0), ElementsAre(38));
}

TEST(LibcKnowledge, EveryEntrySaysWhyAndWhereItWasChecked) {
  for (const KeptRecord& entry : KeptRecords()) {
    EXPECT_FALSE(entry.reason.empty()) << entry.function;
    EXPECT_FALSE(entry.checked.empty()) << entry.function;
    EXPECT_TRUE(KeepsRecord(entry.function, entry.record));
  }
  for (const VariadicSystemCall& entry : VariadicSystemCalls()) {
    EXPECT_FALSE(entry.reason.empty()) << entry.function;
    EXPECT_FALSE(entry.checked.empty()) << entry.function;
    EXPECT_EQ(FindVariadicSystemCall(entry.function), &entry);
  }
  for (const AssemblySignature& entry : AssemblySignatures()) {
    EXPECT_FALSE(entry.reason.empty()) << entry.function;
    EXPECT_FALSE(entry.checked.empty()) << entry.function;
    EXPECT_EQ(FindAssemblySignature(entry.function), &entry);
  }
  EXPECT_FALSE(KeepsRecord("__setxid", "other"));
  EXPECT_EQ(FindVariadicSystemCall("open"), nullptr);
}

}  // namespace
}  // namespace chestnut::callgraph
