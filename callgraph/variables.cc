// The variables of the evaluator: what flows into a parameter, local, global,
// field or result, and the fixpoint over all that depend on each other.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "callgraph/values.h"

namespace chestnut::callgraph {

using facts::OpenKind;
using facts::SinkKind;
using facts::ValueKind;

const ValueSet& Evaluator::Solved(const Key& key) {
  std::vector<VariableId> fresh;
  const VariableId wanted = Intern(key, fresh);
  if (variables_[wanted].solved) return variables_[wanted].set;
  for (size_t i = 0; i < fresh.size(); ++i) CollectInputs(fresh[i], fresh);

  std::vector<VariableId> queue = fresh;
  for (VariableId id : fresh) variables_[id].queued = true;
  auto run = [&] {
    while (!queue.empty()) {
      const VariableId id = queue.back();
      queue.pop_back();
      variables_[id].queued = false;
      bool changed = false;
      for (VariableId input : variables_[id].results) {
        changed |= variables_[id].set.Add(variables_[input].set);
      }
      for (size_t i = 0; i < variables_[id].sources.size(); ++i) {
        if (!variables_[id].set.known()) break;
        const bool anywhere = std::get<1>(variables_[id].key);
        ValueSet value = Compute(variables_[id].sources[i], anywhere);
        changed |= variables_[id].set.Add(value);
      }
      if (!changed) continue;
      for (VariableId dependent : variables_[id].dependents) {
        if (variables_[dependent].queued || variables_[dependent].solved) {
          continue;
        }
        variables_[dependent].queued = true;
        queue.push_back(dependent);
      }
    }
  };
  run();
  // What only flows into itself was never set.
  for (VariableId id : fresh) {
    if (!variables_[id].set.empty()) continue;
    variables_[id].set = ValueSet::Unknown("nothing is known to set it");
    for (VariableId dependent : variables_[id].dependents) {
      variables_[dependent].queued = true;
      queue.push_back(dependent);
    }
  }
  run();
  for (VariableId id : fresh) variables_[id].solved = true;
  return variables_[wanted].set;
}

Evaluator::VariableId Evaluator::Intern(const Key& key,
                                        std::vector<VariableId>& fresh) {
  auto [it, added] =
      ids_.try_emplace(key, static_cast<VariableId>(variables_.size()));
  if (added) {
    variables_.emplace_back();
    variables_.back().key = key;
    fresh.push_back(it->second);
    CollectSources(variables_.back());
  }
  return it->second;
}

void Evaluator::CollectSources(Variable& variable) {
  const auto [kind, anywhere, a, b] = variable.key;
  switch (kind) {
    case Kind::kParameter:
      CollectParameter(variable);
      break;
    case Kind::kLocal:
      if (IsOpened(a, OpenKind::local, static_cast<uint32_t>(b))) {
        variable.set = ValueSet::Unknown("the address of the variable is taken",
                                         PlaceOf(program_.body(a).unit, a));
      } else {
        CollectFlows(a, SinkKind::local, static_cast<uint32_t>(b), variable);
      }
      break;
    case Kind::kResult: {
      const Function& function = program_.function(a);
      if (function.untyped) {
        variable.set = ValueSet::Unknown(
            absl::StrCat(function.name, " returns it, which has no facts"));
        break;
      }
      for (uint32_t i = 0; i < function.body_count; ++i) {
        CollectFlows(function.first_body + i, SinkKind::result, 0, variable);
      }
      break;
    }
    case Kind::kCall:
      break;  // the results of its targets, which are inputs
    case Kind::kGlobal:
      IndexStores();
      if (program_.object(a).opaque || solver_.IsGlobalOpen(a)) {
        variable.set = ValueSet::Unknown(
            absl::StrCat("the variable ", program_.object(a).name,
                         " can change where the facts do not show it"));
      } else {
        if (auto it = global_stores_.find(a); it != global_stores_.end()) {
          variable.sources = it->second;
        }
        // Elements that an initialiser leaves out it sets to zero.
        if (!HasInitialiser(a)) variable.set = ValueSet::Of(0);
      }
      break;
    case Kind::kField:
      IndexStores();
      if (solver_.IsFieldOpen(a, b)) {
        variable.set = ValueSet::Unknown(
            absl::StrCat("the field ", types_.FieldName(a, b),
                         " can change where the facts do not show it"));
      } else {
        if (auto it = field_stores_.find(Solver::FieldKey(a, b));
            it != field_stores_.end()) {
          variable.sources = it->second;
        }
        // Memory is cleared as a whole (static storage, calloc, memset), and
        // facts do not say which.
        if (!solver_.IsKept(a)) variable.set = ValueSet::Of(0);
      }
      break;
  }
}

// Whether the definition gives the integer (or some elements of the array) a
// value.
bool Evaluator::HasInitialiser(ObjectId object) const {
  for (const auto& [unit, facts] : program_.object(object).parts) {
    if (facts->flows() == nullptr) continue;
    for (const facts::Flow* flow : *facts->flows()) {
      if (flow->sink() != SinkKind::global) continue;
      const auto& objects = program_.target(unit, flow->a()).objects;
      if (std::find(objects.begin(), objects.end(), object) != objects.end()) {
        return true;
      }
    }
  }
  return false;
}

void Evaluator::CollectParameter(Variable& variable) {
  const auto [kind, anywhere, function, index] = variable.key;
  const Function& entry = program_.function(function);
  if (anywhere ? solver_.HasUnknownCallers(function) : walk_.IsRoot(function)) {
    variable.set = ValueSet::Unknown(
        absl::StrCat(entry.name,
                     " is called by code that the facts do not "
                     "show"));
    return;
  }
  for (uint32_t i = 0; i < entry.body_count; ++i) {
    const BodyId body = entry.first_body + i;
    if (IsOpened(body, OpenKind::parameter, static_cast<uint32_t>(index))) {
      variable.set = ValueSet::Unknown("the parameter's address is taken",
                                       PlaceOf(program_.body(body).unit, body));
      return;
    }
  }
  for (CallId id : solver_.callers(function)) {
    const CallRecord& call = solver_.call(id);
    const Body& body = program_.body(call.body);
    if (!anywhere && !walk_.Reaches(body.function)) continue;
    const auto* arguments =
        solver_.ArgumentsFor(id, static_cast<FunctionId>(function));
    if (arguments == nullptr || index >= arguments->size()) {
      variable.set = ValueSet::Unknown(
          "a call does not pass it",
          absl::StrCat(program_.unit(body.unit).String(call.facts->file()), ":",
                       call.facts->line()));
      return;
    }
    variable.sources.push_back(
        {.unit = body.unit,
         .body = call.body,
         .value = arguments->Get(static_cast<uint32_t>(index))});
  }
}

void Evaluator::CollectFlows(BodyId body, SinkKind sink, uint32_t local,
                             Variable& variable) {
  const Body& entry = program_.body(body);
  if (entry.facts->flows() == nullptr) return;
  for (const facts::Flow* flow : *entry.facts->flows()) {
    if (flow->sink() != sink) continue;
    if (sink == SinkKind::local && flow->a() != local) continue;
    variable.sources.push_back(
        {.unit = entry.unit, .body = body, .value = flow->value()});
  }
}

void Evaluator::IndexStores(
    UnitId unit, BodyId body,
    const flatbuffers::Vector<const facts::Flow*>* flows) {
  if (flows == nullptr) return;
  for (const facts::Flow* flow : *flows) {
    const Source source{.unit = unit, .body = body, .value = flow->value()};
    if (flow->sink() == SinkKind::global) {
      for (ObjectId object : program_.target(unit, flow->a()).objects) {
        global_stores_[object].push_back(source);
      }
    } else if (flow->sink() == SinkKind::field) {
      RecordId record = types_.Record(unit, flow->a());
      field_stores_[Solver::FieldKey(record, flow->offset())].push_back(source);
    }
  }
}

void Evaluator::IndexStores() {
  if (stores_indexed_) return;
  stores_indexed_ = true;
  for (BodyId id = 0; id < program_.bodies().size(); ++id) {
    const Body& body = program_.body(id);
    if (!solver_.IsLive(body.function)) continue;
    IndexStores(body.unit, id, body.facts->flows());
  }
  for (ObjectId id = 0; id < program_.objects().size(); ++id) {
    if (!solver_.IsObjectLive(id)) continue;
    for (const auto& [unit, facts] : program_.object(id).parts) {
      IndexStores(unit, kNone, facts->flows());
    }
  }
}

// The variables that the sources of `id` read.
void Evaluator::CollectInputs(VariableId id, std::vector<VariableId>& fresh) {
  auto connect = [&](const Key& key) {
    const VariableId input = Intern(key, fresh);
    variables_[input].dependents.push_back(id);
  };
  const auto [kind, anywhere, a, b] = variables_[id].key;
  if (kind == Kind::kCall) {
    // The index was read from facts: it may be out of range.
    const auto* calls = program_.body(a).facts->calls();
    if (calls == nullptr || b >= calls->size()) return;
    const CallId call = solver_.first_call(a) + static_cast<uint32_t>(b);
    for (FunctionId target : solver_.targets(call)) {
      connect({Kind::kResult, anywhere, target, 0});
      variables_[id].results.push_back(
          ids_.at({Kind::kResult, anywhere, target, 0}));
    }
    return;
  }
  for (size_t i = 0; i < variables_[id].sources.size(); ++i) {
    const Source source = variables_[id].sources[i];
    const auto& values = *program_.unit(source.unit).unit().values();
    std::vector<uint32_t> stack = {source.value};
    absl::flat_hash_set<uint32_t> seen = {source.value};
    while (!stack.empty()) {
      const facts::Value& value = *values.Get(stack.back());
      stack.pop_back();
      if (value.kind() >= ValueKind::join) {
        if (seen.insert(value.a()).second) stack.push_back(value.a());
        if (value.kind() != ValueKind::cast && seen.insert(value.b()).second) {
          stack.push_back(value.b());
        }
        continue;
      }
      Key key;
      if (KeyOf(source, value, anywhere, key)) connect(key);
    }
  }
}

}  // namespace chestnut::callgraph
