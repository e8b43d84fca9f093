#include "callgraph/types.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace chestnut::callgraph {
namespace {

// No layout nests deeper; facts that do are corrupt.
constexpr int kMaxNesting = 64;

// The entry of `cache` for `index`, or kNone to fill in.
uint32_t& CacheEntry(std::vector<uint32_t>& cache, uint32_t index) {
  if (cache.size() <= index) cache.resize(index + 1, kNone);
  return cache[index];
}

}  // namespace

Types::Types(const Program& program)
    : program_(program), units_(program.units().size()) {}

SignatureId Types::Signature(UnitId unit, uint32_t index) {
  if (index == kNone) return kNone;
  uint32_t& cached = CacheEntry(units_[unit].signatures, index);
  if (cached != kNone) return cached;
  const facts::UnitView& view = program_.unit(unit);
  const facts::Signature& facts = *view.unit().signatures()->Get(index);
  absl::string_view key = view.String(facts.key());
  return cached = Add({.key = key,
                       .text = view.String(facts.text()),
                       .parameters = facts.parameters(),
                       .variadic = facts.variadic(),
                       .prototyped = facts.prototyped()});
}

SignatureId Types::WithoutParameters(absl::string_view key) {
  return Add({.key = key, .text = key});
}

SignatureId Types::Add(SignatureInfo info) {
  info.key_id = static_cast<uint32_t>(key_ids_.size());
  info.key_id = key_ids_.try_emplace(info.key, info.key_id).first->second;
  auto [it, added] = signature_ids_.try_emplace(
      std::pair(info.key_id, info.prototyped), signature_count());
  if (added) signatures_.push_back(info);
  return it->second;
}

RecordId Types::Record(UnitId unit, uint32_t index) {
  if (index == kNone) return kNone;
  uint32_t& cached = CacheEntry(units_[unit].records, index);
  if (cached != kNone) return cached;
  const facts::UnitView& view = program_.unit(unit);
  const facts::Record& facts = *view.unit().records()->Get(index);
  absl::string_view name = view.String(facts.name());
  auto [it, added] =
      record_ids_.try_emplace(std::pair(name, view.String(facts.layout())),
                              static_cast<uint32_t>(records_.size()));
  if (added) {
    records_.push_back({.name = name, .unit = unit, .facts = &facts});
  }
  return cached = it->second;
}

MethodId Types::Method(UnitId unit, uint32_t string) {
  auto [cached, missing] = units_[unit].methods.try_emplace(string, 0);
  if (!missing) return cached->second;
  absl::string_view name = program_.unit(unit).String(string);
  auto [it, added] = method_ids_.try_emplace(name, method_count());
  if (added) methods_.push_back(name);
  return cached->second = it->second;
}

void Types::AppendFields(RecordId record, uint64_t offset, int depth,
                         std::vector<FlatField>& fields) {
  const RecordInfo info = records_[record];
  if (info.facts->fields() == nullptr || depth > kMaxNesting) return;
  for (const facts::RecordField* field : *info.facts->fields()) {
    if (field->record() != kNone) {
      AppendFields(Record(info.unit, field->record()), offset + field->offset(),
                   depth + 1, fields);
      continue;
    }
    fields.push_back({.offset = offset + field->offset(),
                      .record = record,
                      .inner_offset = field->offset(),
                      .signature = Signature(info.unit, field->signature())});
  }
}

const std::vector<FlatField>& Types::Flatten(RecordId record) {
  auto [it, added] = flattened_.try_emplace(record);
  if (!added) return it->second;
  std::vector<FlatField> fields;
  AppendFields(record, 0, 0, fields);
  std::sort(fields.begin(), fields.end(),
            [](const FlatField& a, const FlatField& b) {
              return std::tie(a.offset, a.record, a.inner_offset, a.signature) <
                     std::tie(b.offset, b.record, b.inner_offset, b.signature);
            });
  // The call above may have moved the table.
  return flattened_[record] = std::move(fields);
}

std::string Types::FieldName(RecordId record, uint64_t offset) const {
  const RecordInfo& info = records_[record];
  const facts::UnitView& view = program_.unit(info.unit);
  absl::string_view name;
  if (info.facts->fields() != nullptr) {
    for (const facts::RecordField* field : *info.facts->fields()) {
      if (field->offset() == offset && field->record() == kNone) {
        name = view.String(field->name());
        break;
      }
    }
  }
  absl::string_view tag = info.name.empty() ? "(anonymous)" : info.name;
  if (name.empty()) return absl::StrCat(tag, "+", offset);
  return absl::StrCat(tag, ".", name);
}

}  // namespace chestnut::callgraph
