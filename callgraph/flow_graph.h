#ifndef CHESTNUT_CALLGRAPH_FLOW_GRAPH_H_
#define CHESTNUT_CALLGRAPH_FLOW_GRAPH_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"

// The constraint graph: nodes hold sets of tokens, and along each edge every
// token flows. What a token stands for is the matter of the solver.
namespace chestnut::callgraph {

using NodeId = uint32_t;

// What a place that can hold a function pointer may contain, in 32 bits.
class Token {
 public:
  enum Kind : uint32_t {
    kFunction,  // the function `id`
    kOpen,      // any function whose address is taken and that has signature
                // `id` (kAnySignature: a signature nobody knows)
    kMethod     // the method `id`, found by the object's vtable
  };
  static constexpr uint32_t kAnySignature = 0x3fffffff;

  Token(Kind kind, uint32_t id) : bits_(kind << 30 | id) {}
  Kind kind() const { return static_cast<Kind>(bits_ >> 30); }
  uint32_t id() const { return bits_ & 0x3fffffff; }
  uint32_t bits() const { return bits_; }
  bool operator==(const Token& other) const { return bits_ == other.bits_; }

 private:
  uint32_t bits_;
};

// Grows while it is solved: the listener may add nodes, edges and tokens.
class FlowGraph {
 public:
  static constexpr uint32_t kNoListener = 0xffffffff;

  // A node whose tokens are also reported to the solver, with `listener`,
  // unless that is kNoListener.
  NodeId NewNode(uint32_t listener = kNoListener);
  // Everything in `from`, now and later, is in `to`.
  void AddEdge(NodeId from, NodeId to);
  void AddToken(NodeId node, Token token);

  // Takes a node with news off the work list and spreads them along its edges;
  // `on_token(listener, token)` hears of them if the node has a listener.
  // False: nothing is left to do.
  template <typename OnToken>
  bool Step(OnToken on_token);

  const std::vector<Token>& tokens(NodeId node) const {
    return nodes_[node].tokens;
  }
  bool Contains(NodeId node, Token token) const;
  const std::vector<NodeId>& successors(NodeId node) const {
    return nodes_[node].successors;
  }
  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }

 private:
  struct Node {
    std::vector<Token> tokens;  // in the order they came
    std::unique_ptr<absl::flat_hash_set<uint32_t>> index;  // of many tokens
    std::vector<NodeId> successors;
    uint32_t spread = 0;  // how many tokens went along the edges already
    uint32_t listener = kNoListener;
    bool queued = false;
  };

  void Enqueue(NodeId node);

  std::vector<Node> nodes_;
  std::vector<NodeId> queue_;
};

template <typename OnToken>
bool FlowGraph::Step(OnToken on_token) {
  if (queue_.empty()) return false;
  const NodeId id = queue_.back();
  queue_.pop_back();
  nodes_[id].queued = false;
  const uint32_t begin = nodes_[id].spread;
  const auto end = static_cast<uint32_t>(nodes_[id].tokens.size());
  nodes_[id].spread = end;
  // The node is looked up anew each time: the graph grows meanwhile.
  for (size_t s = 0; s < nodes_[id].successors.size(); ++s) {
    const NodeId successor = nodes_[id].successors[s];
    for (uint32_t t = begin; t < end; ++t) {
      AddToken(successor, nodes_[id].tokens[t]);
    }
  }
  if (nodes_[id].listener != kNoListener) {
    for (uint32_t t = begin; t < end; ++t) {
      on_token(nodes_[id].listener, nodes_[id].tokens[t]);
    }
  }
  return true;
}

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_FLOW_GRAPH_H_
