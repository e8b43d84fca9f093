#include "callgraph/pools.h"

#include "absl/strings/match.h"

namespace chestnut::callgraph {

Pools::Pools(FlowGraph& graph, Types& types)
    : graph_(graph),
      types_(types),
      all_(graph.NewNode()),
      untyped_(graph.NewNode()),
      methods_(graph.NewNode()),
      escaped_(graph.NewNode()) {}

NodeId Pools::Lazy(absl::flat_hash_map<uint32_t, NodeId>& nodes, uint32_t key) {
  auto [it, added] = nodes.try_emplace(key, 0);
  if (added) it->second = graph_.NewNode();
  return it->second;
}

void Pools::AddTaken(uint32_t function, SignatureId signature) {
  const Token token(Token::kFunction, function);
  graph_.AddToken(all_, token);
  if (signature == kNone) {
    graph_.AddToken(untyped_, token);
    return;
  }
  const SignatureInfo& info = types_.signature(signature);
  graph_.AddToken(Lazy(by_key_, info.key_id), token);
  graph_.AddToken(Lazy(info.variadic ? variadic_ : fixed_, info.parameters),
                  token);
  if (!info.prototyped) {
    graph_.AddToken(Lazy(unprototyped_, info.parameters), token);
  }
}

void Pools::AddTakenMethod(MethodId method) {
  graph_.AddToken(methods_, Token(Token::kMethod, method));
  graph_.AddToken(all_, Token(Token::kMethod, method));
}

void Pools::AddCast(SignatureId from, SignatureId to) {
  if (from == to || !casts_.insert({from, to}).second) return;
  if (to == kNone) {
    graph_.AddEdge(Memory(from), escaped_);
  } else {
    graph_.AddEdge(from == kNone ? escaped_ : OfSignature(from),
                   OfSignature(to));
  }
}

NodeId Pools::Memory(SignatureId signature) {
  auto [it, added] = memory_.try_emplace(signature, 0);
  if (!added) return it->second;
  const NodeId memory = it->second = graph_.NewNode();
  graph_.AddEdge(memory, OfSignature(signature));
  return memory;
}

NodeId Pools::OfSignature(SignatureId signature) {
  if (signature == kNone) return all_;
  auto [it, added] = pools_.try_emplace(signature, 0);
  if (!added) return it->second;
  const NodeId pool = it->second = graph_.NewNode();
  const SignatureInfo& info = types_.signature(signature);
  graph_.AddEdge(untyped_, pool);
  graph_.AddEdge(Lazy(by_key_, info.key_id), pool);
  if (info.prototyped) {
    graph_.AddEdge(Lazy(unprototyped_, info.parameters), pool);
  }
  // A member pointer's key begins with its class; any key that names a class
  // may be one.
  if (absl::StrContains(info.key, "::")) graph_.AddEdge(methods_, pool);
  return pool;
}

NodeId Pools::OfCall(SignatureId signature, uint32_t arguments) {
  if (signature == kNone) return all_;
  if (types_.signature(signature).prototyped) return OfSignature(signature);
  auto [it, added] = calls_.try_emplace({signature, arguments}, 0);
  if (!added) return it->second;
  const NodeId pool = it->second = graph_.NewNode();
  graph_.AddEdge(OfSignature(signature), pool);
  graph_.AddEdge(Lazy(fixed_, arguments), pool);
  for (uint32_t n = 0; n <= arguments; ++n) {
    graph_.AddEdge(Lazy(variadic_, n), pool);
  }
  return pool;
}

}  // namespace chestnut::callgraph
