#include "callgraph/values.h"

#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace chestnut::callgraph {
namespace {

using facts::OpenKind;
using facts::SinkKind;
using facts::Value;
using facts::ValueKind;

// Expressions nested deeper are unknown; people do not write such numbers.
constexpr int kMaxDepth = 200;

// Works out the operators above the leaves; `leaf(value)` gives theirs.
template <typename Leaf>
class Folder {
 public:
  Folder(const facts::UnitView& unit, Leaf leaf)
      : values_(*unit.unit().values()), leaf_(leaf) {}

  ValueSet Fold(uint32_t index, int depth = 0) {
    const Value& value = *values_.Get(index);
    if (value.kind() == ValueKind::constant) {
      return ValueSet::Of(value.constant());
    }
    if (value.kind() < ValueKind::join) return leaf_(value);
    if (depth > kMaxDepth) {
      return ValueSet::Unknown("the expression is nested too deeply");
    }
    // Operands may be shared.
    auto known = folded_.find(index);
    if (known != folded_.end()) return known->second;
    ValueSet result = FoldOperator(value, depth);
    folded_.emplace(index, result);
    return result;
  }

 private:
  ValueSet FoldOperator(const Value& value, int depth) {
    ValueSet a = Fold(value.a(), depth + 1);
    if (value.kind() == ValueKind::cast) {
      return ApplyCast(a, value.width(), value.is_signed());
    }
    ValueSet b = Fold(value.b(), depth + 1);
    if (value.kind() == ValueKind::join) {
      a.Add(b);
      return a;
    }
    return ApplyOperator(value.operator_(), a, b, value.width(),
                         value.is_signed());
  }

  const flatbuffers::Vector<const Value*>& values_;
  Leaf leaf_;
  absl::flat_hash_map<uint32_t, ValueSet> folded_;
};

}  // namespace

// One call of Evaluate.
struct Evaluator::FrameState {
  bool* needs_caller = nullptr;
  // Locals being worked out, so that a loop in their flows is noticed.
  absl::flat_hash_set<std::pair<const Frame*, uint64_t>> active;
  int depth = 0;
};

Evaluator::Evaluator(const Program& program, Types& types, const Solver& solver,
                     const Walk& walk)
    : program_(program), types_(types), solver_(solver), walk_(walk) {}

ValueSet Evaluator::Evaluate(BodyId body, uint32_t value, const Frame& frame,
                             bool* needs_caller) {
  FrameState state;
  state.needs_caller = needs_caller;
  return InFrame(state, body, value, frame);
}

ValueSet Evaluator::EvaluateParameter(uint32_t index, const Frame& frame,
                                      bool* needs_caller) {
  FrameState state;
  state.needs_caller = needs_caller;
  return ParameterInFrame(state, kNone, index, frame);
}

ValueSet Evaluator::InFrame(FrameState& state, BodyId body, uint32_t value,
                            const Frame& frame) {
  if (++state.depth > kMaxDepth) {
    --state.depth;
    return ValueSet::Unknown("too many steps lead to its value");
  }
  const Source source{.unit = program_.body(body).unit, .body = body};
  auto leaf = [&](const Value& leaf_value) -> ValueSet {
    switch (leaf_value.kind()) {
      case ValueKind::parameter:
        return ParameterInFrame(state, body, leaf_value.a(), frame);
      case ValueKind::local:
        return LocalInFrame(state, body, leaf_value.a(), frame);
      default: {
        Key key;
        if (KeyOf(source, leaf_value, /*anywhere=*/false, key)) {
          return Solved(key);
        }
        return LeafUnknown(source, leaf_value);
      }
    }
  };
  Folder folder(program_.unit(source.unit), leaf);
  ValueSet result = folder.Fold(value);
  --state.depth;
  return result;
}

ValueSet Evaluator::ParameterInFrame(FrameState& state, BodyId body,
                                     uint32_t index, const Frame& frame) {
  if (body != kNone && IsOpened(body, OpenKind::parameter, index)) {
    return ValueSet::Unknown("the parameter's address is taken",
                             PlaceOf(program_.body(body).unit, body));
  }
  if (frame.call != kNone) {
    const CallRecord& call = solver_.call(frame.call);
    const auto* arguments = solver_.ArgumentsFor(frame.call, frame.function);
    if (arguments == nullptr || index >= arguments->size()) {
      const UnitId unit = program_.body(call.body).unit;
      return ValueSet::Unknown(
          "the call does not pass it",
          program_.unit(unit).Place(call.facts->file(), call.facts->line()));
    }
    return InFrame(state, call.body, arguments->Get(index), *frame.caller);
  }
  if (state.needs_caller != nullptr) {
    *state.needs_caller = true;
    return ValueSet();
  }
  return Solved({Kind::kParameter, false, frame.function, index});
}

ValueSet Evaluator::LocalInFrame(FrameState& state, BodyId body, uint32_t local,
                                 const Frame& frame) {
  const Key key{Kind::kLocal, false, body, local};
  if (IsOpened(body, OpenKind::local, local)) return Solved(key);
  const std::pair<const Frame*, uint64_t> active(&frame,
                                                 uint64_t{body} << 32 | local);
  // A local that depends on itself: a loop.
  if (!state.active.insert(active).second) return Solved(key);
  ValueSet result;
  bool any = false;
  if (const auto* flows = program_.body(body).facts->flows();
      flows != nullptr) {
    for (const facts::Flow* flow : *flows) {
      if (flow->sink() != SinkKind::local || flow->a() != local) continue;
      any = true;
      result.Add(InFrame(state, body, flow->value(), frame));
      if (!result.known()) break;
    }
  }
  state.active.erase(active);
  return any ? result : Solved(key);
}

bool Evaluator::KeyOf(const Source& source, const Value& value, bool anywhere,
                      Key& key) {
  switch (value.kind()) {
    case ValueKind::parameter:
      if (source.body == kNone) return false;
      key = {Kind::kParameter, anywhere, program_.body(source.body).function,
             value.a()};
      return true;
    case ValueKind::local:
      if (source.body == kNone) return false;
      key = {Kind::kLocal, anywhere, source.body, value.a()};
      return true;
    case ValueKind::call_result:
      if (source.body == kNone) return false;
      key = {Kind::kCall, anywhere, source.body, value.a()};
      return true;
    case ValueKind::global: {
      const Target& target = program_.target(source.unit, value.a());
      if (target.objects.size() != 1) return false;
      key = {Kind::kGlobal, true, target.objects[0], 0};
      return true;
    }
    case ValueKind::field:
      key = {Kind::kField, true, types_.Record(source.unit, value.a()),
             static_cast<uint64_t>(value.constant())};
      return true;
    default:
      return false;
  }
}

ValueSet Evaluator::LeafUnknown(const Source& source,
                                const Value& value) const {
  const facts::UnitView& unit = program_.unit(source.unit);
  switch (value.kind()) {
    case ValueKind::unknown: {
      absl::string_view file = unit.String(value.b());
      return ValueSet::Unknown(
          unit.String(value.a()),
          file.empty() ? "" : absl::StrCat(file, ":", value.constant()));
    }
    case ValueKind::memory:
      return ValueSet::Unknown("it is read through a pointer",
                               PlaceOf(source.unit, source.body));
    case ValueKind::function_address:
    case ValueKind::method_address:
    case ValueKind::object_address:
      return ValueSet::Unknown("it is an address",
                               PlaceOf(source.unit, source.body));
    default:
      return ValueSet::Unknown("nothing says what it is",
                               PlaceOf(source.unit, source.body));
  }
}

std::string Evaluator::PlaceOf(UnitId unit, BodyId body) const {
  const facts::UnitView& view = program_.unit(unit);
  if (body == kNone) return std::string(view.name());
  const facts::Function& facts = *program_.body(body).facts;
  return view.Place(facts.file(), facts.line());
}

bool Evaluator::IsOpened(BodyId body, OpenKind kind, uint32_t index) const {
  const auto* opened = program_.body(body).facts->opened();
  if (opened == nullptr) return false;
  for (const facts::AddressTakenPlace* place : *opened) {
    if (place->kind() == kind && place->a() == index) return true;
  }
  return false;
}

ValueSet Evaluator::Compute(const Source& source, bool anywhere) {
  auto leaf = [&](const Value& value) -> ValueSet {
    Key key;
    if (!KeyOf(source, value, anywhere, key)) {
      return LeafUnknown(source, value);
    }
    return variables_[ids_.at(key)].set;
  };
  Folder folder(program_.unit(source.unit), leaf);
  return folder.Fold(source.value);
}

}  // namespace chestnut::callgraph
