#include "callgraph/executions.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "callgraph/conclude.h"
#include "callgraph/loads.h"
#include "facts/executing.h"
#include "syscalls/table.h"

namespace chestnut::callgraph {
namespace {

constexpr absl::string_view kShell = "/bin/sh";
// Uses of sites outside of the loader that may execute something.
std::vector<SiteUse> ExecutingUses(const Program& program,
                                   const std::vector<SiteUse>& uses,
                                   absl::string_view loader) {
  std::vector<SiteUse> executing;
  for (const SiteUse& use : uses) {
    const facts::UnitView& unit = program.unit(program.body(use.body).unit);
    if (!loader.empty() && unit.name() == loader) continue;
    const std::vector<int64_t>& numbers = use.number.constants();
    if (std::any_of(numbers.begin(), numbers.end(), [](int64_t number) {
          const auto* call =
              syscalls::FindByNumber(static_cast<int32_t>(number));
          return call != nullptr &&
                 (call->name == "execve" || call->name == "execveat");
        })) {
      executing.push_back(use);
    }
  }
  return executing;
}

}  // namespace

std::vector<policy::Execution> CollectExecutions(
    const Program& program, const Solver& solver, const Walk& walk,
    const std::vector<SiteUse>& uses, Witnesses& witnesses,
    absl::string_view loader) {
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
  std::vector<policy::Call> calls;
  std::vector<policy::Incomplete> ignored;  // said of the policy itself
  Conclude(program, solver, walk, ExecutingUses(program, uses, loader),
           witnesses, calls, ignored);
  for (policy::Call& call : calls) {
    if (call.name != "execve" && call.name != "execveat") continue;
    executions.push_back({.function = std::move(call.name),
                          .program = "",
                          .command = "",
                          .witness = std::move(call.witness)});
  }
  return executions;
}

}  // namespace chestnut::callgraph
