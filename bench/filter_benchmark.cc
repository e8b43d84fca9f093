// What the filter of a policy costs: to make with its proof, and to run, in
// instructions for a call at the beginning and at the end of the table.
// Policies of three sizes, from a trivial program to a database.
#include <cstdint>
#include <string>

#include "benchmark/benchmark.h"
#include "policy/bpf.h"
#include "policy/bpf_evaluator.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

// A policy of about `count` calls, spread over the table as real ones are:
// dense below 100, sparse above.
Policy PolicyOf(int64_t count) {
  Policy policy = EmptyPolicy("benchmark", InstallPoint::kMain, Mode::kKill);
  int64_t left = count;
  for (int number = 0; number <= policy.max_known && left > 0;
       number += number < 100 ? 2 : 5) {
    const syscalls::Syscall* call = syscalls::FindByNumber(number);
    if (call == nullptr) continue;
    Call allowed;
    allowed.name = std::string(call->name);
    allowed.number = number;
    policy.calls.push_back(allowed);
    --left;
  }
  Normalize(policy);
  return policy;
}

void CompileAndProve(benchmark::State& state) {
  const Policy policy = PolicyOf(state.range(0));
  for ([[maybe_unused]] auto _ : state) {
    auto filter = CompileFilter(policy);
    if (!filter.ok()) {
      state.SkipWithError(filter.status().ToString().c_str());
      break;
    }
    state.counters["instructions"] = static_cast<double>(filter->size());
  }
}
BENCHMARK(CompileAndProve)->Arg(10)->Arg(40)->Arg(100);

// The kernel runs this for every call whose verdict is not cached.
void RunFilter(benchmark::State& state) {
  const auto filter = CompileFilter(PolicyOf(40));
  if (!filter.ok()) {
    state.SkipWithError(filter.status().ToString().c_str());
    return;
  }
  SeccompData data;
  data.architecture = kArchitectureX86_64;
  data.number = static_cast<uint32_t>(state.range(0));
  Evaluation evaluation;
  for ([[maybe_unused]] auto _ : state) {
    evaluation = Evaluate(*filter, data);
    benchmark::DoNotOptimize(evaluation);
  }
  state.counters["executed"] = evaluation.instructions;
}
BENCHMARK(RunFilter)->Arg(0)->Arg(110)->Arg(231);

}  // namespace
}  // namespace chestnut::policy
