#include "callgraph/walk.h"

#include <utility>

namespace chestnut::callgraph {

Walk::Walk(const Program& program, const Solver& solver,
           std::vector<WalkRoot> roots,
           const std::function<bool(FunctionId, FunctionId)>& follow)
    : roots_(std::move(roots)),
      via_(program.functions().size()),
      is_root_(program.functions().size()),
      distance_(program.functions().size()) {
  auto reach = [this](FunctionId function, Via via, uint32_t distance) {
    if (Reaches(function)) return;
    via_[function] = via;
    distance_[function] = distance;
    order_.push_back(function);
  };
  for (uint32_t i = 0; i < roots_.size(); ++i) {
    is_root_[roots_[i].function] = 1;
    reach(roots_[i].function, {.kind = Via::kRoot, .index = i}, 0);
  }
  for (size_t next = 0; next < order_.size(); ++next) {
    const FunctionId from = order_[next];
    const uint32_t distance = distance_[from] + 1;
    const Function& function = program.function(from);
    for (uint32_t b = 0; b < function.body_count; ++b) {
      const BodyId body = function.first_body + b;
      const uint32_t count = CallCount(*program.body(body).facts);
      for (uint32_t i = 0; i < count; ++i) {
        const CallId call = solver.first_call(body) + i;
        for (FunctionId to : solver.targets(call)) {
          if (follow != nullptr && !follow(from, to)) continue;
          reach(to, {.kind = Via::kCall, .from = from, .index = call},
                distance);
        }
      }
    }
    for (FunctionId to : solver.registered(from)) {
      if (follow != nullptr && !follow(from, to)) continue;
      is_root_[to] = 1;
      reach(to, {.kind = Via::kRegistered, .from = from}, distance);
    }
  }
}

}  // namespace chestnut::callgraph
