#include "callgraph/roots.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace chestnut::callgraph {
namespace {

using facts::RootKind;

class Collector {
 public:
  Collector(const Program& program, const Options& options)
      : program_(program), options_(options) {}

  absl::StatusOr<Roots> Run() {
    if (absl::Status status = Entries(); !status.ok()) return status;
    for (UnitId id = 0; id < program_.units().size(); ++id) UnitRoots(id);
    for (ObjectId object : program_.startup_arrays()) {
      ArrayRoots(object, "called by the start-up code", &roots_.startup);
    }
    for (ObjectId object : program_.exit_arrays()) {
      ArrayRoots(object, "called at exit", &roots_.running);
    }
    if (options_.install_point != policy::InstallPoint::kMain) {
      // The filter is on from the start, or may be.
      roots_.running.insert(roots_.running.begin(), roots_.startup.begin(),
                            roots_.startup.end());
    }
    return std::move(roots_);
  }

 private:
  absl::Status Entries() {
    for (const std::string& name : options_.entries) {
      AddAll(name, "the program starts here", &roots_.startup);
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
        AddTarget(target, "a constructor", &roots_.startup);
        break;
      case RootKind::start:
        AddTarget(target, "the program starts here", &roots_.startup);
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

  void ArrayRoots(ObjectId object, absl::string_view reason,
                  std::vector<WalkRoot>* roots) {
    roots_.objects.push_back(object);
    for (const auto& [unit, facts] : program_.object(object).parts) {
      if (facts->address_taken() == nullptr) continue;
      for (uint32_t symbol : *facts->address_taken()) {
        AddTarget(program_.target(unit, symbol), reason, roots);
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
