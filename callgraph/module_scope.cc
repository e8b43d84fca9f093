#include "callgraph/module_scope.h"

#include <algorithm>
#include <map>

namespace chestnut::callgraph {

void ModuleScope::AddModule(UnitId unit, uint32_t group) {
  places_.try_emplace(unit, static_cast<uint32_t>(modules_.size()), group);
  modules_.push_back(unit);
}

void ModuleScope::AddDefinition(absl::string_view name,
                                const ModuleDefinition& definition) {
  definitions_[name].push_back(definition);
}

namespace {

// A definition without version serves every reference. A reference without
// version takes the default or the oldest version; which one is the oldest
// facts do not say.
bool Matches(const Lookup& lookup, const ModuleDefinition& definition) {
  return lookup.version.empty() || definition.version.empty() ||
         definition.version == lookup.version;
}

}  // namespace

Definitions ModuleScope::Find(const Lookup& lookup) const {
  auto it = definitions_.find(lookup.name);
  if (it == definitions_.end()) return {};
  // Nearly every name has one: whatever the groups are, that is it.
  if (it->second.size() == 1) {
    const ModuleDefinition& only = it->second[0];
    const bool excluded =
        !Matches(lookup, only) ||
        (lookup.behind && RankOf(only.unit) <= RankOf(lookup.from));
    return excluded ? Definitions() : Definitions{only};
  }
  // The first module of each group that has a match, with its matches.
  std::map<uint32_t, std::pair<uint32_t, Definitions>> found;
  Definitions own;
  for (const ModuleDefinition& definition : it->second) {
    if (!Matches(lookup, definition)) continue;
    const uint32_t rank = RankOf(definition.unit);
    if (lookup.behind && rank <= RankOf(lookup.from)) continue;
    if (definition.unit == lookup.from) own.push_back(definition);
    auto [group, added] =
        found.try_emplace(GroupOf(definition.unit), rank, Definitions());
    auto& [first, matches] = group->second;
    if (rank > first) continue;
    if (rank < first) matches.clear();
    first = rank;
    matches.push_back(definition);
  }
  if (lookup.own_first && !own.empty()) return own;

  Definitions result;
  const uint32_t from_group = lookup.from == kNone ? 0 : GroupOf(lookup.from);
  auto append = [&result](const Definitions& definitions) {
    result.insert(result.end(), definitions.begin(), definitions.end());
  };
  if (auto start = found.find(0); start != found.end()) {
    append(start->second.second);
    // RTLD_DEEPBIND asks the module's own group first.
    auto group = found.find(from_group);
    if (from_group != 0 && group != found.end()) append(group->second.second);
    return result;
  }
  // RTLD_GLOBAL lends a group's definitions to all that is loaded.
  for (const auto& [group, match] : found) append(match.second);
  return result;
}

}  // namespace chestnut::callgraph
