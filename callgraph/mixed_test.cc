// Programs of which some code is known by its source and some by what was
// compiled.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "callgraph/analysis.h"
#include "callgraph/test_unit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::callgraph {
namespace {

using facts::SinkKind;
using facts::UnitKind;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kGetpid = 39, kExit = 60, kGetuid = 102;

class Mixed : public ::testing::Test {
 protected:
  Mixed() : source_("main.c"), object_("object.o", UnitKind::module_) {
    object_.unit().module_->type = facts::ModuleType::relocatable;
    main_ = &source_.Function("main");
  }

  // Code of the object file that calls what it finds in memory.
  void MakeCaller() {
    facts::FunctionT& caller = object_.Function("caller_of_anything");
    caller.untyped = true;
    object_.CallThrough(caller, object_.builder().Unknown("from memory"),
                        facts::kNone);
  }
  // Code of the object file that calls its parameter.
  void MakeTrampoline() {
    facts::FunctionT& trampoline = object_.Function("trampoline");
    trampoline.untyped = true;
    object_.CallThrough(trampoline, object_.builder().Parameter(0),
                        facts::kNone);
  }

  // Code of the object file: a system call of the number that it is given as
  // parameter `index`.
  void MakeWrapper(uint32_t index) {
    facts::FunctionT& wrapper = object_.Function("wrapper");
    wrapper.untyped = true;
    object_.Site(wrapper, object_.builder().Parameter(index));
  }

  Result Analyse(bool with_object = true) {
    std::vector<facts::UnitView> units = {source_.Build()};
    if (with_object) units.push_back(object_.Build());
    Options options;
    options.entries = {"main"};
    options.list_graph = true;
    absl::StatusOr<Result> result = Analyze(std::move(units), options);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : Result();
  }
  static std::vector<std::string> Calls(const Result& result) {
    std::vector<std::string> names;
    names.reserve(result.policy.calls.size());
    for (const policy::Call& call : result.policy.calls) {
      names.push_back(call.name);
    }
    return names;
  }

  TestUnit source_;
  TestUnit object_;
  facts::FunctionT* main_;
};

// It lies in a field that no call of the source goes through.
void StoreCallback(TestUnit& source, facts::FunctionT& main) {
  facts::FunctionT& callback = source.Function("callback");
  source.Site(callback, source.builder().Constant(kGetuid));
  const uint32_t type = source.Signature("v()");
  const uint32_t record = source.Record("operations", "1", {0}, type);
  source.Flow(main, SinkKind::field, record, source.Take(main, "callback"));
}

TEST_F(Mixed, CompiledCodeMayCallWhateverHasItsAddressTaken) {
  StoreCallback(source_, *main_);
  MakeCaller();
  EXPECT_THAT(Calls(Analyse()), Contains("getuid"));
}

TEST_F(Mixed, CodeThatCallsWhatItIsGivenCallsNothingElse) {
  StoreCallback(source_, *main_);
  MakeTrampoline();
  facts::FunctionT& given = source_.Function("given");
  source_.Site(given, source_.builder().Constant(kGetpid));
  source_.Call(*main_, "trampoline", {source_.Take(*main_, "given")});
  main_->calls.back()->in_registers = true;
  const auto calls = Calls(Analyse());
  EXPECT_THAT(calls, Contains("getpid"));
  EXPECT_THAT(calls, Not(Contains("getuid")));
}

TEST_F(Mixed, CodeThatWritesThroughPointersMayMoveFunctionsAbout) {
  StoreCallback(source_, *main_);
  MakeTrampoline();
  object_.unit().functions.back()->conversions.emplace_back(
      facts::RecordUse::copied_raw, facts::kNone, facts::kNone);
  EXPECT_THAT(Calls(Analyse()), Contains("getuid"));
}

// What one compiled function returns goes to another: whatever it is, compiled
// code had it already. What an ifunc's resolver can choose is nobody's until
// somebody takes the ifunc's address.
TEST_F(Mixed, WhatCompiledCodeHadItCanCallAnyway) {
  auto calls = [](bool takes, bool source_takes) {
    TestUnit object("object.o", UnitKind::module_);
    object.unit().module_->type = facts::ModuleType::relocatable;
    facts::FunctionT& chosen = object.Function("chosen");
    chosen.untyped = true;
    object.Site(chosen, object.builder().Constant(kGetuid));
    facts::FunctionT& resolver = object.Function("resolver");
    object.Flow(resolver, SinkKind::result, 0, object.Take(resolver, "chosen"));
    const uint32_t choice = object.Symbol("choice");
    object.unit().symbols[choice]->ifunc_resolver = object.Symbol("resolver");
    object.unit().symbols[choice]->defined = true;
    facts::FunctionT& caller = object.Function("caller");
    caller.untyped = true;
    object.CallThrough(caller, object.builder().Unknown("from memory"),
                       facts::kNone);
    if (takes) object.Take(caller, "choice");
    TestUnit source("main.c");
    facts::FunctionT& main = source.Function("main");
    if (source_takes) source.Take(main, "choice");
    source.Call(main, "caller");
    source.Call(main, "caller", {source.builder().CallResult(0)});
    const uint32_t type = source.Signature("v()");
    source.CallThrough(main, source.builder().Memory(type), type);
    Options options;
    options.entries = {"main"};
    absl::StatusOr<Result> result =
        Analyze({source.Build(), object.Build()}, options);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? Calls(*result) : std::vector<std::string>();
  };
  EXPECT_THAT(calls(false, false), Not(Contains("getuid")));
  EXPECT_THAT(calls(true, false), Contains("getuid"));
  EXPECT_THAT(calls(false, true), Contains("getuid"));
}

TEST_F(Mixed, WithoutCompiledCodeOnlyCallsCount) {
  StoreCallback(source_, *main_);
  EXPECT_THAT(Calls(Analyse(/*with_object=*/false)), Not(Contains("getuid")));
}

// The libc's start code, whose last function has exit(2) for that case.
void MakeStartCode(TestUnit& libc) {
  facts::FunctionT& start = libc.Function("__libc_start_main");
  facts::FunctionT& call_main = libc.Function("call_main");
  libc.Function("exit");
  libc.Function("pthread_exit");
  libc.Root(facts::RootKind::constructor, "__libc_start_main");
  libc.Call(start, "call_main");
  libc.Call(call_main, "exit");
  libc.Site(call_main, libc.builder().Constant(kExit));
}

TEST_F(Mixed, UnwindingTheFirstThreadEndsInTheCallerOfMain) {
  MakeStartCode(object_);
  source_.Call(*main_, "pthread_exit");
  EXPECT_THAT(Calls(Analyse()), Contains("exit"));
}

TEST_F(Mixed, WithoutPthreadExitNobodyReturnsToTheCallerOfMain) {
  MakeStartCode(object_);
  EXPECT_THAT(Calls(Analyse()), Not(Contains("exit")));
}

TEST_F(Mixed, ArgumentsInRegistersAreTheParametersOfCompiledCode) {
  MakeWrapper(1);
  source_.Call(*main_, "wrapper",
               {source_.builder().Constant(kGetuid),
                source_.builder().Constant(kGetpid)});
  main_->calls.back()->in_registers = true;
  const Result result = Analyse();
  EXPECT_THAT(result.policy.incomplete, IsEmpty());
  EXPECT_THAT(Calls(result), Contains("getpid"));
  EXPECT_THAT(Calls(result), Not(Contains("getuid")));
}

TEST_F(Mixed, ArgumentsElsewhereAreNotGuessed) {
  MakeWrapper(1);
  source_.Call(*main_, "wrapper",
               {source_.builder().Constant(kGetuid),
                source_.builder().Constant(kGetpid)});
  EXPECT_THAT(Analyse().policy.incomplete, Not(IsEmpty()));
}

TEST_F(Mixed, WhatCompiledCodePassesToSourceIsUnknown) {
  facts::FunctionT& wrapper = source_.Function("wrapper");
  source_.Site(wrapper, source_.builder().Parameter(0));
  facts::FunctionT& caller = object_.Function("caller");
  caller.untyped = true;
  object_.Call(caller, "wrapper", {object_.builder().Constant(kGetpid)});
  source_.Call(*main_, "caller");
  EXPECT_THAT(Analyse().policy.incomplete, Not(IsEmpty()));
}

// The compiled code may have filled in the struct.
TEST_F(Mixed, FieldsCanChangeUnseen) {
  const uint32_t record = source_.Record("request", "1", {0}, facts::kNone);
  source_.Flow(*main_, SinkKind::field, record,
               source_.builder().Constant(kGetpid), /*is_function=*/false);
  source_.Site(*main_, source_.builder().Field(record, 0));
  MakeCaller();
  EXPECT_THAT(Analyse().policy.incomplete, Not(IsEmpty()));
}

TEST_F(Mixed, VariablesThatCompiledCodeRefersToCanChangeUnseen) {
  source_.Object("number");
  const uint32_t symbol = source_.Symbol("number", facts::SymbolType::object);
  source_.Flow(*main_, SinkKind::global, symbol,
               source_.builder().Constant(kGetpid), /*is_function=*/false);
  source_.Site(*main_, source_.builder().Global(symbol));
  facts::FunctionT& writer = object_.Function("writer");
  writer.untyped = true;
  writer.objects.push_back(object_.Symbol("number", facts::SymbolType::object));
  source_.Call(*main_, "writer");
  EXPECT_THAT(Analyse().policy.incomplete, Not(IsEmpty()));
}

}  // namespace
}  // namespace chestnut::callgraph
