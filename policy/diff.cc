#include "policy/diff.h"

#include <algorithm>
#include <map>
#include <utility>

namespace chestnut::policy {
namespace {

// Whether every call that `inner` lets through `outer` lets through, too.
bool Covers(const Call& outer, const Call& inner) {
  return std::all_of(
      outer.arguments.begin(), outer.arguments.end(),
      [&inner](const ArgumentRule& rule) {
        return std::any_of(
            inner.arguments.begin(), inner.arguments.end(),
            [&rule](const ArgumentRule& own) {
              return own.index == rule.index && own.width == rule.width &&
                     std::includes(rule.values.begin(), rule.values.end(),
                                   own.values.begin(), own.values.end());
            });
      });
}

void CompareCalls(const std::vector<Call>& was, const std::vector<Call>& is,
                  bool startup, std::vector<CallChange>& changes) {
  using Kind = CallChange::Kind;
  std::map<int, std::pair<const Call*, const Call*>> by_number;
  for (const Call& call : was) by_number[call.number].first = &call;
  for (const Call& call : is) by_number[call.number].second = &call;
  for (const auto& [number, calls] : by_number) {
    const auto [before, now] = calls;
    if (before == nullptr) {
      changes.push_back({Kind::kAdded, startup, true, {}, *now});
    } else if (now == nullptr) {
      changes.push_back({Kind::kRemoved, startup, false, *before, {}});
    } else if (before->arguments != now->arguments) {
      changes.push_back(
          {Kind::kRules, startup, !Covers(*before, *now), *before, *now});
    }
  }
}

// The entries of `a` that are not among `b`.
std::vector<Incomplete> Without(const std::vector<Incomplete>& a,
                                const std::vector<Incomplete>& b) {
  std::vector<Incomplete> result;
  for (const Incomplete& entry : a) {
    // What else an analysis notes of a place, no file says.
    const bool is_known =
        std::any_of(b.begin(), b.end(), [&entry](const Incomplete& other) {
          return other.place == entry.place && other.reason == entry.reason;
        });
    if (!is_known) result.push_back(entry);
  }
  return result;
}

std::string ModeAndErrno(const Policy& policy) {
  std::string text(ToString(policy.mode));
  if (policy.mode == Mode::kErrno) {
    text += "=" + std::to_string(policy.errno_value);
  }
  return text;
}

std::vector<FieldChange> CompareModules(const Policy& was, const Policy& is) {
  std::map<std::string, FieldChange> by_name;
  for (const Module& module : was.modules) {
    by_name[module.name].was = module.build_id;
  }
  for (const Module& module : is.modules) {
    by_name[module.name].is = module.build_id;
  }
  std::vector<FieldChange> changes;
  for (auto& [name, change] : by_name) {
    if (change.was == change.is) continue;
    change.field = name;
    changes.push_back(change);
  }
  return changes;
}

}  // namespace

bool Diff::grew() const {
  return !fields.empty() || !undecided.empty() ||
         std::any_of(calls.begin(), calls.end(),
                     [](const CallChange& change) { return change.grew; });
}

Diff ComparePolicies(const Policy& was, const Policy& is) {
  Diff diff;
  auto compare = [&diff](const char* field, std::string before,
                         std::string now) {
    if (before == now) return;
    diff.fields.push_back({field, std::move(before), std::move(now)});
  };
  compare("program", was.program, is.program);
  compare("architecture", was.architecture, is.architecture);
  compare("install_point", std::string(ToString(was.install_point)),
          std::string(ToString(is.install_point)));
  compare("mode", ModeAndErrno(was), ModeAndErrno(is));
  compare("max_known", std::to_string(was.max_known),
          std::to_string(is.max_known));
  CompareCalls(was.calls, is.calls, false, diff.calls);
  CompareCalls(was.startup_calls, is.startup_calls, true, diff.calls);
  diff.undecided = Without(is.incomplete, was.incomplete);
  diff.decided = Without(was.incomplete, is.incomplete);
  diff.modules = CompareModules(was, is);
  return diff;
}

}  // namespace chestnut::policy
