#include "callgraph/witness.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chestnut::callgraph {

using policy::WitnessStep;

Witnesses::Witnesses(const Program& program, const Types& types,
                     const Solver& solver)
    : program_(program), types_(types), solver_(solver) {}

FunctionId Witnesses::Outermost(const Program& program, const Solver& solver,
                                const SiteUse& use) {
  BodyId body = use.path.empty() ? use.body : solver.call(use.path.back()).body;
  return program.body(body).function;
}

namespace {

std::vector<Hop> ShortestHops(const Walk& walk, FunctionId function) {
  std::vector<Hop> hops;
  for (;;) {
    const Via& via = walk.via(function);
    hops.push_back({function, via});
    if (via.kind == Via::kRoot) break;
    function = via.from;
  }
  std::reverse(hops.begin(), hops.end());
  return hops;
}

}  // namespace

uint32_t Witnesses::Length(const Program& program, const Solver& solver,
                           const Walk& walk, const SiteUse& use) {
  return walk.distance(Outermost(program, solver, use)) +
         static_cast<uint32_t>(use.path.size());
}

std::string Witnesses::CallPlace(CallId call) const {
  const CallRecord& record = solver_.call(call);
  const facts::UnitView& unit = program_.unit(program_.body(record.body).unit);
  return unit.Place(record.facts->file(), record.facts->line());
}

std::vector<WitnessStep> Witnesses::Chain(const Walk& walk,
                                          const SiteUse& use) {
  return Steps(walk, ShortestHops(walk, Outermost(program_, solver_, use)),
               use);
}

std::vector<WitnessStep> Witnesses::ChainTo(const Walk& walk,
                                            FunctionId function) {
  return Words(walk, ShortestHops(walk, function));
}

std::vector<WitnessStep> Witnesses::Words(const Walk& walk,
                                          const std::vector<Hop>& hops) {
  std::vector<WitnessStep> steps;
  for (const auto& [id, via] : hops) {
    WitnessStep step;
    step.function = std::string(program_.function(id).name);
    if (via.kind == Via::kRoot) {
      step.reason = walk.root(via.index).reason;
    } else if (via.kind == Via::kCall) {
      steps.back().place = CallPlace(via.index);
      step.reason = Reason(via.index, id);
    } else {
      step.reason =
          absl::StrCat("called by the kernel or by code without types, which ",
                       program_.function(via.from).name, " gives it to");
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

std::vector<WitnessStep> Witnesses::Steps(const Walk& walk,
                                          const std::vector<Hop>& hops,
                                          const SiteUse& use) {
  std::vector<WitnessStep> steps = Words(walk, hops);
  // Down the path to the site.
  for (size_t i = use.path.size(); i-- > 0;) {
    const CallId call = use.path[i];
    const BodyId callee =
        i == 0 ? use.body : solver_.call(use.path[i - 1]).body;
    const FunctionId id = program_.body(callee).function;
    steps.back().place = CallPlace(call);
    steps.push_back({.function = std::string(program_.function(id).name),
                     .place = "",
                     .reason = Reason(call, id)});
  }
  const facts::UnitView& unit = program_.unit(program_.body(use.body).unit);
  steps.back().place = unit.Place(use.site->file(), use.site->line());
  return steps;
}

std::string Witnesses::Reason(CallId call, FunctionId target) {
  const CallRecord& record = solver_.call(call);
  switch (record.facts->kind()) {
    case facts::CallKind::virtual_: {
      const facts::UnitView& unit =
          program_.unit(program_.body(record.body).unit);
      return absl::StrCat("overrides ", unit.String(record.facts->method()));
    }
    case facts::CallKind::direct:
      if (solver_.callee_node(call) == kNone) return "";
      return "chosen by the resolver of an ifunc";
    case facts::CallKind::indirect:
      return IndirectReason(call, target);
  }
  return "";
}

void Witnesses::IndexGraph() {
  if (indexed_) return;
  indexed_ = true;
  const FlowGraph& graph = solver_.graph();
  predecessors_.resize(graph.size());
  for (NodeId node = 0; node < graph.size(); ++node) {
    for (NodeId successor : graph.successors(node)) {
      predecessors_[successor].push_back(node);
    }
  }
  for (const auto& [key, node] : solver_.field_nodes()) fields_[node] = key;
  for (ObjectId id = 0; id < program_.objects().size(); ++id) {
    if (solver_.content_node(id) != kNone) {
      globals_[solver_.content_node(id)] = id;
    }
  }
}

std::string Witnesses::PlaceName(NodeId node) const {
  if (auto it = fields_.find(node); it != fields_.end()) {
    return absl::StrCat(
        "field ", types_.FieldName(static_cast<RecordId>(it->second >> 32),
                                   it->second & 0xffffffff));
  }
  if (auto it = globals_.find(node); it != globals_.end()) {
    return absl::StrCat("variable ", program_.object(it->second).name);
  }
  return "";
}

std::string Witnesses::HolderName(const Holder& holder) const {
  if (holder.function != kNone) {
    return std::string(program_.function(holder.function).name);
  }
  if (holder.object != kNone) {
    return std::string(program_.object(holder.object).name);
  }
  return "code without facts";
}

// Goes against the flow from the call to where the address was taken.
std::string Witnesses::IndirectReason(CallId call, FunctionId target) {
  IndexGraph();
  const Token token(Token::kFunction, target);
  const NodeId start = solver_.callee_node(call);
  absl::flat_hash_map<NodeId, NodeId> towards = {{start, start}};
  std::vector<NodeId> queue = {start};
  const Origin* found = nullptr;
  for (size_t i = 0; i < queue.size() && found == nullptr; ++i) {
    for (const Origin& origin : solver_.origins()) {
      if (origin.node == queue[i] && origin.token == token) found = &origin;
    }
    if (found != nullptr) break;
    for (NodeId predecessor : predecessors_[queue[i]]) {
      if (!solver_.graph().Contains(predecessor, token)) continue;
      if (towards.try_emplace(predecessor, queue[i]).second) {
        queue.push_back(predecessor);
      }
    }
  }
  if (found == nullptr) {
    return absl::StrCat("called by the type of the pointer; ",
                        HolderName(solver_.first_taker(target)),
                        " takes its address");
  }
  // The place nearest to the call that has a name.
  std::string place;
  for (NodeId node = found->node;; node = towards.at(node)) {
    std::string name = PlaceName(node);
    if (!name.empty()) place = std::move(name);
    if (node == start) break;
  }
  if (place.empty()) {
    return absl::StrCat("called through a pointer that ",
                        HolderName(found->holder), " sets");
  }
  return absl::StrCat("called through ", place, ", set by ",
                      HolderName(found->holder));
}

}  // namespace chestnut::callgraph
