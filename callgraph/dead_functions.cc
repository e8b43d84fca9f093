#include "callgraph/dead_functions.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace chestnut::callgraph {
namespace {

constexpr absl::string_view kLibc = "libc.so.6";
constexpr int64_t kArchPrctl = 158;

bool HasSite(const Program& program, const Body& body, int64_t number) {
  if (body.facts->sites() == nullptr) return false;
  const auto& values = *program.unit(body.unit).unit().values();
  return std::any_of(body.facts->sites()->begin(), body.facts->sites()->end(),
                     [&](const facts::SyscallSite* site) {
                       const facts::Value& value = *values.Get(site->number());
                       return value.kind() == facts::ValueKind::constant &&
                              value.constant() == number;
                     });
}

// libc has its functions under names of its own, too.
absl::string_view PlainName(absl::string_view name) {
  while (absl::ConsumePrefix(&name, "_")) {
  }
  return name;
}

// What a priority ceiling needs.
bool SetsPriority(absl::string_view name) {
  return absl::StartsWith(name, "sched_get") ||
         absl::StartsWith(name, "sched_set");
}

bool LocksMutex(absl::string_view name) {
  return absl::StartsWith(name, "pthread_mutex_") &&
         !absl::StrContains(name, "prioceiling");
}

bool AllowsCeilings(absl::string_view name) {
  return name == "pthread_mutexattr_setprotocol" ||
         name == "pthread_mutexattr_setprioceiling" ||
         name == "pthread_mutex_setprioceiling";
}

}  // namespace

DeadFunctions::DeadFunctions(const Program& program, const Solver& solver,
                             const std::string& loader)
    : program_(program), solver_(solver) {
  for (UnitId unit : program.modules()) {
    if (!loader.empty() && program.unit(unit).name() == loader) {
      FindLoaderMain(unit);
    }
    // A static program has libc in it, and its names unless it is stripped.
    if (program.unit(unit).name() == kLibc ||
        (loader.empty() && program.modules().size() == 1)) {
      FindPriorityProtocol(unit);
    }
  }
}

// elf/rtld.c (glibc 2.36): _dl_start hands dl_main to _dl_sysdep_start, which
// calls it once. It is the one function of the loader that takes its address
// from somebody and sets the thread pointer itself; whoever ran it again would
// lose the thread. Its entry point the kernel alone runs; it is compared with
// the program's.
void DeadFunctions::FindLoaderMain(UnitId loader) {
  if (const auto* roots = program_.unit(loader).unit().roots();
      roots != nullptr) {
    for (const facts::Root* root : *roots) {
      if (root->kind() != facts::RootKind::start) continue;
      const auto& functions = program_.target(loader, root->symbol()).functions;
      over_.insert(functions.begin(), functions.end());
    }
  }
  for (BodyId id = 0; id < program_.bodies().size(); ++id) {
    const Body& body = program_.body(id);
    if (body.unit == loader && HasSite(program_, body, kArchPrctl)) {
      over_.insert(body.function);
    }
  }
}

// nptl/pthread_mutex_lock.c and its relatives (glibc 2.36): the scheduler is
// asked for mutexes with a priority ceiling only, which has to be asked for
// with an attribute.
void DeadFunctions::FindPriorityProtocol(UnitId libc) {
  absl::flat_hash_set<FunctionId> lockers, askers;
  const facts::Unit& unit = program_.unit(libc).unit();
  if (unit.symbols() == nullptr) return;
  for (uint32_t i = 0; i < unit.symbols()->size(); ++i) {
    if (!unit.symbols()->Get(i)->defined()) continue;
    absl::string_view name = PlainName(program_.unit(libc).SymbolName(i));
    const auto& functions = program_.target(libc, i).functions;
    if (AllowsCeilings(name) &&
        std::any_of(functions.begin(), functions.end(),
                    [this](FunctionId f) { return solver_.IsLive(f); })) {
      return;
    }
    if (LocksMutex(name)) lockers.insert(functions.begin(), functions.end());
    if (SetsPriority(name)) askers.insert(functions.begin(), functions.end());
  }
  for (CallId call = 0; call < solver_.call_count(); ++call) {
    const FunctionId from = program_.body(solver_.call(call).body).function;
    if (!lockers.contains(from)) continue;
    for (FunctionId to : solver_.targets(call)) {
      if (IsNameless(to) && CallsOneOf(to, askers)) dead_.insert(to);
    }
  }
}

bool DeadFunctions::CallsOneOf(
    FunctionId from, const absl::flat_hash_set<FunctionId>& functions) const {
  const Function& function = program_.function(from);
  for (uint32_t b = 0; b < function.body_count; ++b) {
    const BodyId body = function.first_body + b;
    for (uint32_t i = 0; i < CallCount(*program_.body(body).facts); ++i) {
      const auto& targets = solver_.targets(solver_.first_call(body) + i);
      if (std::any_of(targets.begin(), targets.end(),
                      [&](FunctionId f) { return functions.contains(f); })) {
        return true;
      }
    }
  }
  return false;
}

// No function that a program can call: a helper of libc's own.
bool DeadFunctions::IsNameless(FunctionId function) const {
  absl::string_view name = program_.function(function).name;
  return absl::StartsWith(name, "sub_") ||
         absl::StartsWith(name, "__pthread_tpp_") ||
         name == "__pthread_current_priority";
}

}  // namespace chestnut::callgraph
