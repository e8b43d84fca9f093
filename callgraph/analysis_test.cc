#include "callgraph/analysis.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "callgraph/test_unit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/json.h"

namespace chestnut::callgraph {
namespace {

using facts::Linkage;
using facts::SinkKind;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr int kWrite = 1, kGetppid = 110, kChroot = 161, kExecve = 59;
constexpr int kPrctl = 157;

Options Static() {
  Options options;
  options.program = "test";
  options.list_graph = true;
  options.list_candidates = true;
  return options;
}

std::vector<std::string> Names(const std::vector<policy::Call>& calls) {
  std::vector<std::string> names;
  names.reserve(calls.size());
  for (const policy::Call& call : calls) names.push_back(call.name);
  return names;
}

Result Analysed(std::vector<facts::UnitView> units,
                const Options& options = Static()) {
  absl::StatusOr<Result> result = Analyze(std::move(units), options);
  EXPECT_TRUE(result.ok()) << result.status();
  if (!result.ok()) return {};
  EXPECT_TRUE(policy::Validate(result->policy).ok())
      << policy::Validate(result->policy);
  return *std::move(result);
}

TEST(Analysis, FollowsCallsAcrossUnitsAndGivesTheWitness) {
  TestUnit program("main.c");
  program.Call(program.Function("main"), "helper");
  TestUnit library("helper.c");
  auto& helper = library.Function("helper");
  library.Site(helper, library.builder().Constant(kGetppid));
  auto& unused = library.Function("unused");
  library.Site(unused, library.builder().Constant(kExecve));

  Result result = Analysed({program.Build(), library.Build()});
  const policy::Call* call = policy::FindCall(result.policy.calls, kGetppid);
  ASSERT_NE(call, nullptr);
  ASSERT_EQ(call->witness.size(), 2u);
  EXPECT_EQ(call->witness[0].function, "main");
  EXPECT_EQ(call->witness[0].place, "main.c:2");
  EXPECT_EQ(call->witness[1].function, "helper");
  EXPECT_EQ(call->witness[1].place, "helper.c:2");
  EXPECT_EQ(policy::FindCall(result.policy.calls, kExecve), nullptr);
  EXPECT_THAT(result.reachable, ElementsAre("helper", "main"));
}

TEST(Analysis, NamesTheReferrerOfAnUndefinedSymbol) {
  TestUnit program("main.c");
  program.Call(program.Function("main"), "missing");
  absl::StatusOr<Result> result = Analyze({program.Build()}, Static());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(result.status().message()),
              HasSubstr("symbol missing, which main refers to (main.c:2)"));
}

TEST(Analysis, DeadCodeMayReferToWhatDoesNotExist) {
  TestUnit program("main.c");
  program.Function("main");
  program.Call(program.Function("dead"), "missing");
  EXPECT_TRUE(Analyze({program.Build()}, Static()).ok());
}

TEST(Analysis, WhatAnOpaqueFunctionIsGivenItMayCall) {
  TestUnit program("main.c");
  auto& main = program.Function("main");
  const uint32_t callback = program.Take(main, "callback");
  program.Call(main, "missing", {callback});
  program.Site(program.Function("callback"),
               program.builder().Constant(kGetppid));
  Options options = Static();
  options.allow_undefined = true;
  Result result = Analysed({program.Build()}, options);
  EXPECT_THAT(Names(result.policy.calls), Contains("getppid"));
  ASSERT_EQ(result.undefined.size(), 1u);
  EXPECT_EQ(result.undefined[0].symbol, "missing");
  EXPECT_EQ(result.undefined[0].referrer, "main");
}

TEST(Analysis, RefusesTwoStrongDefinitions) {
  TestUnit a("a.c"), b("b.c");
  a.Function("main");
  b.Function("main");
  absl::StatusOr<Result> result = Analyze({b.Build(), a.Build()}, Static());
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(std::string(result.status().message()),
              HasSubstr("main is defined in a.c and in b.c"));
}

TEST(Analysis, RefusesAUnitWithErrors) {
  TestUnit unit("a.c");
  unit.Function("main");
  unit.unit().errors.push_back(unit.builder().String("a.c:1: expected ';'"));
  absl::StatusOr<Result> result = Analyze({unit.Build()}, Static());
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("expected"));
}

TEST(Analysis, RefusesAProgramWithoutMain) {
  TestUnit unit("a.c");
  unit.Function("helper");
  absl::StatusOr<Result> result = Analyze({unit.Build()}, Static());
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(std::string(result.status().message()),
              HasSubstr("no facts define main"));
}

// _start -> __libc_start_main -> __wrap_main -> __real_main, exit.
TestUnit StartUnit() {
  TestUnit unit("start.c");
  auto& start = unit.Function("_start");
  unit.Call(start, "__libc_start_main", {unit.Take(start, "main")});
  auto& libc = unit.Function("__libc_start_main");
  unit.Site(libc, unit.builder().Constant(kChroot));
  unit.CallThrough(libc, unit.builder().Parameter(0), unit.Signature("i32()"));
  auto& wrapper = unit.Function("__wrap_main");
  unit.Site(wrapper, unit.builder().Constant(kPrctl));
  unit.Call(wrapper, "__real_main");
  unit.Call(wrapper, "exit");
  auto& exit = unit.Function("exit");
  unit.Site(exit, unit.builder().Constant(231));
  return unit;
}

Options Wrapped() {
  Options options = Static();
  options.wrapped = {"main"};
  options.installer = "__wrap_main";
  return options;
}

TEST(Analysis, TellsStartUpFromWhatRunsAfterTheInstaller) {
  TestUnit start = StartUnit();
  TestUnit program("main.c");
  program.Site(program.Function("main"), program.builder().Constant(kWrite));
  Result result = Analysed({start.Build(), program.Build()}, Wrapped());
  EXPECT_THAT(
      Names(result.policy.calls),
      ElementsAre("write", "rt_sigreturn", "restart_syscall", "exit_group"));
  EXPECT_THAT(Names(result.policy.startup_calls),
              ElementsAre("prctl", "chroot"));
}

TEST(Analysis, WhatStartUpLeavesBehindCanRunLater) {
  TestUnit start = StartUnit();
  TestUnit program("main.c");
  program.Function("main");
  auto& constructor = program.Function("set_up");
  program.Root(facts::RootKind::constructor, "set_up");
  program.Flow(constructor, SinkKind::untyped, 0,
               program.Take(constructor, "on_signal"));
  program.Site(constructor, program.builder().Constant(kChroot));
  program.Site(program.Function("on_signal"),
               program.builder().Constant(kGetppid));
  Result result = Analysed({start.Build(), program.Build()}, Wrapped());
  EXPECT_THAT(Names(result.policy.calls), Contains("getppid"));
  EXPECT_THAT(Names(result.policy.calls), Not(Contains("chroot")));
  EXPECT_THAT(Names(result.policy.startup_calls), Contains("getppid"));
}

TEST(Analysis, AFilterBeforeExecveCountsStartUpToo) {
  TestUnit start = StartUnit();
  TestUnit program("main.c");
  program.Function("main");
  Options options = Wrapped();
  options.install_point = policy::InstallPoint::kExec;
  Result result = Analysed({start.Build(), program.Build()}, options);
  EXPECT_THAT(Names(result.policy.calls), Contains("chroot"));
  // The call that starts the program comes after it.
  EXPECT_THAT(Names(result.policy.calls), Contains("execve"));
}

// A program whose facts reach each other over several units in many ways.
std::vector<facts::UnitView> ManyUnits() {
  std::vector<facts::UnitView> units;
  TestUnit a("a.c");
  auto& main = a.Function("main");
  const uint32_t record = a.Record("ops", "16", {0, 8}, a.Signature("void()"));
  a.Flow(main, SinkKind::field, record, a.Take(main, "first"));
  a.Call(main, "run");
  a.Call(main, "weak");
  units.push_back(a.Build());
  for (const char* name : {"b.c", "c.c"}) {
    TestUnit unit(name);
    auto& run = unit.Function("run", Linkage::linkonce);
    const uint32_t signature = unit.Signature("void()");
    const uint32_t ops = unit.Record("ops", "16", {0, 8}, signature);
    unit.CallThrough(run, unit.builder().Field(ops, 0), signature);
    unit.CallThrough(run, unit.builder().Memory(signature), signature);
    auto& weak = unit.Function("weak", Linkage::weak);
    unit.Site(weak, unit.builder().Constant(name[0]));
    units.push_back(unit.Build());
  }
  TestUnit d("d.c");
  const uint32_t signature = d.Signature("void()");
  for (const char* name : {"first", "second"}) {
    auto& function = d.Function(name);
    function.signature = signature;
    d.Site(function, d.builder().Constant(kGetppid));
    d.Take(function, "second");
  }
  units.push_back(d.Build());
  return units;
}

TEST(Analysis, DoesNotDependOnTheOrderOfUnits) {
  std::vector<int> order = {0, 1, 2, 3};
  std::string expected_policy, expected_candidates;
  std::vector<std::pair<std::string, std::string>> expected_edges;
  do {
    std::vector<facts::UnitView> all = ManyUnits(), units;
    for (int index : order) units.push_back(all[index]);
    Result result = Analysed(std::move(units));
    std::string policy = policy::WritePolicy(result.policy);
    std::string candidates = CandidatesToJson(result.candidates);
    if (expected_policy.empty()) {
      EXPECT_THAT(result.edges, Contains(Pair("run", "first")));
      EXPECT_THAT(result.edges, Contains(Pair("run", "second")));
      EXPECT_THAT(result.edges, Contains(Pair("main", "weak")));
      expected_policy = policy;
      expected_candidates = candidates;
      expected_edges = result.edges;
    }
    EXPECT_EQ(policy, expected_policy);
    EXPECT_EQ(candidates, expected_candidates);
    EXPECT_EQ(result.edges, expected_edges);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Analysis, AnUnknownNumberMakesThePolicyIncomplete) {
  TestUnit program("main.c");
  auto& main = program.Function("main");
  program.Site(main,
               program.builder().Unknown("read from a file", "main.c", 7));
  Result result = Analysed({program.Build()});
  ASSERT_EQ(result.policy.incomplete.size(), 1u);
  EXPECT_EQ(result.policy.incomplete[0].place, "main.c:2");
  EXPECT_THAT(result.policy.incomplete[0].reason,
              HasSubstr("read from a file (main.c:7)"));
}

TEST(Analysis, WhatAProgramLoadsMakesThePolicyIncomplete) {
  for (bool in_libc : {false, true}) {
    TestUnit program("main.c");
    program.Call(program.Function("main"), "dlopen");
    auto need = std::make_unique<facts::NeedT>();
    need->function = program.builder().String("dlopen");
    need->name = program.builder().String("libz.so");
    need->file = program.builder().String("main.c");
    need->line = 3;
    program.unit().needs.push_back(std::move(need));
    TestUnit libc("dlopen.c");
    if (in_libc) libc.Function("dlopen");
    Options options = Static();
    options.allow_undefined = true;
    Result result = Analysed({program.Build(), libc.Build()}, options);
    ASSERT_EQ(result.policy.incomplete.size(), in_libc ? 0u : 1u);
    if (in_libc) continue;
    EXPECT_EQ(result.policy.incomplete[0].place, "main.c:3");
    EXPECT_THAT(result.policy.incomplete[0].reason,
                HasSubstr("dlopen of \"libz.so\""));
  }
}

// A call of `function` in `from`, that names `named` (empty: not known).
void Executes(TestUnit& unit, facts::FunctionT& from, const char* function,
              const char* named) {
  unit.Call(from, function);
  const facts::CallT& call = *from.calls.back();
  auto need = std::make_unique<facts::NeedT>();
  need->function = unit.builder().String(function);
  if (*named != 0) need->name = unit.builder().String(named);
  need->file = call.file;
  need->line = call.line;
  unit.unit().needs.push_back(std::move(need));
}

TEST(Analysis, ProgramsThatAreExecutedAreListedWithTheWay) {
  TestUnit program("main.c");
  auto& main = program.Function("main");
  program.Call(main, "helper");
  Executes(program, program.Function("helper"), "execl", "/bin/x");
  Executes(program, program.Function("unused"), "execl", "/bin/never");
  TestUnit libc("exec.c");
  auto& execl = libc.Function("execl");
  // libc's own call says nothing new.
  Executes(libc, execl, "execve", "");
  libc.Site(libc.Function("execve"), libc.builder().Constant(59));
  Result result = Analysed({program.Build(), libc.Build()});
  EXPECT_TRUE(result.policy.incomplete.empty());
  EXPECT_TRUE(result.loads.empty());
  ASSERT_EQ(result.policy.executes.size(), 1u);
  const policy::Execution& found = result.policy.executes[0];
  EXPECT_EQ(found.function, "execl");
  EXPECT_EQ(found.program, "/bin/x");
  ASSERT_EQ(found.witness.size(), 2u);
  EXPECT_EQ(found.witness[0].function, "main");
  EXPECT_EQ(found.witness[1].function, "helper");
  EXPECT_THAT(found.witness[1].place, HasSubstr("main.c:"));
}

TEST(Analysis, CommandsAreForTheShell) {
  TestUnit program("main.c");
  auto& main = program.Function("main");
  Executes(program, main, "system", "ls -l");
  TestUnit libc("system.c");
  libc.Site(libc.Function("system"), libc.builder().Constant(59));
  Result result = Analysed({program.Build(), libc.Build()});
  ASSERT_EQ(result.policy.executes.size(), 1u);
  EXPECT_EQ(result.policy.executes[0].program, "/bin/sh");
  EXPECT_EQ(result.policy.executes[0].command, "ls -l");
}

TEST(Analysis, AnExecveThatNothingNamesIsListedAsUnknown) {
  TestUnit program("main.c");
  program.Site(program.Function("main"), program.builder().Constant(59));
  Result result = Analysed({program.Build()});
  ASSERT_EQ(result.policy.executes.size(), 1u);
  EXPECT_EQ(result.policy.executes[0].function, "execve");
  EXPECT_EQ(result.policy.executes[0].program, "");
  EXPECT_FALSE(result.policy.executes[0].witness.empty());
}

// A loader executes what it is started with as a command, and nothing else; its
// way being the shorter one must not hide the program's own.
TEST(Analysis, TheLoadersExecveHidesNoOther) {
  Options options = Static();
  options.loader = "ld.so";
  auto analysed = [&options](bool has_own) {
    TestUnit program("main.c");
    auto& main = program.Function("main");
    program.Call(main, "chain_load");
    program.Call(main, "helper");
    auto& helper = program.Function("helper");
    if (has_own) program.Site(helper, program.builder().Constant(kExecve));
    TestUnit loader("ld.so");
    loader.Site(loader.Function("chain_load"),
                loader.builder().Constant(kExecve));
    return Analysed({program.Build(), loader.Build()}, options);
  };
  EXPECT_TRUE(analysed(false).policy.executes.empty());
  const std::vector<policy::Execution> found = analysed(true).policy.executes;
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].witness.back().place, HasSubstr("main.c:"));
}

TEST(Analysis, WitnessSaysWhyAPointerReachesItsTarget) {
  TestUnit program("main.c");
  const uint32_t signature = program.Signature("void()");
  const uint32_t file = program.Record("FILE", "8", {0}, signature);
  auto& main = program.Function("main");
  main.objects.push_back(program.Symbol("stream", facts::SymbolType::object));
  program.CallThrough(main, program.builder().Field(file, 0), signature);
  auto& stream = program.Object("stream");
  program.Flow(stream, SinkKind::field, file,
               program.Take(stream, "write_stream"));
  program.Site(program.Function("write_stream"),
               program.builder().Constant(kWrite));
  Result result = Analysed({program.Build()});
  const policy::Call* call = policy::FindCall(result.policy.calls, kWrite);
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->witness.back().reason,
            "called through field FILE.f0, set by stream");
  ASSERT_EQ(result.candidates.size(), 1u);
  EXPECT_EQ(result.candidates[0].function, "main");
  EXPECT_THAT(result.candidates[0].targets, ElementsAre("write_stream"));
  EXPECT_THAT(CandidatesToJson(result.candidates), HasSubstr("write_stream"));
}

}  // namespace
}  // namespace chestnut::callgraph
