#include "callgraph/dead_functions.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace chestnut::callgraph {
namespace {

constexpr absl::string_view kLibc = "libc.so.6";
// Members of glibc's, in a program that is linked from parts.
constexpr absl::string_view kStaticLibc = "libc.a(";
constexpr absl::string_view kStaticMember = ".o)";
constexpr int64_t kArchPrctl = 158;
constexpr uint32_t kSetThreadPointer = 0x1002;  // ARCH_SET_FS

bool IsConstant(const facts::UnitView& unit, uint32_t value, uint32_t wanted) {
  const facts::Value& found = *unit.unit().values()->Get(value);
  return found.kind() == facts::ValueKind::constant &&
         static_cast<uint32_t>(found.constant()) == wanted;
}

// arch_prctl has other uses: with shadow stacks dlopen asks by it for what a
// library was built for (sysdeps/x86/dl-cet.c).
bool SetsThreadPointer(const facts::UnitView& unit,
                       const facts::Function& function) {
  if (function.sites() == nullptr) return false;
  return std::any_of(function.sites()->begin(), function.sites()->end(),
                     [&](const facts::SyscallSite* site) {
                       const auto* arguments = site->arguments();
                       return IsConstant(unit, site->number(), kArchPrctl) &&
                              arguments != nullptr && arguments->size() != 0 &&
                              IsConstant(unit, arguments->Get(0),
                                         kSetThreadPointer);
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

bool StartsProgram(absl::string_view name) {
  return name == "libc_start_main" || name == "libc_start_main_impl";
}

// sysdeps/unix/sysv/linux/dl-parse_auxv.h (glibc 2.36): _start's address is
// what AT_ENTRY is if the kernel does not say it. A static program does nothing
// with it.
constexpr absl::string_view kReadsAuxiliaryVector = "_dl_aux_init";
constexpr absl::string_view kEntry = "_start";

bool AllowsCeilings(absl::string_view name) {
  return name == "pthread_mutexattr_setprotocol" ||
         name == "pthread_mutexattr_setprioceiling" ||
         name == "pthread_mutex_setprioceiling";
}

}  // namespace

DeadFunctions::DeadFunctions(const Program& program, const Solver& solver,
                             const std::string& loader)
    : program_(program), solver_(solver) {
  // A program may have both, if it opens libraries.
  std::vector<UnitId> libc, static_libc;
  for (UnitId unit = 0; unit < program.units().size(); ++unit) {
    const absl::string_view name = program.unit(unit).name();
    if (program.IsLoaded(unit)) {
      if (!loader.empty() && name == loader) FindLoaderMain(unit);
      // A static program has libc in it, and its names unless it is stripped.
      if (name == kLibc || (loader.empty() && program.modules().size() == 1)) {
        libc.push_back(unit);
      }
    } else if (absl::StartsWith(name, kStaticLibc) &&
               absl::EndsWith(name, kStaticMember)) {
      static_libc.push_back(unit);
    }
  }
  if (!static_libc.empty()) FindStaticStart(static_libc);
  if (loader.empty() && program.modules().size() == 1) {
    FindStaticEntry(program.modules()[0]);
  }
  // An attribute that one of them made is used by that one, but nobody says so.
  if (SomebodyAllowsCeilings(libc) || SomebodyAllowsCeilings(static_libc)) {
    return;
  }
  FindPriorityProtocol(libc);
  FindPriorityProtocol(static_libc);
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
    if (body.unit == loader &&
        SetsThreadPointer(program_.unit(body.unit), *body.facts)) {
      over_.insert(body.function);
    }
  }
}

// csu/libc-start.c (glibc 2.36): in a static program __libc_start_main sets up
// the thread pointer, the stack's guard and the ifuncs of the process. _start
// calls it once; a program that starts itself again says so.
void DeadFunctions::FindStaticStart(const std::vector<UnitId>& static_libc) {
  const Named starts = NamesOf(static_libc, StartsProgram);
  const Target* entry = program_.Find(kEntry);
  if (starts.empty() || entry == nullptr) return;
  const Named entries(entry->functions.begin(), entry->functions.end());
  Named callers = entries;
  callers.insert(starts.begin(), starts.end());
  if (OnlyTheseCall(starts, callers) && OnlyTheseCall(entries, {}) &&
      OnlyTheseTake(starts, static_libc, "") &&
      OnlyTheseTake(entries, static_libc, "")) {
    over_.insert(starts.begin(), starts.end());
  }
}

// The same of a program that is linked already, as long as it has names.
void DeadFunctions::FindStaticEntry(UnitId executable) {
  const auto* roots = program_.unit(executable).unit().roots();
  if (roots == nullptr) return;
  for (const facts::Root* root : *roots) {
    if (root->kind() != facts::RootKind::start) continue;
    const auto& found = program_.target(executable, root->symbol()).functions;
    const Named entries(found.begin(), found.end());
    if (OnlyTheseCall(entries, {}) &&
        OnlyTheseTake(entries, {}, kReadsAuxiliaryVector)) {
      over_.insert(entries.begin(), entries.end());
    }
  }
}

bool DeadFunctions::OnlyTheseCall(const Named& functions,
                                  const Named& callers) const {
  for (FunctionId function : functions) {
    for (CallId call : solver_.callers(function)) {
      if (!callers.contains(program_.body(solver_.call(call).body).function)) {
        return false;
      }
    }
  }
  return true;
}

bool DeadFunctions::OnlyTheseTake(const Named& functions,
                                  const std::vector<UnitId>& units,
                                  absl::string_view name) const {
  auto takes = [&](UnitId unit, const auto& entry) {
    if (entry.address_taken() == nullptr) return false;
    return std::any_of(
        entry.address_taken()->begin(), entry.address_taken()->end(),
        [&](uint32_t symbol) {
          const auto& taken = program_.target(unit, symbol).functions;
          return std::any_of(taken.begin(), taken.end(), [&](FunctionId f) {
            return functions.contains(f);
          });
        });
  };
  auto is_one = [&units](UnitId unit) {
    return std::find(units.begin(), units.end(), unit) != units.end();
  };
  for (const Body& body : program_.bodies()) {
    const bool named =
        !name.empty() && program_.function(body.function).name == name;
    if (!named && !is_one(body.unit) && takes(body.unit, *body.facts)) {
      return false;
    }
  }
  for (const Object& object : program_.objects()) {
    for (const auto& [unit, part] : object.parts) {
      if (!is_one(unit) && takes(unit, *part)) return false;
    }
  }
  return true;
}

DeadFunctions::Named DeadFunctions::NamesOf(
    const std::vector<UnitId>& units, bool (*wanted)(absl::string_view)) const {
  Named found;
  for (UnitId id : units) {
    const auto* symbols = program_.unit(id).unit().symbols();
    if (symbols == nullptr) continue;
    for (uint32_t i = 0; i < symbols->size(); ++i) {
      if (!symbols->Get(i)->defined() ||
          !wanted(PlainName(program_.unit(id).SymbolName(i)))) {
        continue;
      }
      const auto& functions = program_.target(id, i).functions;
      found.insert(functions.begin(), functions.end());
    }
  }
  return found;
}

bool DeadFunctions::SomebodyAllowsCeilings(
    const std::vector<UnitId>& libc) const {
  const Named setters = NamesOf(libc, AllowsCeilings);
  return std::any_of(setters.begin(), setters.end(),
                     [this](FunctionId f) { return solver_.IsLive(f); });
}

// nptl/pthread_mutex_lock.c and its relatives (glibc 2.36): the scheduler is
// asked for mutexes with a priority ceiling only, which has to be asked for
// with an attribute.
void DeadFunctions::FindPriorityProtocol(const std::vector<UnitId>& libc) {
  const Named lockers = NamesOf(libc, LocksMutex);
  const Named askers = NamesOf(libc, SetsPriority);
  if (lockers.empty() || askers.empty()) return;
  for (CallId call = 0; call < solver_.call_count(); ++call) {
    const FunctionId from = program_.body(solver_.call(call).body).function;
    if (!lockers.contains(from)) continue;
    for (FunctionId to : solver_.targets(call)) {
      if (IsNameless(to) && CallsOneOf(to, askers)) dead_.insert(to);
    }
  }
}

bool DeadFunctions::CallsOneOf(FunctionId from, const Named& functions) const {
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
