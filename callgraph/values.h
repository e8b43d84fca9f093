#ifndef CHESTNUT_CALLGRAPH_VALUES_H_
#define CHESTNUT_CALLGRAPH_VALUES_H_

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "callgraph/link.h"
#include "callgraph/solver.h"
#include "callgraph/types.h"
#include "callgraph/value_set.h"
#include "callgraph/walk.h"

// Integer values, worked out on demand once the call graph is finished.
namespace chestnut::callgraph {

// A function entered through a known call; the outermost frame of a chain has
// no call.
struct Frame {
  FunctionId function = 0;
  CallId call = kNone;
  const Frame* caller = nullptr;
};

class Evaluator {
 public:
  // `walk` says which callers count for parameters; what is stored in globals
  // and fields counts wherever it is stored.
  Evaluator(const Program& program, Types& types, const Solver& solver,
            const Walk& walk);

  // `value` of `body`, which runs in `frame`. Parameters of the outermost frame
  // are what all callers pass. If `needs_caller` is not null, they are left out
  // instead and *needs_caller is set: the caller of this should go on with each
  // caller by itself.
  ValueSet Evaluate(BodyId body, uint32_t value, const Frame& frame,
                    bool* needs_caller);
  // The same for a parameter.
  ValueSet EvaluateParameter(uint32_t index, const Frame& frame,
                             bool* needs_caller);

 private:
  enum class Kind : uint8_t {
    kParameter,
    kLocal,
    kResult,
    kCall,
    kGlobal,
    kField
  };
  using VariableId = uint32_t;
  // `anywhere`: callers outside the walk count too.
  using Key = std::tuple<Kind, bool, uint32_t, uint64_t>;
  // A value that flows into a variable; body kNone: in an initialiser.
  struct Source {
    UnitId unit = 0;
    BodyId body = kNone;
    uint32_t value = 0;
  };
  struct Variable {
    Key key;
    ValueSet set;
    bool solved = false;
    bool queued = false;
    std::vector<Source> sources;
    std::vector<VariableId> results;  // of the functions called
    std::vector<VariableId> dependents;
  };
  struct FrameState;

  ValueSet InFrame(FrameState& state, BodyId body, uint32_t value,
                   const Frame& frame);
  ValueSet LocalInFrame(FrameState& state, BodyId body, uint32_t local,
                        const Frame& frame);
  ValueSet ParameterInFrame(FrameState& state, BodyId body, uint32_t index,
                            const Frame& frame);

  // The solved variable, by a fixpoint over everything it depends on.
  const ValueSet& Solved(const Key& key);
  VariableId Intern(const Key& key, std::vector<VariableId>& fresh);
  void CollectSources(Variable& variable);
  void CollectParameter(Variable& variable);
  void CollectFlows(BodyId body, facts::SinkKind sink, uint32_t local,
                    Variable& variable);
  // The variable that a leaf value reads, if it is one.
  bool KeyOf(const Source& source, const facts::Value& value, bool anywhere,
             Key& key);
  void CollectInputs(VariableId variable, std::vector<VariableId>& fresh);
  ValueSet Compute(const Source& source, bool anywhere);
  ValueSet LeafUnknown(const Source& source, const facts::Value& value) const;
  bool HasInitialiser(ObjectId object) const;
  void IndexStores();
  void IndexStores(UnitId unit, BodyId body,
                   const flatbuffers::Vector<const facts::Flow*>* flows);
  bool IsOpened(BodyId body, facts::OpenKind kind, uint32_t index) const;
  std::string PlaceOf(UnitId unit, BodyId body) const;

  const Program& program_;
  Types& types_;
  const Solver& solver_;
  const Walk& walk_;
  std::vector<Variable> variables_;
  absl::flat_hash_map<Key, VariableId> ids_;
  bool stores_indexed_ = false;
  absl::flat_hash_map<ObjectId, std::vector<Source>> global_stores_;
  absl::flat_hash_map<uint64_t, std::vector<Source>> field_stores_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_VALUES_H_
