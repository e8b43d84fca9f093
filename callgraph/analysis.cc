#include "callgraph/analysis.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "callgraph/conclude.h"
#include "callgraph/dead_functions.h"
#include "callgraph/executions.h"
#include "callgraph/handlers.h"
#include "callgraph/idle.h"
#include "callgraph/link.h"
#include "callgraph/module_main.h"
#include "callgraph/roots.h"
#include "callgraph/sites.h"
#include "callgraph/solver.h"
#include "callgraph/types.h"
#include "callgraph/walk.h"
#include "callgraph/ways.h"
#include "callgraph/witness.h"
#include "facts/executing.h"
#include "policy/always.h"

namespace chestnut::callgraph {
namespace {

std::vector<UndefinedSymbol> ListUndefined(const Solver& solver) {
  std::vector<UndefinedSymbol> undefined;
  for (const UndefinedReference& reference : solver.undefined()) {
    undefined.push_back({.symbol = reference.symbol,
                         .referrer = reference.referrer,
                         .place = reference.place,
                         .lazy = reference.lazy});
  }
  std::sort(undefined.begin(), undefined.end());
  undefined.erase(std::unique(undefined.begin(), undefined.end()),
                  undefined.end());
  return undefined;
}

absl::Status UndefinedError(const std::vector<UndefinedSymbol>& undefined) {
  const UndefinedSymbol& first = undefined.front();
  std::string more;
  for (const UndefinedSymbol& entry : undefined) {
    if (entry.symbol != first.symbol) {
      more = absl::StrCat(" (and further symbols, ", entry.symbol, " next)");
      break;
    }
  }
  return absl::FailedPreconditionError(
      absl::StrCat("no facts define symbol ", first.symbol, ", which ",
                   first.referrer, " refers to (", first.place, ")", more,
                   "; compile the object that defines it with chestnut cc"));
}

// What start-up handed out can be called at any time later.
void AddLeftBehind(const Program& program, const Solver& solver,
                   const Walk& startup, const DeadFunctions& dead,
                   FunctionId wrapper, std::vector<WalkRoot>& running) {
  // A walk takes the first root of a function.
  std::vector<uint8_t> known(program.functions().size());
  for (const WalkRoot& root : running) known[root.function] = 1;
  for (FunctionId from : startup.order()) {
    for (FunctionId function : solver.registered(from)) {
      if (known[function] || dead.IsOver(function) || function == wrapper) {
        continue;
      }
      known[function] = 1;
      running.push_back(
          {.function = function,
           .reason = absl::StrCat(
               "called by the kernel or by code without types, which ",
               program.function(from).name, " gives it to")});
    }
  }
  const bool behind_startup = !startup.order().empty();
  for (FunctionId function : solver.registered_by_objects()) {
    if (known[function] || (behind_startup && dead.IsOver(function))) continue;
    known[function] = 1;
    running.push_back({.function = function,
                       .reason = "called by code without types, which finds "
                                 "it in a variable"});
  }
}

// Whoever calls main goes on when it returns.
void AddCallersOfMain(const Program& program, const Solver& solver,
                      const Roots& roots, std::vector<WalkRoot>& running) {
  for (FunctionId function : roots.after_main) {
    running.push_back(
        {.function = function, .reason = "runs when main returns"});
  }
  if (!roots.after_main.empty()) return;
  bool found = false;
  for (FunctionId main : roots.main) {
    for (CallId call : solver.callers(main)) {
      found = true;
      running.push_back(
          {.function = program.body(solver.call(call).body).function,
           .reason = "goes on when main returns"});
    }
  }
  if (found) return;
  for (FunctionId function : roots.start_main) {
    running.push_back({.function = GoesOnAfterMain(program, function),
                       .reason = "goes on when main returns"});
  }
}

// A linked program's wrapper of main calls exit itself. But pthread_exit and
// cancellation unwind the first thread to the function that called main
// (nptl/unwind.c), which ends the thread then.
void AddWhereUnwindingEnds(const Program& program, const Solver& solver,
                           const Roots& roots, const Options& options,
                           std::vector<WalkRoot>& running) {
  const bool called_by_libc = !roots.main.empty() && roots.after_main.empty();
  if (options.install_point != policy::InstallPoint::kMain || called_by_libc) {
    return;
  }
  auto live = [&](absl::string_view name) {
    const Target* target = program.Find(name);
    return target != nullptr &&
           std::any_of(target->functions.begin(), target->functions.end(),
                       [&](FunctionId id) { return solver.IsLive(id); });
  };
  const Target* start_main = program.Find("__libc_start_main");
  if (start_main == nullptr ||
      !(live("pthread_exit") || live("pthread_cancel") || live("thrd_exit"))) {
    return;
  }
  for (FunctionId function : start_main->functions) {
    // musl's does not unwind.
    const Body& body = program.body(program.function(function).first_body);
    if (!program.unit(body.unit).IsModule() || !solver.IsLive(function)) {
      continue;
    }
    running.push_back({.function = GoesOnAfterMain(program, function),
                       .reason = "pthread_exit in the first thread ends here"});
  }
}

// What a program loads at run time, if the function that does it is outside the
// facts: a static libc's own only fails.
void AddNeeds(const Program& program,
              const std::vector<UndefinedSymbol>& undefined,
              std::vector<policy::Incomplete>& incomplete) {
  for (const facts::UnitView& unit : program.units()) {
    if (unit.unit().needs() == nullptr || unit.IsModule()) continue;
    for (const facts::Need* need : *unit.unit().needs()) {
      absl::string_view function = unit.String(need->function());
      if (facts::FindExecutingFunction(function)) continue;
      if (std::none_of(undefined.begin(), undefined.end(),
                       [function](const UndefinedSymbol& symbol) {
                         return symbol.symbol == function;
                       })) {
        continue;
      }
      const std::string what =
          need->name() == kNone
              ? "a name that is not known"
              : absl::StrCat("\"", unit.String(need->name()), "\"");
      incomplete.push_back(
          {.place = unit.Place(need->file(), need->line()),
           .reason = absl::StrCat(function, " of ", what,
                                  ", whose code the facts do not show")});
    }
  }
}

// Start-up ends where the installer calls what runs after it.
Walk StartupWalk(const Program& program, const Solver& solver,
                 const Roots& roots, const DeadFunctions& dead,
                 const Options& options) {
  if (options.install_point != policy::InstallPoint::kMain) {
    auto alive = [&dead](FunctionId /*from*/, FunctionId to) {
      return !dead.IsDead(to);
    };
    return Walk(program, solver, roots.startup, alive);
  }
  if (!roots.main.empty()) {
    auto before = [&roots, &dead](FunctionId /*from*/, FunctionId to) {
      return std::find(roots.main.begin(), roots.main.end(), to) ==
                 roots.main.end() &&
             !dead.IsDead(to);
    };
    return Walk(program, solver, roots.startup, before);
  }
  std::vector<FunctionId> after;
  FunctionId installer = kNone;
  if (const Target* target = program.Find(options.installer);
      !options.installer.empty() && target != nullptr &&
      !target->functions.empty()) {
    installer = target->functions[0];
  }
  for (size_t i = 0; i < options.running.size(); ++i) {
    // Without an installer only main itself is known to be behind it.
    if (installer == kNone && i > 0) break;
    const Target* target = program.Find(options.running[i]);
    if (target == nullptr) continue;
    after.insert(after.end(), target->functions.begin(),
                 target->functions.end());
  }
  auto follow = [&after, installer](FunctionId from, FunctionId to) {
    if (installer != kNone && from != installer) return true;
    return std::find(after.begin(), after.end(), to) == after.end();
  };
  return Walk(program, solver, roots.startup, follow);
}

// What a solved graph reaches before and after the install point.
struct Reach {
  Reach(const Program& program, const Solver& solver, const Roots& roots,
        const Options& options)
      : dead(program, solver, options.loader),
        startup(StartupWalk(program, solver, roots, dead, options)),
        running(program, solver,
                RunningRoots(program, solver, roots, options, startup, dead),
                Alive(program, roots)) {}

  static std::vector<WalkRoot> RunningRoots(
      const Program& program, const Solver& solver, const Roots& roots,
      const Options& options, const Walk& startup, const DeadFunctions& dead) {
    std::vector<WalkRoot> running = roots.running;
    AddCallersOfMain(program, solver, roots, running);
    AddWhereUnwindingEnds(program, solver, roots, options, running);
    AddLeftBehind(program, solver, startup, dead, roots.wrapper, running);
    return running;
  }

  // What start-up alone runs is not run again behind it.
  std::function<bool(FunctionId, FunctionId)> Alive(const Program& program,
                                                    const Roots& roots) const {
    const bool behind_startup = !roots.startup.empty();
    // Asked for every edge.
    std::vector<uint8_t> alive(program.functions().size());
    for (FunctionId id = 0; id < alive.size(); ++id) {
      alive[id] = !(behind_startup && dead.IsOver(id)) && !dead.IsDead(id);
    }
    return [alive = std::move(alive)](FunctionId /*from*/, FunctionId to) {
      return alive[to] != 0;
    };
  }

  void Collect(const Program& program, Types& types, const Solver& solver) {
    startup_uses = CollectSites(program, types, solver, startup);
    uses = CollectSites(program, types, solver, running);
  }

  DeadFunctions dead;
  Walk startup;
  Walk running;
  // Filled in by Collect.
  std::vector<SiteUse> startup_uses;
  std::vector<SiteUse> uses;
};

// Which functions hand out handlers unseen shows in the finished graph only,
// and makes it grow.
std::unique_ptr<Reach> SolveAndReach(const Program& program, Types& types,
                                     Solver& solver, const Roots& roots,
                                     const Options& options) {
  absl::flat_hash_set<FunctionId> hiding;
  for (;;) {
    solver.Solve();
    auto reach = std::make_unique<Reach>(program, solver, roots, options);
    // Modules register every address they take.
    if (program.modules().size() == program.units().size()) return reach;
    reach->Collect(program, types, solver);
    bool grown = false;
    for (const auto* uses : {&reach->startup_uses, &reach->uses}) {
      for (FunctionId function : HideHandlers(program, solver, *uses)) {
        if (!hiding.insert(function).second) continue;
        solver.RegisterBehindVoid(function);
        grown = true;
      }
    }
    if (!grown) return reach;
  }
}

void ListGraph(const Program& program, const Solver& solver, Result& result) {
  for (CallId id = 0; id < solver.call_count(); ++id) {
    const FunctionId from = program.body(solver.call(id).body).function;
    for (FunctionId to : solver.targets(id)) {
      result.edges.emplace_back(program.function(from).name,
                                program.function(to).name);
    }
  }
  std::sort(result.edges.begin(), result.edges.end());
  result.edges.erase(std::unique(result.edges.begin(), result.edges.end()),
                     result.edges.end());
  for (FunctionId id = 0; id < program.functions().size(); ++id) {
    if (solver.IsLive(id)) {
      result.reachable.emplace_back(program.function(id).name);
    }
  }
  std::sort(result.reachable.begin(), result.reachable.end());
  result.reachable.erase(
      std::unique(result.reachable.begin(), result.reachable.end()),
      result.reachable.end());
}

Explanation Answer(const Program& program, const Solver& solver,
                   const Reach& reach, const Question& question,
                   Witnesses& witnesses) {
  std::vector<const SiteUse*> uses;
  for (const SiteUse& use : reach.uses) {
    const auto& numbers = use.number.constants();
    const bool makes_it =
        use.site->kind() == facts::SiteKind::syscall && use.number.known() &&
        std::any_of(numbers.begin(), numbers.end(), [&](int64_t number) {
          return static_cast<int32_t>(number) == question.number;
        });
    if (makes_it) uses.push_back(&use);
  }
  Explanation answer;
  const Ways ways(program, solver, reach.running, uses);
  answer.ways =
      question.paths
          ? ways.Paths(question.most, witnesses, answer.more_ways)
          : ways.FromRoots(question.most, witnesses, answer.more_ways);
  if (!question.idle) return answer;
  answer.idle =
      IdlePlaces(program, solver, reach.dead, reach.startup, reach.running)
          .Find(question.number, witnesses);
  answer.idle_count = answer.idle.size();
  answer.idle.resize(std::min(answer.idle.size(), question.most));
  return answer;
}

Exports ListExports(const Program& program, const Solver& solver) {
  Exports exports;
  auto is_live = [&solver](FunctionId f) { return solver.IsLive(f); };
  for (UnitId id = 0; id < program.units().size(); ++id) {
    const facts::UnitView& unit = program.unit(id);
    if (unit.unit().symbols() == nullptr) continue;
    for (uint32_t i = 0; i < unit.unit().symbols()->size(); ++i) {
      const facts::Symbol& symbol = *unit.unit().symbols()->Get(i);
      if (!symbol.defined() || symbol.linkage() == facts::Linkage::internal) {
        continue;
      }
      const auto& functions = program.target(id, i).functions;
      exports[unit.String(symbol.name())] |=
          std::any_of(functions.begin(), functions.end(), is_live);
    }
  }
  return exports;
}

void Count(const Program& program, const Solver& solver, const Walk& running,
           Statistics& statistics) {
  statistics.units = static_cast<uint32_t>(program.units().size());
  statistics.functions = static_cast<uint32_t>(program.functions().size());
  statistics.objects = static_cast<uint32_t>(program.objects().size());
  for (FunctionId id = 0; id < program.functions().size(); ++id) {
    statistics.live_functions += solver.IsLive(id);
  }
  for (ObjectId id = 0; id < program.objects().size(); ++id) {
    statistics.live_objects += solver.IsObjectLive(id);
  }
  statistics.running_functions = static_cast<uint32_t>(running.order().size());
  std::vector<uint32_t> counts;
  for (CallId id = 0; id < solver.call_count(); ++id) {
    if (solver.call(id).facts->kind() == facts::CallKind::direct) continue;
    counts.push_back(static_cast<uint32_t>(solver.targets(id).size()));
    statistics.indirect_edges += counts.back();
  }
  statistics.indirect_calls = static_cast<uint32_t>(counts.size());
  if (counts.empty()) return;
  std::sort(counts.begin(), counts.end());
  statistics.median_candidates = counts[counts.size() / 2];
}

}  // namespace

absl::StatusOr<Result> Analyze(std::vector<facts::UnitView> units,
                               const Options& options) {
  absl::StatusOr<Program> linked =
      Link(std::move(units),
           {.wrapped = options.wrapped, .load_order = options.load_order});
  if (!linked.ok()) return linked.status();
  const Program& program = *linked;
  absl::StatusOr<Roots> roots = CollectRoots(program, options);
  if (!roots.ok()) return roots.status();

  Types types(program);
  Solver solver(program, types);
  for (const WalkRoot& root : roots->startup) solver.AddRoot(root.function);
  for (const WalkRoot& root : roots->running) solver.AddRoot(root.function);
  for (ObjectId object : roots->objects) solver.AddRootObject(object);
  const std::unique_ptr<Reach> reach =
      SolveAndReach(program, types, solver, *roots, options);
  const Walk& running = reach->running;

  Result result;
  result.loads = CollectLoads(program, reach->startup, running);
  if (options.list_exports) result.exports = ListExports(program, solver);
  result.undefined = ListUndefined(solver);
  if (!options.allow_undefined) {
    std::vector<UndefinedSymbol> fatal;
    for (const UndefinedSymbol& entry : result.undefined) {
      if (!entry.lazy) fatal.push_back(entry);
    }
    if (!fatal.empty()) return UndefinedError(fatal);
  }
  if (options.proceed != nullptr && !options.proceed(result)) return result;
  if (reach->uses.empty()) reach->Collect(program, types, solver);
  result.policy =
      policy::EmptyPolicy(options.program, options.install_point, options.mode);
  if (options.install_point == policy::InstallPoint::kExec) {
    result.policy.calls.push_back(policy::StartingCall());
  }
  Witnesses witnesses(program, types, solver);
  Conclude(program, solver, running, reach->uses, witnesses,
           result.policy.calls, result.policy.incomplete);
  result.policy.executes = CollectExecutions(
      program, solver, running, reach->uses, witnesses, options.loader);
  AddNeeds(program, result.undefined, result.policy.incomplete);
  // What start-up may do beyond what is known is not confined yet.
  std::vector<policy::Incomplete> startup_unknown;
  Conclude(program, solver, reach->startup, reach->startup_uses, witnesses,
           result.policy.startup_calls, startup_unknown);
  policy::Normalize(result.policy);

  if (options.question.has_value()) {
    result.explanation =
        Answer(program, solver, *reach, *options.question, witnesses);
  }
  if (options.list_candidates) {
    result.candidates = ListCandidates(program, solver);
  }
  Count(program, solver, running, result.statistics);
  result.statistics.sites =
      static_cast<uint32_t>(reach->uses.size() + reach->startup_uses.size());
  if (options.list_graph) ListGraph(program, solver, result);
  return result;
}

}  // namespace chestnut::callgraph
