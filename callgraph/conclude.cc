#include "callgraph/conclude.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "syscalls/arguments.h"
#include "syscalls/table.h"

namespace chestnut::callgraph {
namespace {

// What is known of one system call so far.
struct Conclusion {
  const syscalls::Syscall* call = nullptr;
  const SiteUse* nearest = nullptr;
  uint32_t length = 0;
  std::array<ValueSet, 6> arguments;
};

// What the kernel reads of the values.
std::vector<uint64_t> KernelValues(const ValueSet& set) {
  std::vector<uint64_t> values;
  for (int64_t constant : set.constants()) {
    values.push_back(static_cast<uint32_t>(constant));
  }
  return values;
}

policy::Call ToCall(const Conclusion& conclusion,
                    std::vector<policy::WitnessStep> witness) {
  policy::Call call;
  call.name = std::string(conclusion.call->name);
  call.number = conclusion.call->number;
  call.witness = std::move(witness);
  for (int i = 0; i < conclusion.call->argument_count; ++i) {
    const ValueSet& set = conclusion.arguments[i];
    const syscalls::Argument& argument = conclusion.call->arguments[i];
    // Where the kernel reads 64 bits, an `int` on the way leaves garbage in the
    // upper half, and facts do not say how wide each step was.
    if (!syscalls::IsRuled(call.number, i) || argument.width != 32 ||
        !set.known() || set.empty()) {
      continue;
    }
    call.arguments.push_back(
        {.index = i, .width = argument.width, .values = KernelValues(set)});
  }
  return call;
}

std::string SitePlace(const Program& program, const SiteUse& use) {
  const facts::UnitView& unit = program.unit(program.body(use.body).unit);
  return unit.Place(use.site->file(), use.site->line());
}

// Where somebody who knows could say what the number is: at the outermost call
// that the number was followed to.
std::string UnknownPlace(const Program& program, const Solver& solver,
                         const SiteUse& use) {
  if (use.path.empty()) return SitePlace(program, use);
  const CallRecord& call = solver.call(use.path.back());
  const facts::UnitView& unit = program.unit(program.body(call.body).unit);
  return unit.Place(call.facts->file(), call.facts->line());
}

std::string UnknownReason(const Program& program, const SiteUse& use) {
  std::string reason =
      absl::StrCat("the number of the system call in ",
                   program.function(program.body(use.body).function).name,
                   " is not known: ", use.number.reason());
  if (!use.number.place().empty()) {
    absl::StrAppend(&reason, " (", use.number.place(), ")");
  }
  return reason;
}

}  // namespace

void Conclude(const Program& program, const Solver& solver, const Walk& walk,
              const std::vector<SiteUse>& uses, Witnesses& witnesses,
              std::vector<policy::Call>& calls,
              std::vector<policy::Incomplete>& incomplete) {
  std::map<int, Conclusion> conclusions;
  for (const SiteUse& use : uses) {
    if (use.site->kind() != facts::SiteKind::syscall) {
      incomplete.push_back(
          {.place = SitePlace(program, use),
           .reason = "a system call of 32-bit programs, which no policy for "
                     "x86_64 can allow"});
      continue;
    }
    if (!use.number.known() || use.number.empty()) {
      const FunctionId maker = program.body(use.body).function;
      incomplete.push_back(
          {.place = UnknownPlace(program, solver, use),
           .reason = UnknownReason(program, use),
           .function = std::string(program.function(maker).name)});
      continue;
    }
    for (int64_t constant : use.number.constants()) {
      // The kernel reads the lower half. What it has no call for gets ENOSYS
      // from it or from the filter.
      const auto* call = syscalls::FindByNumber(static_cast<int32_t>(constant));
      if (call == nullptr) continue;
      Conclusion& conclusion = conclusions[call->number];
      const uint32_t length = Witnesses::Length(program, solver, walk, use);
      if (conclusion.nearest == nullptr || length < conclusion.length) {
        conclusion.nearest = &use;
        conclusion.length = length;
      }
      conclusion.call = call;
      for (size_t i = 0; i < use.arguments.size(); ++i) {
        conclusion.arguments[i].Add(use.arguments[i]);
      }
    }
  }
  for (const auto& [number, conclusion] : conclusions) {
    calls.push_back(
        ToCall(conclusion, witnesses.Chain(walk, *conclusion.nearest)));
  }
}

}  // namespace chestnut::callgraph
