// The part of the solver that knows what happens to fields when their record
// is seen as something else.
#include <algorithm>
#include <utility>
#include <vector>

#include "callgraph/libc_knowledge.h"
#include "callgraph/solver.h"

namespace chestnut::callgraph {

using facts::RecordUse;

NodeId Solver::UntypedFieldNode(const FlatField& field) {
  // Object systems written in C store `int (*)(circle *)` and call
  // `int (*)(void *)`: of the type only the number of parameters counts.
  const uint32_t parameters = types_.signature(field.signature).parameters;
  auto [it, added] = untyped_fields_.try_emplace({field.offset, parameters}, 0);
  if (added) {
    it->second = graph_.NewNode();
    graph_.AddEdge(it->second, behind_void_);
  }
  return it->second;
}

void Solver::RegisterBehindVoid(FunctionId registrant) {
  graph_.AddEdge(behind_void_, RegisteredNode(registrant));
}

void Solver::ProcessConversion(const Scope& scope,
                               const facts::RecordConversion& conversion) {
  if (conversion.use() == RecordUse::to_assembly) {
    RegisterBehindVoid(scope.function);
    return;
  }
  // Only what the kernel calls of it counts: see callgraph/handlers.h.
  if (conversion.a() == kNone) return;
  const RecordId record = types_.Record(scope.unit, conversion.a());
  if (conversion.use() == RecordUse::reinterpreted) {
    Reinterpret(record, types_.Record(scope.unit, conversion.b()));
    return;
  }
  const bool kept = scope.function != kNone &&
                    KeepsRecord(program_.function(scope.function).name,
                                types_.record(record).name);
  if (kept) kept_records_.insert(record);
  // Once is enough, but for what depends on the function.
  const bool by_function = kept || conversion.use() == RecordUse::to_kernel;
  const uint64_t key =
      uint64_t{record} << 32 | (by_function ? scope.function : kNone);
  if (!conversions_seen_.insert({key, static_cast<uint32_t>(conversion.use())})
           .second) {
    return;
  }
  // A copy: more records may be numbered meanwhile.
  const std::vector<FlatField> fields = types_.Flatten(record);
  for (const FlatField& field : fields) {
    if (!kept) open_fields_.insert(FieldKey(field.record, field.inner_offset));
    if (field.signature == kNone) continue;
    const NodeId node = FieldNode(field.record, field.inner_offset);
    switch (conversion.use()) {
      case RecordUse::to_untyped:
      case RecordUse::from_untyped:
        // What is behind `void*` can be any record that was put or is looked
        // for there; two that only become `void*` can be copied to each other.
        graph_.AddEdge(node, UntypedFieldNode(field));
        graph_.AddEdge(UntypedFieldNode(field), node);
        break;
      case RecordUse::to_kernel:
        graph_.AddEdge(node, RegisteredNode(scope.function));
        break;
      // Function pointers that are copied raw are opened one by one.
      case RecordUse::copied_raw:
      case RecordUse::reinterpreted:
      case RecordUse::to_assembly:
        break;
    }
  }
}

// Bytes of the field are read and written as something without type.
void Solver::OpenRaw(const FlatField& field) {
  const NodeId node = FieldNode(field.record, field.inner_offset);
  graph_.AddToken(node, Token(Token::kOpen, field.signature));
  graph_.AddEdge(node, pools_.Memory(field.signature));
  graph_.AddEdge(node, pools_.escaped());
  graph_.AddEdge(pools_.escaped(), node);
}

void Solver::Reinterpret(RecordId a, RecordId b) {
  if (a == b) return;
  const uint64_t key = uint64_t{std::min(a, b)} << 32 | std::max(a, b);
  if (!conversions_seen_
           .insert({key, static_cast<uint32_t>(RecordUse::reinterpreted)})
           .second) {
    return;
  }
  const std::vector<FlatField> of_a = types_.Flatten(a);
  const std::vector<FlatField> of_b = types_.Flatten(b);
  for (const FlatField& field : of_a) {
    open_fields_.insert(FieldKey(field.record, field.inner_offset));
  }
  for (const FlatField& field : of_b) {
    open_fields_.insert(FieldKey(field.record, field.inner_offset));
  }
  MergeFields(of_a, of_b, SizeOf(b));
  MergeFields(of_b, of_a, SizeOf(a));
}

uint64_t Solver::SizeOf(RecordId record) const {
  const uint32_t size = types_.record(record).facts->size();
  return size == 0 ? ~uint64_t{0} : size;
}

// Function pointers in `fields` are those of `others` at the same offset; where
// the record of `others`, of `size` bytes, has something else, they are open.
void Solver::MergeFields(const std::vector<FlatField>& fields,
                         const std::vector<FlatField>& others, uint64_t size) {
  // Both lists are sorted by offset.
  size_t next = 0;
  for (const FlatField& field : fields) {
    if (field.signature == kNone) continue;
    while (next < others.size() && others[next].offset < field.offset) ++next;
    bool met = false;
    for (size_t k = next; k < others.size() && others[k].offset == field.offset;
         ++k) {
      if (others[k].signature == kNone) continue;
      met = true;
      const NodeId x = FieldNode(field.record, field.inner_offset);
      const NodeId y = FieldNode(others[k].record, others[k].inner_offset);
      graph_.AddEdge(x, y);
      graph_.AddEdge(y, x);
    }
    if (!met && field.offset < size) OpenRaw(field);
  }
}

// Members of a union are each other.
void Solver::MergeUnion(RecordId record) {
  const std::vector<FlatField> fields = types_.Flatten(record);
  for (size_t i = 0; i < fields.size(); ++i) {
    open_fields_.insert(FieldKey(fields[i].record, fields[i].inner_offset));
    for (size_t k = i + 1;
         k < fields.size() && fields[k].offset == fields[i].offset; ++k) {
      const bool first = fields[i].signature != kNone;
      const bool second = fields[k].signature != kNone;
      if (first && second) {
        const NodeId x = FieldNode(fields[i].record, fields[i].inner_offset);
        const NodeId y = FieldNode(fields[k].record, fields[k].inner_offset);
        graph_.AddEdge(x, y);
        graph_.AddEdge(y, x);
      } else if (first) {
        OpenRaw(fields[i]);
      } else if (second) {
        OpenRaw(fields[k]);
      }
    }
  }
}

}  // namespace chestnut::callgraph
