#ifndef CHESTNUT_CALLGRAPH_POOLS_H_
#define CHESTNUT_CALLGRAPH_POOLS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "callgraph/flow_graph.h"
#include "callgraph/types.h"

// The functions that a call can reach when flow does not say: per signature,
// every function whose address live code takes, widened by the casts seen.
namespace chestnut::callgraph {

class Pools {
 public:
  Pools(FlowGraph& graph, Types& types);

  // The address of `function` is taken. `signature` kNone: it has no known type
  // and belongs to every pool.
  void AddTaken(uint32_t function, SignatureId signature);
  // The address of a virtual method is taken: a pointer to a member.
  void AddTakenMethod(MethodId method);
  // A pointer of type `from` is converted to type `to`. kNone is what escaped:
  // a value that escapes flows there by itself, so that a cast to it adds only
  // what memory of type `from` holds.
  void AddCast(SignatureId from, SignatureId to);

  // Everything a pointer of this type, loaded from anywhere, may be.
  NodeId OfSignature(SignatureId signature);
  // What is stored where pointers of this type are found through an address.
  NodeId Memory(SignatureId signature);
  // Everything that a call of a pointer of this type with so many arguments may
  // reach. A type without prototype matches by the number of arguments; kNone
  // matches all.
  NodeId OfCall(SignatureId signature, uint32_t arguments);
  // What became `void*` or an integer.
  NodeId escaped() const { return escaped_; }
  // Every function whose address is taken.
  NodeId all() const { return all_; }
  // Those without a known type, which every pool contains.
  NodeId untyped() const { return untyped_; }

 private:
  NodeId Lazy(absl::flat_hash_map<uint32_t, NodeId>& nodes, uint32_t key);

  FlowGraph& graph_;
  Types& types_;
  NodeId all_;
  NodeId untyped_;  // functions without signature
  NodeId methods_;  // virtual methods whose member pointer is taken
  NodeId escaped_;
  // Functions by the key of their signature, by the number of their parameters
  // (fixed; variadic), and those without prototype by that number.
  absl::flat_hash_map<uint32_t, NodeId> by_key_;
  absl::flat_hash_map<uint32_t, NodeId> fixed_;
  absl::flat_hash_map<uint32_t, NodeId> variadic_;
  absl::flat_hash_map<uint32_t, NodeId> unprototyped_;
  absl::flat_hash_map<SignatureId, NodeId> pools_;
  absl::flat_hash_map<SignatureId, NodeId> memory_;
  absl::flat_hash_map<std::pair<SignatureId, uint32_t>, NodeId> calls_;
  absl::flat_hash_set<std::pair<SignatureId, SignatureId>> casts_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_POOLS_H_
