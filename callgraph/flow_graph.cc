#include "callgraph/flow_graph.h"

#include <algorithm>

namespace chestnut::callgraph {
namespace {

// Up to here a look through the vector is faster than a hash set.
constexpr size_t kSmall = 16;

}  // namespace

NodeId FlowGraph::NewNode(uint32_t listener) {
  nodes_.emplace_back();
  nodes_.back().listener = listener;
  return static_cast<NodeId>(nodes_.size() - 1);
}

void FlowGraph::Enqueue(NodeId node) {
  if (nodes_[node].queued) return;
  nodes_[node].queued = true;
  queue_.push_back(node);
}

void FlowGraph::AddEdge(NodeId from, NodeId to) {
  if (from == to) return;
  std::vector<NodeId>& successors = nodes_[from].successors;
  if (successors.size() <= kSmall &&
      std::find(successors.begin(), successors.end(), to) != successors.end()) {
    return;
  }
  successors.push_back(to);
  // The rest follows when `from` is taken off the work list.
  for (uint32_t t = 0; t < nodes_[from].spread; ++t) {
    AddToken(to, nodes_[from].tokens[t]);
  }
}

bool FlowGraph::Contains(NodeId node, Token token) const {
  const Node& entry = nodes_[node];
  if (entry.index != nullptr) return entry.index->contains(token.bits());
  return std::find(entry.tokens.begin(), entry.tokens.end(), token) !=
         entry.tokens.end();
}

void FlowGraph::AddToken(NodeId node, Token token) {
  if (Contains(node, token)) return;
  Node& entry = nodes_[node];
  entry.tokens.push_back(token);
  if (entry.index != nullptr) {
    entry.index->insert(token.bits());
  } else if (entry.tokens.size() > kSmall) {
    entry.index = std::make_unique<absl::flat_hash_set<uint32_t>>();
    for (Token known : entry.tokens) entry.index->insert(known.bits());
  }
  Enqueue(node);
}

}  // namespace chestnut::callgraph
