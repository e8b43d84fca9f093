#include "callgraph/solver.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "callgraph/libc_knowledge.h"
#include "callgraph/untyped_code.h"

namespace chestnut::callgraph {

using facts::OpenKind;
using facts::SinkKind;

Solver::Solver(const Program& program, Types& types)
    : program_(program),
      mixed_(std::any_of(program.units().begin(), program.units().end(),
                         UsesWhatItFinds)),
      types_(types),
      conditions_(program),
      held_(conditions_.count()),
      condition_holds_(conditions_.count()),
      pools_(graph_, types),
      function_live_(program.functions().size()),
      object_live_(program.objects().size()),
      unit_live_(program.units().size()),
      unknown_called_(program.functions().size()),
      takes_functions_(program.functions().size()),
      first_call_(program.bodies().size(), kNone),
      callers_(program.functions().size()),
      registered_(program.functions().size() + 1),
      parameters_(program.functions().size()),
      result_nodes_(program.functions().size(), kNone),
      content_nodes_(program.objects().size(), kNone),
      registered_nodes_(program.functions().size() + 1, kNone),
      first_local_(program.bodies().size(), kNone),
      takers_(program.functions().size()) {
  // Whatever escapes without a known type must be found by every cast back.
  behind_void_ = graph_.NewNode();
  NodeId watcher = ListeningNode(ListenerKind::kEscaped, 0);
  graph_.AddEdge(pools_.escaped(), watcher);
}

void Solver::AddRoot(FunctionId function) { CallUnknown(function); }
void Solver::AddRootObject(ObjectId object) { MarkObjectLive(object); }

void Solver::Solve() {
  for (;;) {
    if (!function_queue_.empty()) {
      FunctionId function = function_queue_.back();
      function_queue_.pop_back();
      ProcessFunction(function);
    } else if (!object_queue_.empty()) {
      ObjectId object = object_queue_.back();
      object_queue_.pop_back();
      ProcessObject(object);
    } else if (!graph_.Step([this](uint32_t listener, Token token) {
                 OnToken(listener, token);
               })) {
      return;
    }
  }
}

void Solver::MarkLive(FunctionId function) {
  if (function_live_[function]) return;
  function_live_[function] = 1;
  function_queue_.push_back(function);
  for (ConditionId condition : conditions_.ThatNeed(function)) {
    Release(condition);
  }
}

bool Solver::HoldBack(ConditionId condition, const Held& held) {
  if (condition == kNone || condition_holds_[condition]) return false;
  held_[condition].push_back(held);
  return true;
}

void Solver::Release(ConditionId condition) {
  if (condition_holds_[condition]) return;
  condition_holds_[condition] = 1;
  const std::vector<Held> released = std::move(held_[condition]);
  held_[condition].clear();
  for (const Held& held : released) {
    if (held.call != kNone) {
      FollowCallEdge(held.call, held.function);
    } else if (held.node != kNone) {
      FlowFunction(held.scope, held.function, held.node);
    } else {
      AddTakenFunction(held.scope, held.function);
    }
  }
}

void Solver::MarkObjectLive(ObjectId object) {
  if (object_live_[object]) return;
  object_live_[object] = 1;
  object_queue_.push_back(object);
}

// Unions are facts of the unit, not of a function.
void Solver::MarkUnit(UnitId unit) {
  if (unit_live_[unit]) return;
  unit_live_[unit] = 1;
  const auto* records = program_.unit(unit).unit().records();
  if (records == nullptr) return;
  for (uint32_t i = 0; i < records->size(); ++i) {
    if (records->Get(i)->is_union()) MergeUnion(types_.Record(unit, i));
  }
}

void Solver::ProcessFunction(FunctionId id) {
  const Function& function = program_.function(id);
  for (uint32_t i = 0; i < function.body_count; ++i) {
    ProcessBody(function.first_body + i);
  }
}

Solver::Scope Solver::ScopeOf(BodyId id) const {
  const Body& body = program_.body(id);
  return {.unit = body.unit, .function = body.function, .body = id};
}

void Solver::ProcessBody(BodyId id) {
  const Body& body = program_.body(id);
  const facts::Function& facts = *body.facts;
  const Scope scope = ScopeOf(id);
  MarkUnit(body.unit);
  first_local_[id] = static_cast<uint32_t>(local_nodes_.size());
  local_nodes_.resize(local_nodes_.size() + facts.locals(), kNone);
  const auto first = static_cast<CallId>(calls_.size());
  const uint32_t count = CallCount(facts);
  first_call_[id] = first;
  for (uint32_t i = 0; i < count; ++i) {
    calls_.push_back({.body = id, .index = i, .facts = facts.calls()->Get(i)});
  }
  call_targets_.resize(calls_.size());
  call_nodes_.resize(calls_.size(), kNone);

  ProcessReferences(scope, facts);
  if (facts.untyped()) ProcessUntypedReferences(scope, facts);
  for (uint32_t i = 0; i < count; ++i) ProcessCall(scope, first + i);
}

void Solver::ProcessObject(ObjectId id) {
  // The parts of an object do not change once the program is linked.
  for (const auto& [unit, facts] : program_.object(id).parts) {
    const Scope scope{.unit = unit, .object = id};
    MarkUnit(unit);
    if (program_.unit(unit).IsModule()) open_objects_.insert(id);
    ProcessReferences(scope, *facts);
    if (facts->overrides() == nullptr) continue;
    for (const facts::Override* entry : *facts->overrides()) {
      const Target& target = program_.target(unit, entry->overrider());
      NoteUndefined(scope, entry->overrider(), target, nullptr);
      MethodId method = types_.Method(unit, entry->method());
      for (FunctionId function : target.functions) {
        AddOverride(method, function);
      }
      // Classes of modules may call what overrides their methods.
      if (mixed_) HandOut(scope, entry->overrider());
    }
  }
}

template <typename Entry>
void Solver::ProcessReferences(const Scope& scope, const Entry& entry) {
  if (entry.address_taken() != nullptr) {
    for (uint32_t symbol : *entry.address_taken()) {
      AddTaken(scope, symbol);
      if (mixed_) HandOut(scope, symbol);
    }
  }
  if (entry.methods_taken() != nullptr) {
    for (uint32_t method : *entry.methods_taken()) {
      const MethodId id = types_.Method(scope.unit, method);
      pools_.AddTakenMethod(id);
      if (mixed_) {
        graph_.AddToken(RegisteredNode(scope.function),
                        Token(Token::kMethod, id));
      }
    }
  }
  if (entry.objects() != nullptr) {
    for (uint32_t symbol : *entry.objects()) {
      const Target& target = program_.target(scope.unit, symbol);
      NoteUndefined(scope, symbol, target, nullptr);
      for (ObjectId object : target.objects) {
        MarkObjectLive(object);
        if (program_.unit(scope.unit).IsModule()) open_objects_.insert(object);
      }
    }
  }
  if (entry.casts() != nullptr) {
    for (const facts::SignatureCast* cast : *entry.casts()) {
      pools_.AddCast(types_.Signature(scope.unit, cast->from()),
                     types_.Signature(scope.unit, cast->to()));
    }
  }
  if (entry.conversions() != nullptr) {
    for (const facts::RecordConversion* conversion : *entry.conversions()) {
      ProcessConversion(scope, *conversion);
    }
  }
  if (entry.opened() != nullptr) {
    for (const facts::AddressTakenPlace* place : *entry.opened()) {
      ProcessOpened(scope, *place);
    }
  }
  if (entry.flows() != nullptr) {
    for (const facts::Flow* flow : *entry.flows()) ProcessFlow(scope, *flow);
  }
}

bool Solver::IsLoaderArray(ObjectId object) const {
  auto contains = [object](const std::vector<ObjectId>& objects) {
    return std::binary_search(objects.begin(), objects.end(), object);
  };
  return contains(program_.startup_arrays()) ||
         contains(program_.exit_arrays());
}

// Code without types calls what it refers to, and what it finds in the objects
// it refers to.
void Solver::ProcessUntypedReferences(const Scope& scope,
                                      const facts::Function& facts) {
  if (facts.address_taken() != nullptr) {
    for (uint32_t symbol : *facts.address_taken()) {
      FlowTarget(scope, program_.target(scope.unit, symbol),
                 RegisteredNode(scope.function));
    }
  }
  if (facts.objects() == nullptr) return;
  for (uint32_t symbol : *facts.objects()) {
    for (ObjectId object : program_.target(scope.unit, symbol).objects) {
      graph_.AddEdge(ContentNode(object), RegisteredNode(scope.function));
      for (const auto& [unit, part] : program_.object(object).parts) {
        if (part->address_taken() == nullptr) continue;
        for (uint32_t taken : *part->address_taken()) {
          FlowTarget({.unit = unit, .object = object},
                     program_.target(unit, taken),
                     RegisteredNode(scope.function));
        }
      }
    }
  }
}

// The only functions of modules that say where the addresses go that they take
// (docs/facts.md).
bool Solver::IsResolver(const Scope& scope) const {
  return scope.body != kNone && program_.unit(scope.unit).IsModule() &&
         !program_.body(scope.body).facts->untyped();
}

void Solver::AddTaken(const Scope& scope, uint32_t symbol) {
  const Target& target = program_.target(scope.unit, symbol);
  NoteUndefined(scope, symbol, target, nullptr);
  // What a resolver can choose is whatever has the address of its ifunc.
  if (IsResolver(scope)) return;
  for (FunctionId function : target.functions) {
    AddTakenFunction(scope, function);
  }
  // Which function an ifunc is only its resolver knows.
  for (FunctionId resolver : target.resolvers) {
    CallUnknown(resolver);
    graph_.AddEdge(ResultNode(resolver), pools_.all());
    graph_.AddEdge(ResultNode(resolver), pools_.untyped());
  }
}

void Solver::AddTakenFunction(const Scope& scope, FunctionId function) {
  if (HoldBack(conditions_.OfAddress(scope.unit, function),
               {.scope = scope, .function = function})) {
    return;
  }
  Holder& taker = takers_[function];
  if (taker.function == kNone && taker.object == kNone) {
    taker = {.function = scope.function, .object = scope.object};
  }
  pools_.AddTaken(function, FunctionSignature(function));
}

SignatureId Solver::FunctionSignature(FunctionId id) {
  const Function& function = program_.function(id);
  for (uint32_t i = 0; i < function.body_count; ++i) {
    const Body& body = program_.body(function.first_body + i);
    SignatureId signature =
        types_.Signature(body.unit, body.facts->signature());
    if (signature != kNone) return signature;
  }
  const AssemblySignature* known =
      function.untyped ? FindAssemblySignature(function.name) : nullptr;
  return known == nullptr ? kNone : types_.WithoutParameters(known->key);
}

void Solver::NoteUndefined(const Scope& scope, uint32_t symbol,
                           const Target& target, const facts::Call* call) {
  if (!target.undefined) return;
  const facts::UnitView& unit = program_.unit(scope.unit);
  if (unit.unit().symbols()->Get(symbol)->linkage() == facts::Linkage::weak) {
    return;
  }
  UndefinedReference reference;
  reference.lazy =
      unit.IsModule() && !unit.unit().module_()->bind_now() &&
      unit.unit().symbols()->Get(symbol)->type() != facts::SymbolType::object;
  reference.symbol = std::string(unit.SymbolName(symbol));
  if (scope.body != kNone) {
    const facts::Function& facts = *program_.body(scope.body).facts;
    reference.referrer = std::string(program_.function(scope.function).name);
    reference.place = call != nullptr ? unit.Place(call->file(), call->line())
                                      : unit.Place(facts.file(), facts.line());
  } else {
    reference.referrer = std::string(program_.object(scope.object).name);
    reference.place = std::string(unit.name());
  }
  undefined_.push_back(std::move(reference));
}

void Solver::ProcessFlow(const Scope& scope, const facts::Flow& flow) {
  if (!flow.is_function()) return;
  // The loader and the start-up code walk these; roots.cc says when.
  if (scope.object != kNone && IsLoaderArray(scope.object) &&
      program_.unit(scope.unit).IsModule()) {
    return;
  }
  switch (flow.sink()) {
    case SinkKind::local:
      FlowValue(scope, flow.value(), LocalNode(scope.body, flow.a()));
      break;
    case SinkKind::global:
      for (ObjectId object : program_.target(scope.unit, flow.a()).objects) {
        FlowValue(scope, flow.value(), ContentNode(object));
      }
      break;
    case SinkKind::field:
      FlowValue(scope, flow.value(),
                FieldNode(types_.Record(scope.unit, flow.a()), flow.offset()));
      break;
    case SinkKind::memory: {
      // Without a type, a load of any type may find it.
      SignatureId signature = types_.Signature(scope.unit, flow.signature());
      FlowValue(
          scope, flow.value(),
          signature == kNone ? pools_.escaped() : pools_.Memory(signature));
      break;
    }
    case SinkKind::result:
      FlowValue(scope, flow.value(), ResultNode(scope.function));
      break;
    case SinkKind::escape:
      FlowValue(scope, flow.value(), pools_.escaped());
      // As an integer or `void*` it can reach assembly and the kernel, which
      // call it without a cast back.
      FlowValue(scope, flow.value(), RegisteredNode(scope.function));
      break;
    case SinkKind::untyped:
      FlowValue(scope, flow.value(), RegisteredNode(scope.function));
      break;
  }
}

void Solver::ProcessOpened(const Scope& scope,
                           const facts::AddressTakenPlace& place) {
  const SignatureId signature = types_.Signature(scope.unit, place.signature());
  auto open = [&](NodeId node) {
    if (signature == kNone) return;
    graph_.AddToken(node, Token(Token::kOpen, signature));
    // Loads through a pointer see what was stored directly.
    graph_.AddEdge(node, pools_.Memory(signature));
  };
  switch (place.kind()) {
    case OpenKind::field: {
      RecordId record = types_.Record(scope.unit, place.a());
      open_fields_.insert(FieldKey(record, place.offset()));
      open(FieldNode(record, place.offset()));
      break;
    }
    case OpenKind::global:
      for (ObjectId object : program_.target(scope.unit, place.a()).objects) {
        open_objects_.insert(object);
        open(ContentNode(object));
      }
      break;
    case OpenKind::local:
      if (scope.body != kNone) open(LocalNode(scope.body, place.a()));
      break;
    case OpenKind::parameter:
      if (scope.body != kNone) open(ParameterNode(scope.function, place.a()));
      break;
  }
}

void Solver::ProcessCall(const Scope& scope, CallId id) {
  const facts::Call& call = *calls_[id].facts;
  switch (call.kind()) {
    case facts::CallKind::direct: {
      const Target& target = program_.target(scope.unit, call.symbol());
      NoteUndefined(scope, call.symbol(), target, &call);
      for (FunctionId function : target.functions) AddCallEdge(id, function);
      if (!target.resolvers.empty()) {
        call_nodes_[id] = ListeningNode(ListenerKind::kCall, id);
        FlowTarget(scope, target, call_nodes_[id]);
      }
      break;
    }
    case facts::CallKind::indirect:
      call_nodes_[id] = ListeningNode(ListenerKind::kCall, id);
      FlowValue(scope, call.callee(), call_nodes_[id]);
      break;
    case facts::CallKind::virtual_:
      Subscribe(id, types_.Method(scope.unit, call.method()));
      break;
  }
}

}  // namespace chestnut::callgraph
