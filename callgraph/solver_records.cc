// The part of the solver that knows what happens to fields when their record
// is seen as something else.
#include <algorithm>
#include <utility>
#include <vector>

#include "callgraph/libc_knowledge.h"
#include "callgraph/solver.h"

namespace chestnut::callgraph {

using facts::RecordUse;

NodeId Solver::UntypedFieldNode(bool out, const FlatField& field) {
  auto& nodes = out ? untyped_out_ : untyped_in_;
  auto [it, added] = nodes.try_emplace({field.offset, field.signature}, 0);
  if (added) it->second = graph_.NewNode();
  return it->second;
}

void Solver::ProcessConversion(const Scope& scope,
                               const facts::RecordConversion& conversion) {
  const RecordId record = types_.Record(scope.unit, conversion.a());
  if (conversion.use() == RecordUse::reinterpreted) {
    Reinterpret(record, types_.Record(scope.unit, conversion.b()));
    return;
  }
  const bool kept = scope.function != kNone &&
                    KeepsRecord(program_.function(scope.function).name,
                                types_.record(record).name);
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
      case RecordUse::from_untyped: {
        // What a record has when it becomes `void*` is found in every record
        // that `void*` becomes; what is stored there is found in the first.
        const bool out = conversion.use() == RecordUse::to_untyped;
        graph_.AddEdge(node, UntypedFieldNode(out, field));
        graph_.AddEdge(UntypedFieldNode(!out, field), node);
        break;
      }
      case RecordUse::to_kernel:
        graph_.AddEdge(node, RegisteredNode(scope.function));
        break;
      case RecordUse::copied_raw:
        OpenRaw(field);
        break;
      case RecordUse::reinterpreted:
        break;
    }
  }
}

// Bytes of the field are read and written as something without type.
void Solver::OpenRaw(const FlatField& field) {
  const NodeId node = FieldNode(field.record, field.inner_offset);
  graph_.AddToken(node, Token(Token::kOpen, field.signature));
  graph_.AddEdge(node, pools_.OfSignature(field.signature));
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
  // Both lists are sorted by offset.
  size_t j = 0;
  for (const FlatField& field : of_a) {
    while (j < of_b.size() && of_b[j].offset < field.offset) ++j;
    for (size_t k = j; k < of_b.size() && of_b[k].offset == field.offset; ++k) {
      const FlatField& other = of_b[k];
      if (field.signature != kNone && other.signature != kNone) {
        const NodeId x = FieldNode(field.record, field.inner_offset);
        const NodeId y = FieldNode(other.record, other.inner_offset);
        graph_.AddEdge(x, y);
        graph_.AddEdge(y, x);
      } else if (field.signature != kNone) {
        OpenRaw(field);
      } else if (other.signature != kNone) {
        OpenRaw(other);
      }
    }
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
