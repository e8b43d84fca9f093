#include "callgraph/loads.h"

#include <algorithm>
#include <cstdint>

#include "absl/container/flat_hash_map.h"

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
void AddLoads(const Program& program, UnitId id,
              const facts::Function& function, const NeedsByPlace& needs,
              std::vector<RunTimeLoad>& loads) {
  const facts::UnitView& unit = program.unit(id);
  if (function.calls() == nullptr) return;
  for (const facts::Call* call : *function.calls()) {
    auto found = needs.find(call->line());
    if (found == needs.end()) continue;
    for (const facts::Need* need : found->second) {
      // In a module the offset says all.
      if (!unit.IsModule() && need->file() != call->file()) continue;
      RunTimeLoad load;
      if (unit.IsModule()) load.module = std::string(unit.name());
      load.function = std::string(unit.String(need->function()));
      load.known = need->name() != kNone;
      if (load.known) load.name = std::string(unit.String(need->name()));
      load.place = unit.Place(need->file(), need->line());
      loads.push_back(std::move(load));
    }
  }
}

}  // namespace

bool LooksUpSymbols(absl::string_view function) {
  return function == "dlsym" || function == "dlvsym";
}

std::vector<RunTimeLoad> CollectLoads(const Program& program,
                                      const Walk& startup,
                                      const Walk& running) {
  std::vector<NeedsByPlace> needs;
  needs.reserve(program.units().size());
  for (const facts::UnitView& unit : program.units()) {
    needs.push_back(IndexNeeds(unit));
  }
  std::vector<RunTimeLoad> loads;
  for (BodyId id = 0; id < program.bodies().size(); ++id) {
    const Body& body = program.body(id);
    if (needs[body.unit].empty() ||
        (!startup.Reaches(body.function) && !running.Reaches(body.function))) {
      continue;
    }
    AddLoads(program, body.unit, *body.facts, needs[body.unit], loads);
  }
  std::sort(loads.begin(), loads.end());
  loads.erase(std::unique(loads.begin(), loads.end()), loads.end());
  return loads;
}

}  // namespace chestnut::callgraph
