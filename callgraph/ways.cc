#include "callgraph/ways.h"

#include <algorithm>
#include <cstddef>
#include <queue>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace chestnut::callgraph {
namespace {

// So many beginnings of ways are looked at: in a graph full of cycles most of
// them lead nowhere new.
constexpr size_t kMostPartials = 300000;

uint32_t LengthOf(const SiteUse& use) {
  return static_cast<uint32_t>(use.path.size());
}

}  // namespace

Ways::Ways(const Program& program, const Solver& solver, const Walk& walk,
           const std::vector<const SiteUse*>& uses)
    : program_(program),
      solver_(solver),
      walk_(walk),
      left_(program.functions().size(), kNone) {
  for (const SiteUse* use : uses) {
    ends_[Witnesses::Outermost(program, solver, *use)].push_back(use);
  }
  // Pointers into one vector: their order is that of the uses.
  for (auto& [function, ending] : ends_) {
    std::sort(ending.begin(), ending.end(),
              [](const SiteUse* a, const SiteUse* b) {
                return std::pair(LengthOf(*a), a) < std::pair(LengthOf(*b), b);
              });
  }
  Spread();
}

// Dijkstra against the edges.
void Ways::Spread() {
  std::vector<std::vector<FunctionId>> registrants(program_.functions().size());
  for (FunctionId from : walk_.order()) {
    for (FunctionId to : solver_.registered(from)) {
      registrants[to].push_back(from);
    }
  }
  using Entry = std::pair<uint32_t, FunctionId>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  auto improve = [&](FunctionId function, uint32_t distance) {
    if (!walk_.Reaches(function) || left_[function] <= distance) return;
    left_[function] = distance;
    queue.emplace(distance, function);
  };
  for (const auto& [function, uses] : ends_) {
    improve(function, LengthOf(*uses.front()));
  }
  while (!queue.empty()) {
    const auto [distance, function] = queue.top();
    queue.pop();
    if (distance > left_[function]) continue;
    for (CallId call : solver_.callers(function)) {
      improve(program_.body(solver_.call(call).body).function, distance + 1);
    }
    for (FunctionId from : registrants[function]) improve(from, distance + 1);
  }
}

std::vector<uint32_t> Ways::Roots() const {
  std::vector<uint32_t> roots;
  absl::flat_hash_set<FunctionId> seen;
  for (uint32_t i = 0; i < walk_.root_count(); ++i) {
    const FunctionId function = walk_.root(i).function;
    if (left_[function] == kNone || !seen.insert(function).second) continue;
    roots.push_back(i);
  }
  return roots;
}

std::vector<Ways::Edge> Ways::EdgesOf(FunctionId from) const {
  std::vector<Edge> edges;
  absl::flat_hash_set<FunctionId> seen;
  auto add = [&](FunctionId to, Via via) {
    if (left_[to] == kNone || !seen.insert(to).second) return;
    edges.push_back({to, via});
  };
  const Function& function = program_.function(from);
  for (uint32_t b = 0; b < function.body_count; ++b) {
    const BodyId body = function.first_body + b;
    const uint32_t count = CallCount(*program_.body(body).facts);
    for (uint32_t i = 0; i < count; ++i) {
      const CallId call = solver_.first_call(body) + i;
      for (FunctionId to : solver_.targets(call)) {
        add(to, {.kind = Via::kCall, .from = from, .index = call});
      }
    }
  }
  for (FunctionId to : solver_.registered(from)) {
    add(to, {.kind = Via::kRegistered, .from = from});
  }
  return edges;
}

std::vector<Way> Ways::FromRoots(size_t most, Witnesses& witnesses,
                                 bool& more) const {
  std::vector<uint32_t> roots = Roots();
  auto length = [this](uint32_t root) {
    return std::pair(left_[walk_.root(root).function], root);
  };
  std::sort(roots.begin(), roots.end(), [&length](uint32_t a, uint32_t b) {
    return length(a) < length(b);
  });
  more = roots.size() > most;
  if (more) roots.resize(most);
  std::vector<Way> ways;
  for (uint32_t root : roots) {
    FunctionId function = walk_.root(root).function;
    std::vector<Hop> hops = {
        {function, {.kind = Via::kRoot, .from = kNone, .index = root}}};
    for (;;) {
      auto end = ends_.find(function);
      if (end != ends_.end() &&
          LengthOf(*end->second.front()) == left_[function]) {
        ways.push_back(witnesses.Steps(walk_, hops, *end->second.front()));
        break;
      }
      const std::vector<Edge> edges = EdgesOf(function);
      const auto next =
          std::find_if(edges.begin(), edges.end(), [&](const Edge& edge) {
            return left_[edge.to] + 1 == left_[function];
          });
      if (next == edges.end()) break;  // never: that is how it got its number
      function = next->to;
      hops.push_back({next->to, next->via});
    }
  }
  return ways;
}

// The beginning of a way; with `use` the whole of it.
struct Ways::Partial {
  FunctionId function = kNone;
  Via via;
  uint32_t parent = kNone;
  uint32_t length = 0;
  const SiteUse* use = nullptr;
};

// A*: what is left is known exactly, but for functions that were passed
// already, so the ways come out in the order of their lengths.
std::vector<Way> Ways::Paths(size_t most, Witnesses& witnesses,
                             bool& more) const {
  std::vector<Partial> partials;
  using Entry = std::pair<uint32_t, uint32_t>;  // whole length, partial
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  auto push = [&](const Partial& partial, uint32_t left) {
    queue.emplace(partial.length + left,
                  static_cast<uint32_t>(partials.size()));
    partials.push_back(partial);
  };
  auto passed = [&partials](uint32_t at, FunctionId function) {
    for (; at != kNone; at = partials[at].parent) {
      if (partials[at].function == function) return true;
    }
    return false;
  };
  for (uint32_t root : Roots()) {
    const FunctionId function = walk_.root(root).function;
    push({.function = function,
          .via = {.kind = Via::kRoot, .from = kNone, .index = root}},
         left_[function]);
  }
  std::vector<Way> ways;
  more = false;
  while (!queue.empty()) {
    const uint32_t at = queue.top().second;
    queue.pop();
    const Partial partial = partials[at];
    if (partial.use != nullptr) {
      if (ways.size() == most) {
        more = true;
        break;
      }
      std::vector<Hop> hops;
      for (uint32_t i = partial.parent; i != kNone; i = partials[i].parent) {
        hops.push_back({partials[i].function, partials[i].via});
      }
      std::reverse(hops.begin(), hops.end());
      ways.push_back(witnesses.Steps(walk_, hops, *partial.use));
      continue;
    }
    if (partials.size() > kMostPartials) {
      more = true;
      continue;  // those that are whole still come
    }
    if (auto end = ends_.find(partial.function); end != ends_.end()) {
      for (const SiteUse* use : end->second) {
        push({.function = partial.function,
              .via = {},
              .parent = at,
              .length = partial.length,
              .use = use},
             LengthOf(*use));
      }
    }
    for (const Edge& edge : EdgesOf(partial.function)) {
      if (passed(at, edge.to)) continue;
      push({.function = edge.to,
            .via = edge.via,
            .parent = at,
            .length = partial.length + 1},
           left_[edge.to]);
    }
  }
  return ways;
}

}  // namespace chestnut::callgraph
