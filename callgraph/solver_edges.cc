// The part of the solver that moves values: nodes, tokens and call edges.
#include <algorithm>
#include <utility>
#include <vector>

#include "callgraph/solver.h"
#include "callgraph/untyped_code.h"

namespace chestnut::callgraph {

using facts::Value;
using facts::ValueKind;

NodeId Solver::ListeningNode(ListenerKind kind, uint32_t id) {
  NodeId node = graph_.NewNode(static_cast<uint32_t>(listeners_.size()));
  listeners_.push_back({kind, id, node});
  return node;
}

NodeId Solver::ParameterNode(FunctionId function, uint32_t index) {
  for (const auto& [known, node] : parameters_[function]) {
    if (known == index) return node;
  }
  const NodeId node = graph_.NewNode();
  parameters_[function].push_back({index, node});
  if (unknown_called_[function] && TakesFunctions(function)) {
    graph_.AddToken(node, Token(Token::kOpen, Token::kAnySignature));
  }
  // Parameters that nobody looks at have no node, so the calls seen so far pass
  // their arguments now.
  for (size_t i = 0; i < callers_[function].size(); ++i) {
    FlowArgument(callers_[function][i], function, index, node);
  }
  return node;
}

NodeId Solver::ResultNode(FunctionId function) {
  NodeId& node = result_nodes_[function];
  if (node == kNone) {
    node = graph_.NewNode();
    if (program_.function(function).untyped) {
      graph_.AddToken(node, Token(Token::kOpen, Token::kAnySignature));
    }
  }
  return node;
}

NodeId Solver::LocalNode(BodyId body, uint32_t local) {
  NodeId& node = local_nodes_[first_local_[body] + local];
  if (node == kNone) node = graph_.NewNode();
  return node;
}

NodeId Solver::ContentNode(ObjectId object) {
  NodeId& node = content_nodes_[object];
  if (node == kNone) {
    node = graph_.NewNode();
    if (program_.object(object).opaque) {
      graph_.AddToken(node, Token(Token::kOpen, Token::kAnySignature));
    }
  }
  return node;
}

NodeId Solver::FieldNode(RecordId record, uint64_t offset) {
  auto [it, added] = field_nodes_.try_emplace(FieldKey(record, offset), 0);
  if (added) it->second = graph_.NewNode();
  return it->second;
}

NodeId Solver::CallResultNode(CallId call) {
  auto [it, added] = call_result_nodes_.try_emplace(call, 0);
  if (!added) return it->second;
  const NodeId node = it->second = graph_.NewNode();
  for (FunctionId function : call_targets_[call]) {
    graph_.AddEdge(ResultNode(function), node);
  }
  return node;
}

NodeId Solver::RegisteredNode(FunctionId function) {
  // Initialisers share the entry after the last function.
  if (function == kNone) {
    function = static_cast<FunctionId>(registered_nodes_.size() - 1);
  }
  NodeId& node = registered_nodes_[function];
  if (node == kNone) node = ListeningNode(ListenerKind::kRegistered, function);
  return node;
}

bool Solver::TakesFunctions(FunctionId function) {
  uint8_t& known = takes_functions_[function];
  if (known == 0) {
    const SignatureId id = FunctionSignature(function);
    known = 2;
    if (id != kNone && types_.signature(id).prototyped) {
      // Function types among the parameters bring parentheses of their own.
      absl::string_view key = types_.signature(id).key;
      const size_t last = key.rfind('(');
      const bool nested = last == absl::string_view::npos || last == 0 ||
                          key.find(')') + 1 != key.size() ||
                          key.find('(') != last;
      known = nested ? 2 : 1;
    }
  }
  return known == 2;
}

void Solver::FlowValue(const Scope& scope, uint32_t value, NodeId to,
                       bool typed) {
  const auto& values = *program_.unit(scope.unit).unit().values();
  const Value& root = *values.Get(value);
  if (root.kind() < ValueKind::join) {
    FlowLeaf(scope, root, to, typed);
    return;
  }
  // Operands may be shared, and facts may nest them deeply: no recursion.
  std::vector<uint32_t> stack = {value};
  absl::flat_hash_set<uint32_t> seen = {value};
  while (!stack.empty()) {
    const Value& entry = *values.Get(stack.back());
    stack.pop_back();
    if (entry.kind() < ValueKind::join) {
      FlowLeaf(scope, entry, to, typed);
      continue;
    }
    if (seen.insert(entry.a()).second) stack.push_back(entry.a());
    if (entry.kind() != ValueKind::cast && seen.insert(entry.b()).second) {
      stack.push_back(entry.b());
    }
  }
}

void Solver::FlowLeaf(const Scope& scope, const Value& value, NodeId to,
                      bool typed) {
  switch (value.kind()) {
    case ValueKind::unknown:
      if (typed) graph_.AddToken(to, Token(Token::kOpen, Token::kAnySignature));
      break;
    case ValueKind::parameter:
      if (scope.body != kNone) {
        graph_.AddEdge(ParameterNode(scope.function, value.a()), to);
      }
      break;
    case ValueKind::local:
      if (scope.body != kNone &&
          value.a() < program_.body(scope.body).facts->locals()) {
        graph_.AddEdge(LocalNode(scope.body, value.a()), to);
      }
      break;
    case ValueKind::global:
      for (ObjectId object : program_.target(scope.unit, value.a()).objects) {
        graph_.AddEdge(ContentNode(object), to);
      }
      break;
    case ValueKind::field:
      graph_.AddEdge(FieldNode(types_.Record(scope.unit, value.a()),
                               static_cast<uint64_t>(value.constant())),
                     to);
      break;
    case ValueKind::memory: {
      SignatureId signature = types_.Signature(scope.unit, value.a());
      graph_.AddToken(
          to, Token(Token::kOpen,
                    signature == kNone ? Token::kAnySignature : signature));
      break;
    }
    case ValueKind::function_address:
      FlowTarget(scope, program_.target(scope.unit, value.a()), to);
      break;
    case ValueKind::method_address: {
      MethodId method = types_.Method(scope.unit, value.a());
      graph_.AddToken(to, Token(Token::kMethod, method));
      break;
    }
    case ValueKind::call_result:
      if (scope.body != kNone &&
          value.a() < CallCount(*program_.body(scope.body).facts)) {
        graph_.AddEdge(CallResultNode(first_call_[scope.body] + value.a()), to);
      }
      break;
    case ValueKind::constant:
    case ValueKind::object_address:
    default:
      break;
  }
}

void Solver::FlowTarget(const Scope& scope, const Target& target, NodeId to) {
  for (FunctionId function : target.functions) {
    FlowFunction(scope, function, to);
  }
  for (FunctionId resolver : target.resolvers) {
    CallUnknown(resolver);
    graph_.AddEdge(ResultNode(resolver), to);
  }
}

void Solver::FlowFunction(const Scope& scope, FunctionId function, NodeId to) {
  if (HoldBack(conditions_.OfAddress(scope.unit, function),
               {.scope = scope, .function = function, .node = to})) {
    return;
  }
  const Token token(Token::kFunction, function);
  graph_.AddToken(to, token);
  origins_.push_back(
      {.node = to,
       .token = token,
       .holder = {.function = scope.function, .object = scope.object}});
}

void Solver::HandOut(const Scope& scope, uint32_t symbol) {
  if (program_.unit(scope.unit).IsModule()) return;  // facts say it by flows
  // The loader and the start-up code walk these; roots.cc says when.
  if (scope.object != kNone && IsLoaderArray(scope.object)) return;
  FlowTarget(scope, program_.target(scope.unit, symbol),
             RegisteredNode(scope.function));
}

const flatbuffers::Vector<uint32_t>* Solver::ArgumentsFor(
    CallId call, FunctionId callee) const {
  const CallRecord& record = calls_[call];
  const UnitId defined = program_.function(callee).unit;
  const bool from_module =
      program_.unit(program_.body(record.body).unit).IsModule();
  const bool to_module = defined != kNone && program_.unit(defined).IsModule();
  if (from_module != to_module &&
      (from_module || !record.facts->in_registers())) {
    return nullptr;
  }
  return record.facts->arguments();
}

void Solver::FlowArgument(CallId call, FunctionId callee, uint32_t index,
                          NodeId to) {
  const CallRecord& record = calls_[call];
  const auto* arguments = ArgumentsFor(call, callee);
  const bool typed = TakesFunctions(callee);
  if (arguments != nullptr && index < arguments->size()) {
    FlowValue(ScopeOf(record.body), arguments->Get(index), to, typed);
  } else if (typed) {
    graph_.AddToken(to, Token(Token::kOpen, Token::kAnySignature));
  }
}

void Solver::AddCallEdge(CallId call, FunctionId function) {
  const FunctionId from = program_.body(calls_[call].body).function;
  if (HoldBack(conditions_.OfCall(from, function),
               {.scope = {}, .function = function, .call = call})) {
    return;
  }
  FollowCallEdge(call, function);
}

void Solver::FollowCallEdge(CallId call, FunctionId function) {
  auto& targets = call_targets_[call];
  if (std::find(targets.begin(), targets.end(), function) != targets.end()) {
    return;
  }
  targets.push_back(function);
  callers_[function].push_back(call);
  MarkLive(function);
  ReleaseByArguments(call, function);
  for (size_t i = 0; i < parameters_[function].size(); ++i) {
    const auto [index, node] = parameters_[function][i];
    FlowArgument(call, function, index, node);
  }
  auto result = call_result_nodes_.find(call);
  if (result != call_result_nodes_.end()) {
    graph_.AddEdge(ResultNode(function), result->second);
  }
  const Scope scope = ScopeOf(calls_[call].body);
  // Compiled code registers what it takes an address of anyway.
  if (!program_.function(function).untyped ||
      program_.unit(scope.unit).IsModule()) {
    return;
  }
  const auto* arguments = calls_[call].facts->arguments();
  if (arguments == nullptr || (!mixed_ && KeepsArguments(program_, function))) {
    return;
  }
  for (uint32_t argument : *arguments) {
    FlowValue(scope, argument, RegisteredNode(scope.function),
              /*typed=*/false);
  }
}

namespace {

// Whether the low half of the value can be one of these.
bool MayBe(const flatbuffers::Vector<const Value*>& values, uint32_t index,
           absl::Span<const int32_t> wanted, int depth) {
  constexpr int kMaxDepth = 32;
  const Value& value = *values.Get(index);
  if (value.kind() == ValueKind::constant) {
    return std::find(wanted.begin(), wanted.end(),
                     static_cast<int32_t>(value.constant())) != wanted.end();
  }
  if (value.kind() != ValueKind::join || depth == kMaxDepth) return true;
  return MayBe(values, value.a(), wanted, depth + 1) ||
         MayBe(values, value.b(), wanted, depth + 1);
}

}  // namespace

void Solver::ReleaseByArguments(CallId call, FunctionId callee) {
  for (const ArgumentCondition& entry : conditions_.OnArguments(callee)) {
    const auto* arguments = ArgumentsFor(call, callee);
    const UnitId unit = program_.body(calls_[call].body).unit;
    if (arguments == nullptr || entry.parameter >= arguments->size() ||
        MayBe(*program_.unit(unit).unit().values(),
              arguments->Get(entry.parameter), entry.values, 0)) {
      Release(entry.condition);
    }
  }
}

void Solver::CallUnknown(FunctionId function) {
  MarkLive(function);
  if (unknown_called_[function]) return;
  unknown_called_[function] = 1;
  for (const ArgumentCondition& entry : conditions_.OnArguments(function)) {
    Release(entry.condition);
  }
  if (!TakesFunctions(function)) return;
  for (const auto& [index, node] : parameters_[function]) {
    graph_.AddToken(node, Token(Token::kOpen, Token::kAnySignature));
  }
}

// Each function once for its token; as an overrider it may come again.
void Solver::Register(FunctionId registrant, FunctionId function) {
  registered_[registrant].push_back(function);
  CallUnknown(function);
}

Solver::MethodState& Solver::Method(MethodId method) {
  if (methods_.size() <= method) methods_.resize(method + 1);
  return methods_[method];
}

void Solver::AddOverride(MethodId method, FunctionId function) {
  auto& overriders = Method(method).overriders;
  if (std::find(overriders.begin(), overriders.end(), function) !=
      overriders.end()) {
    return;
  }
  overriders.push_back(function);
  for (size_t i = 0; i < methods_[method].calls.size(); ++i) {
    AddCallEdge(methods_[method].calls[i], function);
  }
  for (size_t i = 0; i < methods_[method].registrants.size(); ++i) {
    Register(methods_[method].registrants[i], function);
  }
}

void Solver::Subscribe(CallId call, MethodId method) {
  Method(method).calls.push_back(call);
  for (size_t i = 0; i < methods_[method].overriders.size(); ++i) {
    AddCallEdge(call, methods_[method].overriders[i]);
  }
}

void Solver::OnToken(uint32_t index, Token token) {
  const Listener listener = listeners_[index];
  switch (listener.kind) {
    case ListenerKind::kCall:
      OnCallToken(listener, token);
      break;
    case ListenerKind::kRegistered:
      OnRegisteredToken(listener, token);
      break;
    case ListenerKind::kEscaped:
      if (token.kind() == Token::kOpen) {
        graph_.AddEdge(token.id() == Token::kAnySignature
                           ? pools_.all()
                           : pools_.OfSignature(token.id()),
                       pools_.escaped());
      }
      break;
  }
}

void Solver::OnCallToken(const Listener& listener, Token token) {
  switch (token.kind()) {
    case Token::kFunction:
      AddCallEdge(listener.id, token.id());
      break;
    case Token::kMethod:
      Subscribe(listener.id, token.id());
      break;
    case Token::kOpen: {
      const CallRecord& record = calls_[listener.id];
      // What it may call is registered, whoever takes its address.
      if (mixed_ && program_.unit(program_.body(record.body).unit).IsModule()) {
        break;
      }
      const auto* arguments = record.facts->arguments();
      SignatureId signature = types_.Signature(program_.body(record.body).unit,
                                               record.facts->signature());
      graph_.AddEdge(
          pools_.OfCall(signature,
                        arguments == nullptr ? 0 : arguments->size()),
          listener.node);
      if (token.id() != Token::kAnySignature) {
        graph_.AddEdge(pools_.OfSignature(token.id()), listener.node);
      }
      break;
    }
  }
}

void Solver::OnRegisteredToken(const Listener& listener, Token token) {
  switch (token.kind()) {
    case Token::kFunction:
      Register(listener.id, token.id());
      break;
    case Token::kMethod: {
      MethodState& method = Method(token.id());
      method.registrants.push_back(listener.id);
      for (size_t i = 0; i < methods_[token.id()].overriders.size(); ++i) {
        Register(listener.id, methods_[token.id()].overriders[i]);
      }
      break;
    }
    case Token::kOpen:
      // Whoever takes an address registers the function there (HandOut, and
      // code without types itself).
      if (mixed_) break;
      graph_.AddEdge(token.id() == Token::kAnySignature
                         ? pools_.all()
                         : pools_.OfSignature(token.id()),
                     listener.node);
      break;
  }
}

}  // namespace chestnut::callgraph
