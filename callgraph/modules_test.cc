// From the facts of modules to a policy: install points, what start-up leaves
// behind, what is loaded later.
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "callgraph/analysis.h"
#include "callgraph/test_unit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::callgraph {
namespace {

using facts::Linkage;
using facts::RootKind;
using facts::UnitKind;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr int kRead = 0, kWrite = 1, kOpen = 2, kMmap = 9, kGetpid = 39,
              kWait = 61, kUname = 63, kFsync = 74, kArchPrctl = 158,
              kSetThreadPointer = 0x1002, kGettid = 186;

// A unit of a program: functions that make one call each.
class Module : public TestUnit {
 public:
  explicit Module(absl::string_view name) : TestUnit(name, UnitKind::module_) {}

  // Compiled code, as the binalyzer writes it.
  facts::FunctionT& Code(absl::string_view name, int number = -1) {
    facts::FunctionT& function = Function(name, Linkage::internal);
    function.untyped = true;
    if (number >= 0) Site(function, builder().Constant(number));
    return function;
  }
  void Array(absl::string_view section, absl::string_view function) {
    auto& object = Object(section, Linkage::internal);
    object.section = builder().String(section);
    Flow(object, facts::SinkKind::untyped, 0, Take(object, function));
  }
  void CallImported(facts::FunctionT& from, uint32_t symbol) {
    auto call = std::make_unique<facts::CallT>();
    call->symbol = symbol;
    call->line = 0x77;
    from.calls.push_back(std::move(call));
  }
};

// A loader, a libc and a program with a constructor each.
struct Parts {
  Parts() {
    program.unit().module_->type = facts::ModuleType::executable;
    facts::FunctionT& loader_start = loader.Code("start", kMmap);
    // Hands over its own main, and a function for later.
    loader.Take(loader_start, "main");
    loader.Take(loader_start, "later");
    loader.Root(RootKind::start, "start");
    Prctl(loader.Code("main"), kSetThreadPointer);
    loader.Code("later", kOpen);

    libc.Code("init", kUname);
    libc.Array(".init_array", "init");
    facts::FunctionT& start_main = libc.Code("start_main", kGettid);
    (void)start_main;
    libc.Export("__libc_start_main", "V1", "start_main");

    facts::FunctionT& start = program.Code("start");
    program.CallImported(start, program.Import("__libc_start_main", "V1"));
    program.Take(start, "main");
    program.Root(RootKind::start, "start");
    program.Code("main", kRead);
    program.Code("construct", kGetpid);
    program.Array(".init_array", "construct");
    program.Code("finish", kWrite);
    program.Array(".fini_array", "finish");
  }

  void Prctl(facts::FunctionT& function, int code) {
    loader.Site(function, loader.builder().Constant(kArchPrctl),
                {loader.builder().Constant(code)});
  }

  absl::StatusOr<Result> Run(
      policy::InstallPoint point,
      std::function<bool(const Result&)> proceed = nullptr,
      bool confined = false) {
    Options options;
    options.confined = confined;
    options.proceed = std::move(proceed);
    options.program = "prog";
    options.install_point = point;
    options.load_order = {{"prog"}, {"libc.so.6"}, {"ld.so"}};
    options.loader = "ld.so";
    options.list_exports = true;
    return Analyze({program.Build(), libc.Build(), loader.Build()}, options);
  }

  Module program{"prog"}, libc{"libc.so.6"}, loader{"ld.so"};
};

std::vector<int> Numbers(const std::vector<policy::Call>& calls) {
  std::vector<int> numbers;
  numbers.reserve(calls.size());
  for (const policy::Call& call : calls) numbers.push_back(call.number);
  return numbers;
}

TEST(Modules, AtTheEntryPointLoaderAndLibrariesHaveRun) {
  absl::StatusOr<Result> result = Parts().Run(policy::InstallPoint::kEntry);
  ASSERT_TRUE(result.ok()) << result.status();
  const std::vector<int> calls = Numbers(result->policy.calls);
  EXPECT_THAT(calls, IsSupersetOf({kRead, kGetpid, kGettid, kWrite}));
  // What start-up has the address of can be called later, but for the loader's
  // own main.
  EXPECT_THAT(calls, Contains(kOpen));
  EXPECT_THAT(calls, Not(Contains(kMmap)));
  EXPECT_THAT(calls, Not(Contains(kUname)));
  EXPECT_THAT(calls, Not(Contains(kArchPrctl)));
  EXPECT_THAT(Numbers(result->policy.startup_calls),
              IsSupersetOf({kMmap, kUname, kArchPrctl}));
}

// By the same system call dlopen asks for shadow stacks.
TEST(Modules, OnlyWhatSetsTheThreadPointerIsTheLoadersMain) {
  Parts parts;
  facts::FunctionT& later = *parts.loader.unit().functions.back();
  parts.Prctl(later, /*ARCH_CET_STATUS*/ 0x3001);
  absl::StatusOr<Result> result = parts.Run(policy::InstallPoint::kEntry);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(Numbers(result->policy.calls), IsSupersetOf({kOpen, kArchPrctl}));
}

TEST(Modules, WhoGoesOnLoadingIsAskedBeforeThePolicyIsMade) {
  for (bool proceed : {false, true}) {
    int asked = 0;
    absl::StatusOr<Result> result = Parts().Run(
        policy::InstallPoint::kEntry, [&asked, proceed](const Result& found) {
          ++asked;
          EXPECT_FALSE(found.exports.empty());
          return proceed;
        });
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(result->policy.calls.empty(), !proceed);
  }
}

TEST(Modules, AtMainTheConstructorsHaveRun) {
  absl::StatusOr<Result> result = Parts().Run(policy::InstallPoint::kMain);
  ASSERT_TRUE(result.ok()) << result.status();
  const std::vector<int> calls = Numbers(result->policy.calls);
  EXPECT_THAT(calls, IsSupersetOf({kRead, kWrite, kGettid}));
  EXPECT_THAT(calls, Not(Contains(kGetpid)));
  EXPECT_THAT(Numbers(result->policy.startup_calls), Contains(kGetpid));
}

// The loader calls some functions of libc by their names.
TEST(Modules, TheLoaderStartsLibc) {
  auto run = [](bool again) {
    Parts parts;
    parts.libc.Code("early", kFsync);
    parts.libc.Export("__libc_early_init", "GLIBC_PRIVATE", "early");
    parts.libc.Code("allocate", kWait);
    parts.libc.Export("malloc", "V1", "allocate");
    if (again) parts.program.Import("dlmopen", "V1");
    absl::StatusOr<Result> result = parts.Run(policy::InstallPoint::kMain);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->policy : policy::Policy();
  };
  const policy::Policy once = run(false);
  EXPECT_THAT(Numbers(once.startup_calls), IsSupersetOf({kFsync, kWait}));
  EXPECT_THAT(Numbers(once.calls), Contains(kWait));
  EXPECT_THAT(Numbers(once.calls), Not(Contains(kFsync)));
  EXPECT_THAT(Numbers(run(true).calls), Contains(kFsync));
}

// What __libc_start_main did before it handed over to the function that calls
// main is over.
TEST(Modules, AfterMainOnlyWhatCalledItGoesOn) {
  auto run = [](bool calls_exit, bool exits) {
    Parts parts;
    facts::FunctionT& start_main = *parts.libc.unit().functions[1];
    facts::FunctionT& call_main = parts.libc.Code("call_main", kWait);
    parts.libc.Call(start_main, "call_main");
    parts.libc.Code("exit", kFsync);
    if (calls_exit) parts.libc.Call(call_main, "exit");
    if (exits) parts.libc.Site(call_main, parts.libc.builder().Constant(60));
    absl::StatusOr<Result> result = parts.Run(policy::InstallPoint::kMain);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? Numbers(result->policy.calls) : std::vector<int>();
  };
  const std::vector<int> calls = run(true, true);
  EXPECT_THAT(calls, IsSupersetOf({kWait, kFsync}));
  EXPECT_THAT(calls, Not(Contains(kGettid)));
  // Else nothing says that this is the one.
  EXPECT_THAT(run(false, true), IsSupersetOf({kWait, kGettid}));
  EXPECT_THAT(run(true, false), IsSupersetOf({kWait, kFsync, kGettid}));
}

// The wrapper of a program that puts a filter on itself: what it does is over
// when main runs, if it is the one that gives main's result to exit.
TEST(Modules, AConfinedProgramsMainIsBehindItsWrapper) {
  auto run = [](bool confined, bool exits) {
    Parts parts;
    parts.libc.Code("end", kFsync);
    parts.libc.Export("exit", "V1", "end");
    facts::FunctionT& wrapper = *parts.program.unit().functions[1];
    facts::FunctionT& main = parts.program.Code("behind", kWait);
    (void)main;
    auto call = [&](uint32_t symbol, uint32_t line) {
      parts.program.CallImported(wrapper, symbol);
      wrapper.calls.back()->line = line;
    };
    call(parts.program.Symbol("behind"), 0x10);
    call(parts.program.Import("exit", "V1"), exits ? 0x17 : 0x18);
    absl::StatusOr<Result> result =
        parts.Run(policy::InstallPoint::kMain, nullptr, confined);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? Numbers(result->policy.calls) : std::vector<int>();
  };
  EXPECT_THAT(run(true, true), IsSupersetOf({kWait, kFsync}));
  EXPECT_THAT(run(true, true), Not(Contains(kRead)));
  EXPECT_THAT(run(true, true), Not(Contains(kGettid)));
  EXPECT_THAT(run(true, false), IsSupersetOf({kRead, kWait, kFsync}));
  EXPECT_THAT(run(false, true), IsSupersetOf({kRead, kWait, kFsync}));
}

TEST(Modules, AtExecEverythingRuns) {
  absl::StatusOr<Result> result = Parts().Run(policy::InstallPoint::kExec);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(Numbers(result->policy.calls),
              IsSupersetOf({kRead, kWrite, kOpen, kMmap, kGetpid, kUname,
                            kArchPrctl, kGettid}));
}

TEST(Modules, MainThatIsNotKnownIsAnError) {
  Parts parts;
  parts.program.Take(*parts.program.unit().functions[0], "construct");
  absl::StatusOr<Result> result = parts.Run(policy::InstallPoint::kMain);
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(std::string(result.status().message()),
              HasSubstr("prog: main is not known"));
}

// musl's start-up code passes the addresses of more functions than main's.
TEST(Modules, MainMayBeANumberInAProgramAtFixedAddresses) {
  Parts parts;
  facts::UnitT& unit = parts.program.unit();
  constexpr uint32_t kMainAt = 0x401139;
  unit.functions[1]->line = kMainAt;
  parts.program.Take(*unit.functions[0], "construct");
  unit.functions[0]->calls[0]->arguments = {
      parts.program.builder().Constant(kMainAt)};
  absl::StatusOr<Result> result = parts.Run(policy::InstallPoint::kMain);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(Numbers(result->policy.calls), Contains(kRead));
}

TEST(Modules, AMissingFunctionIsAnErrorUnlessItIsBoundLazily) {
  Parts lazy;
  lazy.program.CallImported(*lazy.program.unit().functions[1],
                            lazy.program.Import("nowhere"));
  absl::StatusOr<Result> result = lazy.Run(policy::InstallPoint::kEntry);
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->undefined.size(), 1u);
  EXPECT_EQ(result->undefined[0].symbol, "nowhere");
  EXPECT_EQ(result->undefined[0].place, "prog+0x77");

  Parts now;
  now.program.unit().module_->bind_now = true;
  now.program.CallImported(*now.program.unit().functions[1],
                           now.program.Import("nowhere"));
  result = now.Run(policy::InstallPoint::kEntry);
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(std::string(result.status().message()),
              HasSubstr("no facts define symbol nowhere"));
}

TEST(Modules, LoadsAreListedWhereTheyCanHappen) {
  Parts parts;
  auto add = [&parts](facts::FunctionT& from, int line) {
    auto call = std::make_unique<facts::CallT>();
    call->symbol = parts.program.Import("dlopen");
    call->line = static_cast<uint32_t>(line);
    from.calls.push_back(std::move(call));
    auto need = std::make_unique<facts::NeedT>();
    need->function = parts.program.builder().String("dlopen");
    if (line == 1) need->name = parts.program.builder().String("libx.so");
    need->line = static_cast<uint32_t>(line);
    parts.program.unit().needs.push_back(std::move(need));
  };
  add(*parts.program.unit().functions[1], 1);
  add(*parts.program.unit().functions[1], 2);
  add(parts.program.Code("dead"), 3);
  absl::StatusOr<Result> result = parts.Run(policy::InstallPoint::kEntry);
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->loads.size(), 2u);
  EXPECT_FALSE(result->loads[0].known);
  EXPECT_EQ(result->loads[0].place, "prog+0x2");
  EXPECT_EQ(result->loads[1].name, "libx.so");
}

TEST(Modules, WhatDlsymAsksForRuns) {
  Parts parts;
  parts.libc.Code("hidden_until_asked", 77);
  parts.libc.Export("asked", "", "hidden_until_asked");
  Options options;
  options.install_point = policy::InstallPoint::kEntry;
  options.load_order = {{"prog"}, {"libc.so.6"}, {"ld.so"}};
  options.loader = "ld.so";
  std::vector<facts::UnitView> units = {
      parts.program.Build(), parts.libc.Build(), parts.loader.Build()};
  absl::StatusOr<Result> result = Analyze(units, options);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(Numbers(result->policy.calls), Not(Contains(77)));
  options.called = {"asked"};
  result = Analyze(units, options);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(Numbers(result->policy.calls), Contains(77));
}

}  // namespace
}  // namespace chestnut::callgraph
