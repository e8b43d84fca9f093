#ifndef CHESTNUT_CALLGRAPH_SOLVER_H_
#define CHESTNUT_CALLGRAPH_SOLVER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "callgraph/conditions.h"
#include "callgraph/flow_graph.h"
#include "callgraph/link.h"
#include "callgraph/pools.h"
#include "callgraph/types.h"

// The fixpoint: which functions and objects are live, and which functions each
// call reaches (docs/facts.md). Each feeds the other: the facts of a function
// count only once it is live.
namespace chestnut::callgraph {

using CallId = uint32_t;

// A call in a live function.
struct CallRecord {
  BodyId body = 0;
  uint32_t index = 0;  // in the body's calls
  const facts::Call* facts = nullptr;
};

// Who brought a function's address into play.
struct Holder {
  FunctionId function = kNone;
  ObjectId object = kNone;
};

// A token that some code or initialiser puts into a node.
struct Origin {
  NodeId node = 0;
  Token token{Token::kFunction, 0};
  Holder holder;
};

inline uint32_t CallCount(const facts::Function& function) {
  return function.calls() == nullptr ? 0 : function.calls()->size();
}

struct UndefinedReference {
  std::string symbol;
  std::string referrer;
  std::string place;  // "file:line", may be empty
  // In a module that is bound lazily, to what may be a function.
  bool lazy = false;
};

class Solver {
 public:
  Solver(const Program& program, Types& types);

  // What is live from the start. A root's arguments are unknown.
  void AddRoot(FunctionId function);
  void AddRootObject(ObjectId object);
  // `registrant` hands something out whose type is not known: what the records
  // hold that became `void*` can be called by the kernel or code without types.
  void RegisterBehindVoid(FunctionId registrant);
  // Runs until nothing changes; more roots may follow, and another Solve.
  void Solve();

  bool IsLive(FunctionId function) const { return function_live_[function]; }
  bool IsObjectLive(ObjectId object) const { return object_live_[object]; }

  // Calls of a body of a live function are numbered from here, in their order.
  CallId first_call(BodyId body) const { return first_call_[body]; }
  uint32_t call_count() const { return static_cast<uint32_t>(calls_.size()); }
  const CallRecord& call(CallId call) const { return calls_[call]; }
  // The arguments of a call as `callee` numbers its parameters. Null: none are
  // known, or source counts them by its types and a module by registers.
  const flatbuffers::Vector<uint32_t>* ArgumentsFor(CallId call,
                                                    FunctionId callee) const;
  const absl::InlinedVector<FunctionId, 1>& targets(CallId call) const {
    return call_targets_[call];
  }
  const std::vector<CallId>& callers(FunctionId function) const {
    return callers_[function];
  }
  // Functions that `function` hands to code without types or to the kernel,
  // which call them with unknown arguments.
  const std::vector<FunctionId>& registered(FunctionId function) const {
    return registered_[function];
  }
  // The same of initialisers of live objects.
  const std::vector<FunctionId>& registered_by_objects() const {
    return registered_.back();
  }
  // Somebody calls it with arguments that no call of the facts shows.
  bool HasUnknownCallers(FunctionId function) const {
    return unknown_called_[function];
  }

  // For witnesses: where a call's function pointer comes from.
  NodeId callee_node(CallId call) const { return call_nodes_[call]; }
  const FlowGraph& graph() const { return graph_; }
  const Pools& pools() const { return pools_; }
  const std::vector<Origin>& origins() const { return origins_; }
  Holder first_taker(FunctionId function) const { return takers_[function]; }
  const absl::flat_hash_map<uint64_t, NodeId>& field_nodes() const {
    return field_nodes_;
  }
  NodeId content_node(ObjectId object) const { return content_nodes_[object]; }

  // Integer places that code can change unseen.
  bool IsFieldOpen(RecordId record, uint64_t offset) const {
    return mixed_ || open_fields_.contains(FieldKey(record, offset));
  }
  // Whether libc knowledge says that the record is initialised in full.
  bool IsKept(RecordId record) const { return kept_records_.contains(record); }
  bool IsGlobalOpen(ObjectId object) const {
    return open_objects_.contains(object);
  }

  // Strong references of live code to symbols that nobody defines.
  const std::vector<UndefinedReference>& undefined() const {
    return undefined_;
  }

  static uint64_t FieldKey(RecordId record, uint64_t offset) {
    return uint64_t{record} << 32 | (offset & 0xffffffff);
  }

 private:
  // Where a fact stands: in a body, or (body kNone) in an object.
  struct Scope {
    UnitId unit = 0;
    FunctionId function = kNone;
    BodyId body = kNone;
    ObjectId object = kNone;
  };
  enum class ListenerKind : uint8_t { kCall, kRegistered, kEscaped };
  struct Listener {
    ListenerKind kind;
    uint32_t id;
    NodeId node;
  };
  struct MethodState {
    std::vector<FunctionId> overriders;
    std::vector<CallId> calls;
    std::vector<FunctionId> registrants;
  };

  // What waits for a condition: the address of `function` in the scope, to
  // `node` (kNone: it is taken); or, with a call, the call of it.
  struct Held {
    Scope scope;
    FunctionId function = kNone;
    NodeId node = kNone;
    CallId call = kNone;
  };
  // False if nothing needs to wait.
  bool HoldBack(ConditionId condition, const Held& held);
  void Release(ConditionId condition);
  // Of conditions on arguments: those that this call makes true.
  void ReleaseByArguments(CallId call, FunctionId callee);

  void MarkLive(FunctionId function);
  void MarkObjectLive(ObjectId object);
  void MarkUnit(UnitId unit);
  void ProcessFunction(FunctionId function);
  void ProcessBody(BodyId body);
  void ProcessObject(ObjectId object);
  template <typename Entry>
  void ProcessReferences(const Scope& scope, const Entry& entry);
  void ProcessUntypedReferences(const Scope& scope,
                                const facts::Function& facts);
  bool IsLoaderArray(ObjectId object) const;
  void ProcessFlow(const Scope& scope, const facts::Flow& flow);
  void ProcessCall(const Scope& scope, CallId call);
  void ProcessOpened(const Scope& scope, const facts::AddressTakenPlace& place);

  // solver_records.cc: records seen as something else.
  void ProcessConversion(const Scope& scope,
                         const facts::RecordConversion& conversion);
  void Reinterpret(RecordId a, RecordId b);
  void MergeUnion(RecordId record);
  void OpenRaw(const FlatField& field);
  void MergeFields(const std::vector<FlatField>& fields,
                   const std::vector<FlatField>& others, uint64_t size);
  uint64_t SizeOf(RecordId record) const;

  bool IsResolver(const Scope& scope) const;
  void AddTaken(const Scope& scope, uint32_t symbol);
  void AddTakenFunction(const Scope& scope, FunctionId function);
  // Modules of the program may get the function whose address source takes on
  // ways that facts do not show: in structs, through their own types. It can be
  // called from anywhere then, as what they take an address of themselves.
  void HandOut(const Scope& scope, uint32_t symbol);
  SignatureId FunctionSignature(FunctionId function);
  void NoteUndefined(const Scope& scope, uint32_t symbol, const Target& target,
                     const facts::Call* call);

  // `typed`: `to` is for function pointers, so that an unknown value is one.
  // Elsewhere it is data, as what is converted to data was seen to escape.
  void FlowValue(const Scope& scope, uint32_t value, NodeId to,
                 bool typed = true);
  void FlowLeaf(const Scope& scope, const facts::Value& value, NodeId to,
                bool typed);
  void FlowTarget(const Scope& scope, const Target& target, NodeId to);
  void FlowFunction(const Scope& scope, FunctionId function, NodeId to);
  void FlowArgument(CallId call, FunctionId callee, uint32_t index, NodeId to);
  // Whether a parameter of the function can be a function pointer.
  bool TakesFunctions(FunctionId function);

  void AddCallEdge(CallId call, FunctionId function);
  void FollowCallEdge(CallId call, FunctionId function);
  void CallUnknown(FunctionId function);
  void Register(FunctionId registrant, FunctionId function);
  void AddOverride(MethodId method, FunctionId function);
  MethodState& Method(MethodId method);
  void Subscribe(CallId call, MethodId method);
  void OnToken(uint32_t listener, Token token);
  void OnCallToken(const Listener& listener, Token token);
  void OnRegisteredToken(const Listener& listener, Token token);

  NodeId ListeningNode(ListenerKind kind, uint32_t id);
  NodeId ParameterNode(FunctionId function, uint32_t index);
  NodeId ResultNode(FunctionId function);
  NodeId LocalNode(BodyId body, uint32_t local);
  NodeId ContentNode(ObjectId object);
  NodeId FieldNode(RecordId record, uint64_t offset);
  NodeId CallResultNode(CallId call);
  NodeId RegisteredNode(FunctionId function);
  // What fields at an offset hold whose record is seen as `void*`.
  NodeId UntypedFieldNode(const FlatField& field);
  Scope ScopeOf(BodyId body) const;

  const Program& program_;
  const bool mixed_;  // some code has no types (untyped_code.h)
  Types& types_;
  const Conditions conditions_;
  std::vector<std::vector<Held>> held_;  // by condition
  std::vector<uint8_t> condition_holds_;
  FlowGraph graph_;
  Pools pools_;

  std::vector<uint8_t> function_live_, object_live_, unit_live_;
  std::vector<uint8_t> unknown_called_;
  std::vector<uint8_t> takes_functions_;  // 0: not asked yet, 1: no, 2: yes
  std::vector<FunctionId> function_queue_;
  std::vector<ObjectId> object_queue_;

  std::vector<CallId> first_call_;  // by body
  std::vector<CallRecord> calls_;
  std::vector<absl::InlinedVector<FunctionId, 1>> call_targets_;
  std::vector<NodeId> call_nodes_;
  std::vector<std::vector<CallId>> callers_;
  std::vector<std::vector<FunctionId>> registered_;

  std::vector<absl::InlinedVector<std::pair<uint32_t, NodeId>, 2>> parameters_;
  std::vector<NodeId> result_nodes_;
  std::vector<NodeId> content_nodes_;
  std::vector<NodeId> registered_nodes_;
  std::vector<uint32_t> first_local_;  // by body, into local_nodes_
  std::vector<NodeId> local_nodes_;
  absl::flat_hash_map<uint64_t, NodeId> field_nodes_;
  absl::flat_hash_map<CallId, NodeId> call_result_nodes_;
  // By offset and number of parameters.
  absl::flat_hash_map<std::pair<uint64_t, uint32_t>, NodeId> untyped_fields_;
  NodeId behind_void_;  // all of them
  std::vector<Listener> listeners_;
  std::vector<MethodState> methods_;

  std::vector<Origin> origins_;
  std::vector<Holder> takers_;
  absl::flat_hash_set<uint64_t> open_fields_;
  absl::flat_hash_set<ObjectId> open_objects_;
  absl::flat_hash_set<RecordId> kept_records_;
  absl::flat_hash_set<std::pair<uint64_t, uint32_t>> conversions_seen_;
  std::vector<UndefinedReference> undefined_;
  std::vector<uint32_t> value_stack_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_SOLVER_H_
