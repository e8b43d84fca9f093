// What libc does only once something else has run, or for some arguments.
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "callgraph/analysis.h"
#include "callgraph/loading_knowledge.h"
#include "callgraph/test_unit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::callgraph {
namespace {

using facts::Linkage;
using facts::RootKind;
using facts::UnitKind;
using ::testing::Contains;
using ::testing::Not;

constexpr int kSocket = 41, kConnect = 42;

class Module : public TestUnit {
 public:
  explicit Module(absl::string_view name) : TestUnit(name, UnitKind::module_) {}

  facts::FunctionT& Code(absl::string_view name, int number = -1) {
    facts::FunctionT& function = Function(name, Linkage::internal);
    function.untyped = true;
    if (number >= 0) Site(function, builder().Constant(number));
    return function;
  }
  // Code that other modules know by its name.
  facts::FunctionT& Exported(absl::string_view name, int number = -1) {
    const std::string code = std::string(name) + ".code";
    facts::FunctionT& function = Code(code, number);
    Export(name, "V1", code);
    return function;
  }
  void CallImported(facts::FunctionT& from, absl::string_view name) {
    auto call = std::make_unique<facts::CallT>();
    call->symbol = Import(name, "V1");
    call->line = 0x77;
    from.calls.push_back(std::move(call));
  }
  void TakeImported(facts::FunctionT& from, absl::string_view name) {
    const uint32_t symbol = Import(name, "V1");
    from.address_taken.push_back(symbol);
  }
};

struct Parts {
  Parts() {
    program.unit().module_->type = facts::ModuleType::executable;
    program.Root(RootKind::start, "start");

    facts::FunctionT& unregister = libc.Exported("svc_unregister");
    libc.Exported("pmap_unset", kSocket);
    libc.Call(unregister, "pmap_unset.code");

    facts::FunctionT& table = libc.Exported("anything");
    libc.Exported("_nss_dns_gethostbyname_r", kConnect);
    libc.Take(table, "_nss_dns_gethostbyname_r.code");
    for (const NameLookup& lookup : NameLookups()) {
      for (absl::string_view called : lookup.called) {
        if (called == "gethostbyname_r") libc.Exported(lookup.function);
      }
    }
  }

  void ExportRegistration() { libc.Exported("svc_register"); }

  std::vector<int> Calls() {
    Options options;
    options.program = "prog";
    options.install_point = policy::InstallPoint::kExec;
    options.load_order = {{"prog"}, {"other"}, {libc_name}};
    absl::StatusOr<Result> result =
        Analyze({program.Build(), other.Build(), libc.Build()}, options);
    EXPECT_TRUE(result.ok()) << result.status();
    std::vector<int> numbers;
    if (!result.ok()) return numbers;
    numbers.reserve(result->policy.calls.size());
    for (const policy::Call& call : result->policy.calls) {
      numbers.push_back(call.number);
    }
    return numbers;
  }

  explicit Parts(const std::string& name) : Parts() {
    libc_name = name;
    libc.unit().name = libc.builder().String(name);
  }

  Module program{"prog"}, other{"other"}, libc{"libc.so.6"};
  std::string libc_name = "libc.so.6";
  facts::FunctionT& start = program.Code("start");
};

TEST(Conditions, NobodyUnregistersWhatNobodyRegistered) {
  Parts parts;
  parts.ExportRegistration();
  parts.program.CallImported(parts.start, "svc_unregister");
  EXPECT_THAT(parts.Calls(), Not(Contains(kSocket)));
}

TEST(Conditions, RegistrationBringsWhatUnregisters) {
  Parts parts;
  parts.ExportRegistration();
  parts.program.CallImported(parts.start, "svc_unregister");
  parts.program.CallImported(parts.start, "svc_register");
  EXPECT_THAT(parts.Calls(), Contains(kSocket));
}

TEST(Conditions, RegistrationThroughAPointerCountsToo) {
  Parts parts;
  parts.ExportRegistration();
  parts.program.TakeImported(parts.start, "svc_register");
  parts.program.CallImported(parts.start, "svc_unregister");
  EXPECT_THAT(parts.Calls(), Contains(kSocket));
}

TEST(Conditions, OthersCallItAsTheyLike) {
  Parts parts;
  parts.ExportRegistration();
  parts.program.CallImported(parts.start, "pmap_unset");
  EXPECT_THAT(parts.Calls(), Contains(kSocket));
}

TEST(Conditions, ALibcThatHidesTheConditionHasNone) {
  Parts parts;
  parts.program.CallImported(parts.start, "svc_unregister");
  EXPECT_THAT(parts.Calls(), Contains(kSocket));
}

TEST(Conditions, AnotherLibraryWithSuchNamesIsNotLibc) {
  Parts parts("libtirpc.so.3");
  parts.ExportRegistration();
  parts.program.CallImported(parts.start, "svc_unregister");
  EXPECT_THAT(parts.Calls(), Contains(kSocket));
}

TEST(Conditions, ServicesInLibcAreAskedByLookups) {
  Parts parts;
  parts.program.CallImported(parts.start, "anything");
  EXPECT_THAT(parts.Calls(), Not(Contains(kConnect)));
}

TEST(Conditions, EachLookupAsksThem) {
  for (const NameLookup& lookup : NameLookups()) {
    for (absl::string_view called : lookup.called) {
      if (called != "gethostbyname_r") continue;
      Parts parts;
      parts.program.CallImported(parts.start, "anything");
      parts.program.CallImported(parts.start, lookup.function);
      EXPECT_THAT(parts.Calls(), Contains(kConnect)) << lookup.function;
    }
  }
}

TEST(Conditions, WhoTakesTheAddressElsewhereCallsIt) {
  Parts parts;
  parts.program.TakeImported(parts.start, "_nss_dns_gethostbyname_r");
  EXPECT_THAT(parts.Calls(), Contains(kConnect));
}

TEST(Conditions, WhoAsksServicesItselfAsksForAnything) {
  Parts parts;
  parts.program.CallImported(parts.start, "anything");
  parts.libc.Exported("__nss_lookup_function");
  parts.other.Import("__nss_lookup_function", "V1");
  EXPECT_THAT(parts.Calls(), Contains(kConnect));
}

TEST(Conditions, FunctionsThatNoLookupIsKnownToAskForStay) {
  Parts parts;
  facts::FunctionT& table = parts.libc.Exported("more");
  parts.libc.Exported("_nss_dns_something_else", kConnect);
  parts.libc.Take(table, "_nss_dns_something_else.code");
  parts.program.CallImported(parts.start, "more");
  EXPECT_THAT(parts.Calls(), Contains(kConnect));
}

// A mutex of a static program; its libc asks the scheduler for those with a
// priority ceiling.
std::vector<int> CallsOfALock(bool sets_protocol, const std::string& libc) {
  constexpr int kSetScheduler = 144;
  auto member = [&libc](absl::string_view name) {
    TestUnit unit(libc + std::string(name) + ".o)", UnitKind::module_);
    unit.unit().module_->type = facts::ModuleType::relocatable;
    unit.Function(name).untyped = true;
    return unit;
  };
  TestUnit lock = member("pthread_mutex_lock");
  lock.Call(*lock.unit().functions[0], "__pthread_tpp_change_priority");
  TestUnit change = member("__pthread_tpp_change_priority");
  change.Call(*change.unit().functions[0], "sched_setscheduler");
  TestUnit ask = member("sched_setscheduler");
  ask.Site(*ask.unit().functions[0], ask.builder().Constant(kSetScheduler));
  TestUnit set = member("pthread_mutexattr_setprotocol");
  TestUnit program("main.c");
  facts::FunctionT& main = program.Function("main");
  program.Call(main, "pthread_mutex_lock");
  if (sets_protocol) program.Call(main, "pthread_mutexattr_setprotocol");
  Options options;
  options.entries = {"main"};
  absl::StatusOr<Result> result = Analyze(
      {program.Build(), lock.Build(), change.Build(), ask.Build(), set.Build()},
      options);
  EXPECT_TRUE(result.ok()) << result.status();
  std::vector<int> calls;
  if (!result.ok()) return calls;
  for (const policy::Call& call : result->policy.calls) {
    calls.push_back(call.number);
  }
  return calls;
}

TEST(Conditions, AMutexOfAStaticProgramHasACeilingIfSomebodySetsIt) {
  constexpr int kSetScheduler = 144;
  EXPECT_THAT(CallsOfALock(false, "libc.a("), Not(Contains(kSetScheduler)));
  EXPECT_THAT(CallsOfALock(true, "libc.a("), Contains(kSetScheduler));
  // The names are a libc's in a libc only.
  EXPECT_THAT(CallsOfALock(false, "libmine.a("), Contains(kSetScheduler));
}

std::vector<int> NumbersOf(const absl::StatusOr<Result>& result) {
  EXPECT_TRUE(result.ok()) << result.status();
  std::vector<int> numbers;
  if (!result.ok()) return numbers;
  for (const policy::Call& call : result->policy.calls) {
    numbers.push_back(call.number);
  }
  return numbers;
}

constexpr int kArchPrctl = 158;

// A program that is linked from parts. The start code of a static libc has its
// own address, as if for later.
struct StaticParts {
  explicit StaticParts(const std::string& name)
      : libc(name, UnitKind::module_) {
    libc.unit().module_->type = facts::ModuleType::relocatable;
    facts::FunctionT& start = libc.Function("__libc_start_main");
    start.untyped = true;
    libc.Site(start, libc.builder().Constant(kArchPrctl));
    libc.Take(start, "__libc_start_main");
    libc.Take(start, "_start");
    program.Call(program.Function("_start"), "__libc_start_main");
  }
  std::vector<int> Calls() {
    return NumbersOf(Analyze({program.Build(), libc.Build()}, Options()));
  }

  TestUnit libc;
  TestUnit program{"main.c"};
  facts::FunctionT& main = program.Function("main");
};

TEST(Conditions, AStaticProgramStartsOnce) {
  EXPECT_THAT(StaticParts("libc.a(libc-start.o)").Calls(),
              Not(Contains(kArchPrctl)));
  EXPECT_THAT(StaticParts("libmine.a(libc-start.o)").Calls(),
              Contains(kArchPrctl));
}

TEST(Conditions, AProgramMayStartItselfAgain) {
  for (const char* what : {"_start", "__libc_start_main"}) {
    StaticParts calls("libc.a(libc-start.o)");
    calls.program.Call(calls.main, what);
    EXPECT_THAT(calls.Calls(), Contains(kArchPrctl)) << what;
    StaticParts takes("libc.a(libc-start.o)");
    takes.program.CallThrough(takes.main, takes.program.Take(takes.main, what),
                              takes.program.Signature("v()"));
    EXPECT_THAT(takes.Calls(), Contains(kArchPrctl)) << what;
    StaticParts holds("libc.a(libc-start.o)");
    facts::DataObjectT& object = holds.program.Object("held");
    holds.program.Flow(object, facts::SinkKind::escape, 0,
                       holds.program.Take(object, what));
    holds.main.objects.push_back(
        holds.program.Symbol("held", facts::SymbolType::object));
    EXPECT_THAT(holds.Calls(), Contains(kArchPrctl)) << what;
  }
}

// A static program that is linked already.
struct Linked {
  Linked() {
    program.unit().module_->type = facts::ModuleType::executable;
    program.Root(RootKind::start, "_start");
    facts::FunctionT& start = program.Code("_start", kArchPrctl);
    program.Call(start, "__libc_start_main", {program.Take(start, "main")});
    facts::FunctionT& start_main = program.Code("__libc_start_main");
    program.Call(start_main, "_dl_aux_init");
    program.Take(program.Code("_dl_aux_init"), "_start");
  }
  std::vector<int> Calls() {
    Options options;
    options.load_order = {{"prog"}};
    return NumbersOf(Analyze({program.Build()}, options));
  }

  Module program{"prog"};
  facts::FunctionT& main = program.Code("main");
};

TEST(Conditions, ALinkedStaticProgramStartsOnceUnlessItSaysSo) {
  EXPECT_THAT(Linked().Calls(), Not(Contains(kArchPrctl)));
  Linked calls;
  calls.program.Call(calls.main, "_start");
  EXPECT_THAT(calls.Calls(), Contains(kArchPrctl));
  Linked takes;
  takes.program.Take(takes.main, "_start");
  EXPECT_THAT(takes.Calls(), Contains(kArchPrctl));
}

// A libc whose gettext looks catalogues up.
struct Catalogues {
  Catalogues() {
    facts::FunctionT& gettext = parts.libc.Exported("dcgettext");
    facts::FunctionT& plural = parts.libc.Exported("dcngettext");
    facts::FunctionT& common = parts.libc.Code("sub_10");
    facts::FunctionT& find = parts.libc.Code("sub_20", kOpen);
    parts.libc.Code("sub_30", kOther);
    parts.libc.Exported("getcwd", kGetcwd);
    for (const char* name : {"setlocale", "newlocale", "bindtextdomain",
                             "bind_textdomain_codeset"}) {
      parts.libc.Exported(name);
    }
    parts.libc.Call(gettext, "sub_10");
    parts.libc.Call(plural, "sub_10");
    parts.libc.Call(common, "sub_20");
    parts.libc.Call(common, "sub_30");
    parts.libc.Call(common, "getcwd.code");
    parts.libc.Call(find, "sub_30");
    parts.program.CallImported(parts.start, "dcgettext");
  }

  static constexpr int kOpen = 2, kOther = 39, kGetcwd = 79;
  Parts parts;
};

TEST(Conditions, TheFirstLocaleHasNoCatalogues) {
  const std::vector<int> calls = Catalogues().parts.Calls();
  EXPECT_THAT(calls, Not(Contains(Catalogues::kOpen)));
  EXPECT_THAT(calls, Not(Contains(Catalogues::kGetcwd)));
  EXPECT_THAT(calls, Contains(Catalogues::kOther));
}

TEST(Conditions, OtherLocalesHave) {
  for (const char* name : {"setlocale", "newlocale"}) {
    Catalogues catalogues;
    catalogues.parts.program.CallImported(catalogues.parts.start, name);
    EXPECT_THAT(catalogues.parts.Calls(), Contains(Catalogues::kOpen)) << name;
  }
}

TEST(Conditions, AFolderOfCataloguesMayBeRelative) {
  for (const char* name : {"bindtextdomain", "bind_textdomain_codeset"}) {
    Catalogues catalogues;
    catalogues.parts.program.CallImported(catalogues.parts.start, name);
    EXPECT_THAT(catalogues.parts.Calls(), Contains(Catalogues::kGetcwd))
        << name;
  }
}

// A program that asks sysconf for what `argument` says; of the limits only some
// names need a call.
class Limits {
 public:
  Limits() {
    facts::FunctionT& sysconf = parts.libc.Exported("sysconf");
    parts.libc.Exported("getrlimit", kPrlimit);
    facts::FunctionT& helper = parts.libc.Code("sub_1230");
    parts.libc.Call(sysconf, "getrlimit.code");
    parts.libc.Call(sysconf, "sub_1230");
    parts.libc.Call(helper, "getrlimit.code");
  }
  void Ask(uint32_t argument) {
    parts.program.CallImported(parts.start, "sysconf");
    parts.start.calls.back()->arguments = {argument};
  }

  static constexpr int kPrlimit = 302;
  Parts parts;
  facts::FactsBuilder& builder = parts.program.builder();
};

TEST(Conditions, OtherNamesOfSysconfNeedNoLimits) {
  Limits limits;
  limits.Ask(limits.builder.Join(limits.builder.Constant(_SC_PAGESIZE),
                                 limits.builder.Constant(_SC_CLK_TCK)));
  EXPECT_THAT(limits.parts.Calls(), Not(Contains(Limits::kPrlimit)));
}

TEST(Conditions, EachCallOfSysconfCounts) {
  Limits limits;
  limits.Ask(limits.builder.Constant(_SC_PAGESIZE));
  limits.Ask(limits.builder.Constant(_SC_OPEN_MAX));
  EXPECT_THAT(limits.parts.Calls(), Contains(Limits::kPrlimit));
}

TEST(Conditions, OnlyTheLowHalfOfAnIntIsItsValue) {
  Limits limits;
  limits.Ask(
      limits.builder.Constant(int64_t{0x7700000000} | int64_t{_SC_OPEN_MAX}));
  EXPECT_THAT(limits.parts.Calls(), Contains(Limits::kPrlimit));
}

TEST(Conditions, OneOfSeveralNamesIsEnough) {
  Limits limits;
  limits.Ask(limits.builder.Join(limits.builder.Constant(_SC_PAGESIZE),
                                 limits.builder.Constant(_SC_ARG_MAX)));
  EXPECT_THAT(limits.parts.Calls(), Contains(Limits::kPrlimit));
}

TEST(Conditions, ANameThatIsNotKnownCanBeAny) {
  Limits unknown;
  unknown.Ask(unknown.builder.Unknown("read from memory"));
  EXPECT_THAT(unknown.parts.Calls(), Contains(Limits::kPrlimit));
  Limits parameter;
  parameter.Ask(parameter.builder.Parameter(0));
  EXPECT_THAT(parameter.parts.Calls(), Contains(Limits::kPrlimit));
  Limits unseen;
  unseen.parts.program.CallImported(unseen.parts.start, "sysconf");
  EXPECT_THAT(unseen.parts.Calls(), Contains(Limits::kPrlimit));
}

TEST(Conditions, SysconfThroughAPointerIsAskedForAnything) {
  Limits limits;
  limits.Ask(limits.builder.Constant(_SC_PAGESIZE));
  limits.parts.program.TakeImported(limits.parts.start, "sysconf");
  EXPECT_THAT(limits.parts.Calls(), Contains(Limits::kPrlimit));
}

TEST(Conditions, OthersAskForLimitsThemselves) {
  Limits limits;
  limits.Ask(limits.builder.Constant(_SC_PAGESIZE));
  limits.parts.program.CallImported(limits.parts.start, "getrlimit");
  EXPECT_THAT(limits.parts.Calls(), Contains(Limits::kPrlimit));
}

}  // namespace
}  // namespace chestnut::callgraph
