#include "callgraph/roots.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "callgraph/module_main.h"

namespace chestnut::callgraph {
namespace {

using facts::RootKind;

class Collector {
 public:
  Collector(const Program& program, const Options& options)
      : program_(program), options_(options) {}

  absl::StatusOr<Roots> Run() {
    if (absl::Status status = Entries(); !status.ok()) return status;
    if (absl::Status status = Main(); !status.ok()) return status;
    for (UnitId id = 0; id < program_.units().size(); ++id) UnitRoots(id);
    for (ObjectId object : program_.startup_arrays()) {
      ArrayRoots(object, "called by the start-up code", /*at_exit=*/false);
    }
    for (ObjectId object : program_.exit_arrays()) {
      ArrayRoots(object, "called at exit", /*at_exit=*/true);
    }
    Called();
    CalledByLoader();
    if (options_.install_point != policy::InstallPoint::kMain &&
        !StopsAtEntry()) {
      // The filter is on from the start, or may be.
      roots_.running.insert(roots_.running.begin(), roots_.startup.begin(),
                            roots_.startup.end());
      roots_.startup.clear();
    }
    return std::move(roots_);
  }

 private:
  // The loader and the libraries' constructors have run when the filter goes
  // on, nothing of the executable has.
  bool StopsAtEntry() const {
    return options_.install_point == policy::InstallPoint::kEntry &&
           !options_.loader.empty();
  }

  bool IsExecutable(UnitId unit) const {
    return !program_.modules().empty() && program_.modules()[0] == unit &&
           program_.unit(unit).unit().module_()->type() ==
               facts::ModuleType::executable;
  }

  // Where what start-up code calls in `unit` runs: that of the executable is
  // behind its entry point, that of what dlopen brings at any time.
  void AddStartup(UnitId unit, const Target& target, absl::string_view reason) {
    const bool late = program_.IsLoaded(unit) && program_.group(unit) != 0;
    const bool own =
        StopsAtEntry() && (!program_.IsLoaded(unit) || IsExecutable(unit));
    if (!own) AddTarget(target, reason, &roots_.startup);
    if (own || late) AddTarget(target, reason, &roots_.running);
  }

  // With install point kMain, a program without source has no name to find its
  // main by.
  absl::Status Main() {
    if (options_.install_point != policy::InstallPoint::kMain ||
        program_.modules().empty() || !IsExecutable(program_.modules()[0])) {
      return absl::OkStatus();
    }
    const ModuleMain main =
        FindMain(program_, program_.modules()[0], options_.confined);
    if (main.main.empty()) {
      return absl::FailedPreconditionError(absl::StrCat(
          program_.unit(program_.modules()[0]).name(),
          ": main is not known: no call of __libc_start_main with the address "
          "of a function; analyze the program from its entry point (--at "
          "entry)"));
    }
    roots_.main = main.main;
    roots_.start_main = main.start_main;
    roots_.after_main = main.after_main;
    roots_.wrapper = main.wrapper;
    for (FunctionId function : main.main) {
      roots_.running.push_back(
          {.function = function, .reason = "runs once the filter is on"});
    }
    return absl::OkStatus();
  }

  // elf/dl-call-libc-early-init.c, elf/dl-minimal.c (glibc 2.36): the loader
  // looks these up in libc by their names; the first once for each libc that it
  // loads, the others for its own memory from then on.
  void CalledByLoader() {
    if (options_.loader.empty()) return;
    const bool again = LoadsLibcLater();
    for (UnitId id : program_.modules()) {
      const facts::UnitView& unit = program_.unit(id);
      if (unit.unit().symbols() == nullptr) continue;
      for (uint32_t i = 0; i < unit.unit().symbols()->size(); ++i) {
        const facts::Symbol& symbol = *unit.unit().symbols()->Get(i);
        if (!symbol.defined() || symbol.linkage() == facts::Linkage::internal) {
          continue;
        }
        const absl::string_view name = unit.String(symbol.name());
        const bool early = name == "__libc_early_init";
        const bool memory = name == "malloc" || name == "calloc" ||
                            name == "realloc" || name == "free";
        if (!early && !memory) continue;
        constexpr absl::string_view kReason = "called by the loader";
        AddTarget(program_.target(id, i), kReason, &roots_.startup);
        if (memory || again || program_.group(id) != 0) {
          AddTarget(program_.target(id, i), kReason, &roots_.running);
        }
      }
    }
  }

  // Into a namespace of its own (dlmopen).
  bool LoadsLibcLater() const {
    for (const facts::UnitView& unit : program_.units()) {
      if (unit.unit().symbols() == nullptr) continue;
      for (uint32_t i = 0; i < unit.unit().symbols()->size(); ++i) {
        if (!unit.unit().symbols()->Get(i)->defined() &&
            unit.SymbolName(i) == "dlmopen") {
          return true;
        }
      }
    }
    return false;
  }

  // What is called by name: in a module that was opened, or anywhere.
  void Called() {
    absl::flat_hash_map<absl::string_view, const LoadedModule*> opened;
    for (const LoadedModule& module : options_.load_order) {
      opened.emplace(module.unit, &module);
    }
    const absl::flat_hash_set<absl::string_view> anywhere(
        options_.called.begin(), options_.called.end());
    for (const std::string& name : options_.exported) {
      const Target* target = program_.Find(name);
      if (target != nullptr &&
          (options_.all_called || anywhere.contains(name))) {
        CallByName(*target);
      }
    }
    for (UnitId id : program_.modules()) {
      const facts::UnitView& unit = program_.unit(id);
      auto module = opened.find(unit.name());
      if (unit.unit().symbols() == nullptr) continue;
      for (uint32_t i = 0; i < unit.unit().symbols()->size(); ++i) {
        const facts::Symbol& symbol = *unit.unit().symbols()->Get(i);
        if (!symbol.defined() || symbol.linkage() == facts::Linkage::internal) {
          continue;
        }
        absl::string_view name = unit.String(symbol.name());
        if (options_.all_called || anywhere.contains(name) ||
            (module != opened.end() && IsCalled(*module->second, name))) {
          CallByName(program_.target(id, i));
        }
      }
    }
  }

  static bool IsCalled(const LoadedModule& module, absl::string_view name) {
    return module.all_called ||
           std::find(module.called.begin(), module.called.end(), name) !=
               module.called.end();
  }

  void CallByName(const Target& target) {
    constexpr absl::string_view kReason = "called by name (dlsym)";
    AddTarget(target, kReason, &roots_.startup);
    AddTarget(target, kReason, &roots_.running);
    roots_.objects.insert(roots_.objects.end(), target.objects.begin(),
                          target.objects.end());
  }

  absl::Status Entries() {
    if (!program_.modules().empty() && IsExecutable(program_.modules()[0])) {
      return absl::OkStatus();
    }
    for (const std::string& name : options_.entries) {
      AddAll(name, "the program starts here",
             StopsAtEntry() ? &roots_.running : &roots_.startup);
    }
    // A thread or a handler may outlive main; main itself is the nearest root.
    for (size_t i = 0; i < options_.running.size(); ++i) {
      AddAll(options_.running[i],
             i == 0 ? "runs once the filter is on" : "runs after main",
             &roots_.running);
    }
    if (!options_.running.empty() && roots_.running.empty() &&
        options_.install_point == policy::InstallPoint::kMain) {
      return NoStart(options_.running.front());
    }
    if (roots_.startup.empty() && roots_.running.empty()) {
      return NoStart(absl::StrJoin(options_.entries, ", "));
    }
    return absl::OkStatus();
  }

  static absl::Status NoStart(absl::string_view name) {
    return absl::FailedPreconditionError(absl::StrCat(
        "no facts define ", name,
        ", so there is nowhere to start; compile the program with chestnut "
        "cc"));
  }

  void AddAll(const std::string& name, absl::string_view reason,
              std::vector<WalkRoot>* roots) {
    const Target* target = program_.Find(name);
    if (target != nullptr) AddTarget(*target, reason, roots);
  }

  static void AddTarget(const Target& target, absl::string_view reason,
                        std::vector<WalkRoot>* roots) {
    for (FunctionId function : target.functions) {
      roots->push_back({.function = function, .reason = std::string(reason)});
    }
    for (FunctionId function : target.resolvers) {
      roots->push_back({.function = function, .reason = std::string(reason)});
    }
  }

  void UnitRoots(UnitId id) {
    const facts::Unit& unit = program_.unit(id).unit();
    if (unit.roots() != nullptr) {
      for (const facts::Root* root : *unit.roots()) AddRoot(id, *root);
    }
    if (unit.symbols() == nullptr) return;
    for (const facts::Symbol* symbol : *unit.symbols()) {
      if (symbol->ifunc_resolver() == kNone || !symbol->defined()) continue;
      const Target& target = program_.target(id, symbol->ifunc_resolver());
      AddTarget(target, "resolver of an ifunc", &roots_.startup);
      AddTarget(target, "resolver of an ifunc", &roots_.running);
    }
  }

  void AddRoot(UnitId unit, const facts::Root& root) {
    const Target& target = program_.target(unit, root.symbol());
    roots_.objects.insert(roots_.objects.end(), target.objects.begin(),
                          target.objects.end());
    switch (root.kind()) {
      case RootKind::constructor:
        AddStartup(unit, target, "a constructor");
        break;
      case RootKind::start:
        // Nobody runs a library from its entry point, but the loader.
        if (program_.IsLoaded(unit) && !IsExecutable(unit) &&
            program_.unit(unit).name() != options_.loader) {
          break;
        }
        AddStartup(unit, target, "the program starts here");
        break;
      case RootKind::destructor:
        AddTarget(target, "a destructor", &roots_.running);
        break;
      case RootKind::exported:
        AddTarget(target, "exported", &roots_.startup);
        AddTarget(target, "exported", &roots_.running);
        break;
      case RootKind::used:
        AddTarget(target,
                  "marked as used by code that the compiler does not "
                  "see",
                  &roots_.startup);
        AddTarget(target,
                  "marked as used by code that the compiler does not "
                  "see",
                  &roots_.running);
        break;
    }
  }

  void ArrayRoots(ObjectId object, absl::string_view reason, bool at_exit) {
    roots_.objects.push_back(object);
    for (const auto& [unit, facts] : program_.object(object).parts) {
      if (facts->address_taken() == nullptr) continue;
      // The loader runs those of the executable itself.
      const bool by_loader =
          facts->section() != kNone &&
          program_.unit(unit).String(facts->section()) == ".preinit_array";
      for (uint32_t symbol : *facts->address_taken()) {
        const Target& target = program_.target(unit, symbol);
        if (at_exit) {
          AddTarget(target, reason, &roots_.running);
        } else if (by_loader) {
          AddTarget(target, reason, &roots_.startup);
        } else {
          AddStartup(unit, target, reason);
        }
      }
    }
  }

  const Program& program_;
  const Options& options_;
  Roots roots_;
};

}  // namespace

absl::StatusOr<Roots> CollectRoots(const Program& program,
                                   const Options& options) {
  return Collector(program, options).Run();
}

}  // namespace chestnut::callgraph
