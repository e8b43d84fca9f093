#include "policy/fit.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "policy/model.h"
#include "policy/verdict.h"

namespace chestnut::policy {
namespace {

std::map<std::string, std::string> ByName(const Policy& policy) {
  std::map<std::string, std::string> ids;
  for (const Module& module : policy.modules) {
    ids.emplace(module.name, module.build_id);
  }
  return ids;
}

std::vector<ModuleChange> CompareModules(const Policy& policy,
                                         const Policy& now) {
  using Kind = ModuleChange::Kind;
  const std::map<std::string, std::string> then = ByName(policy);
  std::map<std::string, std::string> today = ByName(now);
  std::vector<ModuleChange> changes;
  for (const auto& [name, was] : then) {
    auto found = today.find(name);
    if (found == today.end()) {
      changes.push_back({name, Kind::kGone, was, ""});
      continue;
    }
    const std::string is = found->second;
    today.erase(found);
    if (was.empty() || is.empty()) {
      changes.push_back({name, Kind::kUnknown, was, is});
    } else if (was != is) {
      changes.push_back({name, Kind::kChanged, was, is});
    }
  }
  for (const auto& [name, is] : today) {
    if (name == now.program || name == policy.program) continue;
    changes.push_back({name, Kind::kAdded, "", is});
  }
  std::sort(changes.begin(), changes.end(),
            [](const ModuleChange& a, const ModuleChange& b) {
              return a.name < b.name;
            });
  return changes;
}

// Whether every value that the call is needed with satisfies the rule.
bool Satisfies(const Call& needed, const ArgumentRule& rule) {
  for (const ArgumentRule& own : needed.arguments) {
    if (own.index != rule.index || own.width != rule.width) continue;
    return std::includes(rule.values.begin(), rule.values.end(),
                         own.values.begin(), own.values.end());
  }
  return false;
}

}  // namespace

std::vector<MissingCall> MissingFrom(const Policy& policy,
                                     const Policy& needed) {
  std::vector<MissingCall> missing;
  const std::vector<Call> allowed = EnforcedCalls(policy);
  for (const Call& own : EnforcedCalls(needed)) {
    const Call* call = FindCall(allowed, own.number);
    if (call == nullptr) {
      missing.push_back({own, false});
    } else if (!std::all_of(call->arguments.begin(), call->arguments.end(),
                            [&own](const ArgumentRule& rule) {
                              return Satisfies(own, rule);
                            })) {
      missing.push_back({own, true});
    }
  }
  return missing;
}

Fit CompareFit(const Policy& policy, const Policy& now) {
  Fit fit;
  fit.modules = CompareModules(policy, now);
  if (fit.modules.empty()) return fit;
  fit.incomplete = now.incomplete;
  fit.missing = MissingFrom(policy, now);
  return fit;
}

}  // namespace chestnut::policy
