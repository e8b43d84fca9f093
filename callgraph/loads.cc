#include "callgraph/loads.h"

#include <algorithm>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "facts/executing.h"

namespace chestnut::callgraph {
namespace {

using NeedsByPlace =
    absl::flat_hash_map<uint32_t, std::vector<const facts::Need*>>;

NeedsByPlace IndexNeeds(const facts::UnitView& unit) {
  NeedsByPlace index;
  if (unit.unit().needs() == nullptr) return index;
  for (const facts::Need* need : *unit.unit().needs()) {
    index[need->line()].push_back(need);
  }
  return index;
}

// A need belongs to the call at its place.
void AddNeeds(const Program& program, BodyId id, const NeedsByPlace& needs,
              std::vector<NeedUse>& uses) {
  const facts::UnitView& unit = program.unit(program.body(id).unit);
  const facts::Function& function = *program.body(id).facts;
  if (function.calls() == nullptr) return;
  for (const facts::Call* call : *function.calls()) {
    auto found = needs.find(call->line());
    if (found == needs.end()) continue;
    for (const facts::Need* need : found->second) {
      // In a module the offset says all.
      if (!unit.IsModule() && need->file() != call->file()) continue;
      uses.push_back({.body = id, .call = call, .need = need});
    }
  }
}

RunTimeLoad LoadOf(const facts::UnitView& unit, const facts::Need& need) {
  RunTimeLoad load;
  if (unit.IsModule()) load.module = std::string(unit.name());
  load.function = std::string(unit.String(need.function()));
  load.known = need.name() != kNone;
  if (load.known) load.name = std::string(unit.String(need.name()));
  load.place = unit.Place(need.file(), need.line());
  return load;
}

}  // namespace

std::vector<NeedUse> CollectNeeds(
    const Program& program, const std::function<bool(FunctionId)>& reached) {
  std::vector<NeedsByPlace> needs;
  needs.reserve(program.units().size());
  for (const facts::UnitView& unit : program.units()) {
    needs.push_back(IndexNeeds(unit));
  }
  std::vector<NeedUse> uses;
  for (BodyId id = 0; id < program.bodies().size(); ++id) {
    const Body& body = program.body(id);
    if (needs[body.unit].empty() || !reached(body.function)) continue;
    AddNeeds(program, id, needs[body.unit], uses);
  }
  return uses;
}

bool LooksUpSymbols(absl::string_view function) {
  return function == "dlsym" || function == "dlvsym";
}

std::vector<RunTimeLoad> CollectLoads(const Program& program,
                                      const Walk& startup,
                                      const Walk& running) {
  std::vector<RunTimeLoad> loads;
  auto reached = [&](FunctionId id) {
    return startup.Reaches(id) || running.Reaches(id);
  };
  for (const NeedUse& use : CollectNeeds(program, reached)) {
    const facts::UnitView& unit = program.unit(program.body(use.body).unit);
    if (facts::FindExecutingFunction(unit.String(use.need->function()))) {
      continue;
    }
    loads.push_back(LoadOf(unit, *use.need));
  }
  std::sort(loads.begin(), loads.end());
  loads.erase(std::unique(loads.begin(), loads.end()), loads.end());
  return loads;
}

}  // namespace chestnut::callgraph
