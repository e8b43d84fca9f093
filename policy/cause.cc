#include "policy/cause.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace chestnut::policy {
namespace {

using Kind = Cause::Kind;
using Edge = std::pair<std::string, std::string>;

// The module of a place in a module, empty for one in source.
std::string ModuleOf(const std::string& place) {
  const size_t plus = place.rfind("+0x");
  return plus == std::string::npos ? "" : place.substr(0, plus);
}

// The Binalyzer calls functions so that have no name; the number changes with
// every build.
bool IsNameless(const std::string& function) {
  return function.empty() || absl::StartsWith(function, "sub_");
}

bool IsLibc(const std::string& module) {
  for (const char* name : {"libc.so", "ld-linux", "libpthread", "ld-musl",
                           "libc.musl", "libdl.so", "librt.so", "libm.so"}) {
    if (absl::StartsWith(module, name)) return true;
  }
  return false;
}

// What one side has.
class Side {
 public:
  Side(const Policy& policy, const Inventory& inventory)
      : policy_(policy), inventory_(inventory) {
    for (const Module& module : policy.modules) {
      builds_[module.name] = module.build_id;
    }
    if (!inventory.empty()) return;
    for (const auto* calls : {&policy.calls, &policy.startup_calls}) {
      for (const Call& call : *calls) Add(call.witness);
    }
  }

  bool HasFunction(const std::string& name) const {
    if (inventory_.empty()) return functions_.count(name) != 0;
    return std::binary_search(inventory_.functions.begin(),
                              inventory_.functions.end(), name);
  }
  bool HasEdge(const Edge& edge) const {
    if (inventory_.empty()) return edges_.count(edge) != 0;
    return std::binary_search(inventory_.edges.begin(), inventory_.edges.end(),
                              edge);
  }
  // Where nothing is said of modules, none is new.
  bool HasModule(const std::string& name) const {
    return builds_.empty() || name == policy_.program ||
           builds_.count(name) != 0;
  }
  std::string Build(const std::string& module) const {
    auto found = builds_.find(module);
    return found == builds_.end() ? "" : found->second;
  }
  const std::string& program() const { return policy_.program; }
  // All functions and calls are known.
  bool is_complete() const { return !inventory_.empty(); }

 private:
  void Add(const std::vector<WitnessStep>& witness) {
    for (size_t i = 0; i < witness.size(); ++i) {
      functions_.insert(witness[i].function);
      if (i > 0) edges_.insert({witness[i - 1].function, witness[i].function});
    }
  }

  const Policy& policy_;
  const Inventory& inventory_;
  std::map<std::string, std::string> builds_;
  std::set<std::string> functions_;
  std::set<Edge> edges_;
};

// Looks for the first thing on a way of `here` that `there` has not. `fresh`
// chooses the words: the way is of the newer side.
class Comparison {
 public:
  Comparison(const Side& here, const Side& there, bool fresh)
      : here_(here), there_(there), fresh_(fresh) {}

  Cause Of(const Call& call) const {
    const std::vector<WitnessStep>& witness = call.witness;
    if (witness.empty()) {
      return {Kind::kUnknown, call.name, "", "the policy keeps no way to it"};
    }
    if (witness.size() == 1 && witness[0].function.empty()) {
      return {Kind::kByHand, witness[0].place, witness[0].place,
              witness[0].reason};
    }
    for (const WitnessStep& step : witness) {
      const std::string module = ModuleOf(step.place);
      if (!module.empty() && module != here_.program() &&
          !there_.HasModule(module)) {
        return {
            Kind::kNewLibrary, module, step.place,
            absl::StrCat(fresh_ ? "new library " : "library gone: ", module)};
      }
    }
    // What the program's own code shows is told first; that a function of a
    // library of another build is new may only mean that no way passed it.
    for (const bool libraries : {there_.is_complete(), true}) {
      const size_t function = FindNewFunction(witness, libraries);
      if (function < witness.size()) return NewFunction(witness[function]);
      const size_t edge = FindNewEdge(witness, libraries);
      if (edge == 0) continue;
      const std::string& from = witness[edge - 1].function;
      return NewEdge({IsNameless(from) ? "code without a name" : from,
                      witness[edge].function},
                     witness[edge - 1].place);
    }
    return NewSite(call, witness.back());
  }

 private:
  // The function whose coming explains the way, or one behind the end. Where
  // all functions of the other side are known, the first that is new: the
  // others came with it. Where only those are known that some way passes, the
  // last: those before it may have been there.
  size_t FindNewFunction(const std::vector<WitnessStep>& witness,
                         bool libraries) const {
    size_t found = witness.size();
    for (size_t i = 0; i < witness.size(); ++i) {
      const std::string& name = witness[i].function;
      const bool always = name == "main" || name == "_start";
      if (!libraries && IsOtherBuild(ModuleOf(witness[i].place))) continue;
      // What stands in a library that is the same was there.
      if (IsNameless(name) || IsSameBuild(ModuleOf(witness[i].place)) ||
          there_.HasFunction(name) || (always && !there_.is_complete())) {
        continue;
      }
      found = i;
      if (there_.is_complete()) break;
    }
    return found;
  }

  // The same of edges, by the index of their end; 0: none. An edge out of code
  // that has no name counts if there is no other.
  size_t FindNewEdge(const std::vector<WitnessStep>& witness,
                     bool libraries) const {
    size_t found = 0;
    size_t nameless = 0;
    for (size_t i = 1; i < witness.size(); ++i) {
      const WitnessStep& step = witness[i];
      const Edge edge(witness[i - 1].function, step.function);
      // Plain calls of a library that is the same were there; what its pointers
      // hold others decide. An inventory has calls only.
      const bool library =
          step.reason.empty() && IsSameBuild(ModuleOf(witness[i - 1].place));
      const bool no_call =
          there_.is_complete() &&
          absl::StartsWith(step.reason, "called by the kernel");
      if (library || no_call || IsNameless(edge.second)) continue;
      if (!libraries && IsOtherBuild(ModuleOf(witness[i - 1].place))) continue;
      if (IsNameless(edge.first)) {
        nameless = i;
      } else if (!there_.HasEdge(edge)) {
        if (found == 0 || !there_.is_complete()) found = i;
      }
    }
    return found > 0 ? found : nameless;
  }

  // Whether the module is a library, and known to be of the same build.
  bool IsSameBuild(const std::string& module) const {
    return !module.empty() && module != here_.program() &&
           !here_.Build(module).empty() &&
           here_.Build(module) == there_.Build(module);
  }

  // Whether the module is a library of another build, which explains all that
  // is new in it.
  bool IsOtherBuild(const std::string& module) const {
    return !module.empty() && module != here_.program() &&
           there_.HasModule(module) &&
           here_.Build(module) != there_.Build(module);
  }

  Cause OtherBuild(const std::string& module, const std::string& place,
                   const std::string& what) const {
    auto build = [](const std::string& id) {
      return id.empty() ? std::string("none") : id.substr(0, 12);
    };
    return {
        IsLibc(module) ? Kind::kLibcChange : Kind::kLibraryChange, module,
        place,
        absl::StrCat(module, " changed (build ", build(there_.Build(module)),
                     fresh_ ? " to " : " from ", build(here_.Build(module)),
                     "): ", what)};
  }

  Cause NewFunction(const WitnessStep& step) const {
    const std::string what = absl::StrCat(
        fresh_ ? "new function " : "function gone: ", step.function);
    const std::string module = ModuleOf(step.place);
    if (IsOtherBuild(module)) return OtherBuild(module, step.place, what);
    return {Kind::kNewFunction, step.function, step.place, what};
  }

  Cause NewEdge(const Edge& edge, const std::string& place) const {
    const std::string what = absl::StrCat(
        edge.first, fresh_ ? " now leads to " : " led to ", edge.second);
    const std::string module = ModuleOf(place);
    if (IsOtherBuild(module)) return OtherBuild(module, place, what);
    return {Kind::kNewEdge, absl::StrCat(edge.first, " -> ", edge.second),
            place, what};
  }

  Cause NewSite(const Call& call, const WitnessStep& last) const {
    const std::string name =
        IsNameless(last.function) ? "a function without a name" : last.function;
    const std::string what =
        absl::StrCat(name, fresh_ ? " now makes " : " made ", call.name);
    const std::string module = ModuleOf(last.place);
    if (IsOtherBuild(module)) return OtherBuild(module, last.place, what);
    return {Kind::kNewSite, name, last.place, what};
  }

  const Side& here_;
  const Side& there_;
  const bool fresh_;
};

}  // namespace

absl::string_view ToString(Cause::Kind kind) {
  switch (kind) {
    case Kind::kNewLibrary:
      return "new-library";
    case Kind::kLibcChange:
      return "libc-change";
    case Kind::kLibraryChange:
      return "library-change";
    case Kind::kNewFunction:
      return "new-function";
    case Kind::kNewEdge:
      return "new-edge";
    case Kind::kNewSite:
      return "new-site";
    case Kind::kOtherArguments:
      return "other-arguments";
    case Kind::kByHand:
      return "by-hand";
    case Kind::kUnknown:
      break;
  }
  return "unknown";
}

std::vector<Cause::Kind> AllCauseKinds() {
  return {Kind::kNewLibrary,     Kind::kLibcChange, Kind::kLibraryChange,
          Kind::kNewFunction,    Kind::kNewEdge,    Kind::kNewSite,
          Kind::kOtherArguments, Kind::kByHand,     Kind::kUnknown};
}

std::vector<Cause> CausesOf(const Diff& diff, const Policy& was,
                            const Policy& is, const Inventory& before,
                            const Inventory& after) {
  const Side old_side(was, before);
  const Side new_side(is, after);
  std::vector<Cause> causes;
  causes.reserve(diff.calls.size());
  for (const CallChange& change : diff.calls) {
    if (change.kind == CallChange::Kind::kRemoved) {
      causes.push_back(Comparison(old_side, new_side, false).Of(change.was));
      continue;
    }
    Cause cause = Comparison(new_side, old_side, true).Of(change.is);
    const bool same_way =
        cause.kind == Kind::kNewSite || cause.kind == Kind::kUnknown;
    if (change.kind == CallChange::Kind::kRules && same_way) {
      cause.kind = Kind::kOtherArguments;
      cause.text = "other arguments at a way that was there";
    }
    causes.push_back(std::move(cause));
  }
  return causes;
}

}  // namespace chestnut::policy
