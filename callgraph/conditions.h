#ifndef CHESTNUT_CALLGRAPH_CONDITIONS_H_
#define CHESTNUT_CALLGRAPH_CONDITIONS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "callgraph/link.h"
#include "callgraph/loading_knowledge.h"

// Calls inside of libc that are made only once something else has run, by what
// is known of it (loading_knowledge.h). Conditions only ever come true: the
// solver holds such a call back until one of the functions is live that can
// make it happen.
namespace chestnut::callgraph {

using ConditionId = uint32_t;

struct ArgumentCondition {
  ConditionId condition = 0;
  uint32_t parameter = 0;
  absl::Span<const int32_t> values;  // of the low 32 bits
};

class Conditions {
 public:
  explicit Conditions(const Program& program);

  // The condition under which `from` calls `to`; kNone: none.
  ConditionId OfCall(FunctionId from, FunctionId to) const;
  // The condition under which somebody calls `function` because code of `unit`
  // takes its address; kNone: none.
  ConditionId OfAddress(UnitId unit, FunctionId function) const;
  // Conditions that hold once the function is live.
  absl::Span<const ConditionId> ThatNeed(FunctionId function) const;
  // Conditions that hold once the function is called with a value that they
  // name, or with one that is not known.
  absl::Span<const ArgumentCondition> OnArguments(FunctionId function) const;
  uint32_t count() const { return count_; }

 private:
  using Functions = std::vector<FunctionId>;

  void AddLibc(UnitId unit, bool only_dynamic);
  const Functions& Named(absl::string_view name) const;
  void AddCalls();
  ConditionId ConditionOf(const ConditionalCall& entry);
  Functions NamelessCallersOf(const Functions& callees) const;
  void AddLookups();
  void AddCatalogues();
  Functions CalleesOf(FunctionId function) const;
  bool IsNameless(FunctionId function) const;
  bool LooksUpItself() const;
  // kNone if a function that would make it hold may be there without a name.
  ConditionId AddCondition(absl::Span<const absl::string_view> functions);

  const Program& program_;
  absl::flat_hash_set<UnitId> libc_;
  bool static_ =
      false;  // all of it has names, and only what is needed is there
  absl::flat_hash_map<absl::string_view, Functions> named_;
  absl::flat_hash_map<std::pair<FunctionId, FunctionId>, ConditionId> calls_;
  absl::flat_hash_map<FunctionId, ConditionId> addresses_;
  absl::flat_hash_map<FunctionId, std::vector<ConditionId>> needed_;
  absl::flat_hash_map<FunctionId, std::vector<ArgumentCondition>> arguments_;
  uint32_t count_ = 0;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_CONDITIONS_H_
