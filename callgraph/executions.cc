#include "callgraph/executions.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "callgraph/loads.h"
#include "facts/executing.h"
#include "policy/always.h"

namespace chestnut::callgraph {
namespace {

constexpr absl::string_view kShell = "/bin/sh";
constexpr absl::string_view kCalls[] = {"execve", "execveat"};

bool IsIn(absl::string_view module, const policy::Call& call) {
  if (module.empty() || call.witness.empty()) return false;
  absl::string_view place = call.witness.back().place;
  return absl::ConsumePrefix(&place, module) && absl::StartsWith(place, "+");
}

}  // namespace

std::vector<policy::Execution> CollectExecutions(
    const Program& program, const Walk& walk, Witnesses& witnesses,
    const std::vector<policy::Call>& calls, absl::string_view loader) {
  std::vector<policy::Execution> executions;
  auto reached = [&](FunctionId id) {
    return walk.Reaches(id) &&
           !facts::FindExecutingFunction(program.function(id).name);
  };
  for (const NeedUse& use : CollectNeeds(program, reached)) {
    const Body& body = program.body(use.body);
    const facts::UnitView& unit = program.unit(body.unit);
    const absl::string_view name = unit.String(use.need->function());
    const auto function = facts::FindExecutingFunction(name);
    if (!function) continue;
    const bool known = use.need->name() != kNone;
    const std::string named(known ? unit.String(use.need->name()) : "");
    // system(NULL) only asks; the others fail.
    if (known && named.empty()) continue;
    policy::Execution execution;
    execution.function = std::string(name);
    execution.program = function->by_shell ? std::string(kShell) : named;
    if (function->by_shell) execution.command = named;
    execution.witness = witnesses.ChainTo(walk, body.function);
    execution.witness.back().place =
        unit.Place(use.call->file(), use.call->line());
    executions.push_back(std::move(execution));
  }
  if (!executions.empty()) return executions;
  for (const policy::Call& call : calls) {
    if (call == policy::StartingCall() || IsIn(loader, call)) continue;
    for (absl::string_view name : kCalls) {
      if (call.name != name) continue;
      executions.push_back({.function = call.name,
                            .program = "",
                            .command = "",
                            .witness = call.witness});
    }
  }
  return executions;
}

}  // namespace chestnut::callgraph
