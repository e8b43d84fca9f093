#include "facts/builder.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "support/digest.h"

namespace chestnut::facts {
namespace {

// As long as what takes its place.
constexpr size_t kDigestLength = 64;

// Writes the digest of a finished unit, made with a placeholder, in its place.
void InsertDigest(flatbuffers::FlatBufferBuilder& buffer, uint32_t string) {
  const std::string digest = support::Sha256Hex(
      {reinterpret_cast<const char*>(buffer.GetBufferPointer()),
       buffer.GetSize()});
  auto* strings =
      flatbuffers::GetMutableRoot<Unit>(buffer.GetBufferPointer())->strings();
  std::copy(digest.begin(), digest.end(),
            const_cast<char*>(strings->Get(string)->c_str()));
}

template <typename Entry>
void SortBySymbolName(const UnitT& unit,
                      std::vector<std::unique_ptr<Entry>>& entries) {
  auto key = [&unit](const std::unique_ptr<Entry>& entry) {
    return std::pair<absl::string_view, uint32_t>(
        unit.strings[unit.symbols[entry->symbol]->name], entry->symbol);
  };
  std::sort(entries.begin(), entries.end(),
            [&key](const auto& a, const auto& b) { return key(a) < key(b); });
}

}  // namespace

FactsBuilder::FactsBuilder() {
  unit_.schema_major = kSchemaMajor;
  unit_.schema_minor = kSchemaMinor;
  // Index 0 is the empty string, so that fields left at 0 read as "".
  String("");
}

uint32_t FactsBuilder::String(absl::string_view text) {
  auto [it, added] = strings_.try_emplace(
      std::string(text), static_cast<uint32_t>(unit_.strings.size()));
  if (added) unit_.strings.emplace_back(text);
  return it->second;
}

uint32_t FactsBuilder::AddValue(const Value& value) {
  ValueKey key(static_cast<uint8_t>(value.kind()),
               static_cast<uint8_t>(value.operator_()), value.width(),
               value.is_signed(), value.a(), value.b(), value.constant());
  auto [it, added] =
      values_.try_emplace(key, static_cast<uint32_t>(unit_.values.size()));
  if (added) unit_.values.push_back(value);
  return it->second;
}

uint32_t FactsBuilder::Constant(int64_t constant, uint8_t width,
                                bool is_signed) {
  return AddValue(Value(ValueKind::constant, Operator::none, width, is_signed,
                        kNone, kNone, constant));
}

uint32_t FactsBuilder::Parameter(uint32_t index) {
  return AddValue(
      Value(ValueKind::parameter, Operator::none, 8, true, index, kNone, 0));
}

uint32_t FactsBuilder::Local(uint32_t index) {
  return AddValue(
      Value(ValueKind::local, Operator::none, 8, true, index, kNone, 0));
}

uint32_t FactsBuilder::Global(uint32_t symbol) {
  return AddValue(
      Value(ValueKind::global, Operator::none, 8, true, symbol, kNone, 0));
}

uint32_t FactsBuilder::Field(uint32_t record, uint64_t offset) {
  return AddValue(Value(ValueKind::field, Operator::none, 8, true, record,
                        kNone, static_cast<int64_t>(offset)));
}

uint32_t FactsBuilder::Memory(uint32_t signature) {
  return AddValue(
      Value(ValueKind::memory, Operator::none, 8, true, signature, kNone, 0));
}

uint32_t FactsBuilder::FunctionAddress(uint32_t symbol) {
  return AddValue(Value(ValueKind::function_address, Operator::none, 8, true,
                        symbol, kNone, 0));
}

uint32_t FactsBuilder::ObjectAddress(uint32_t symbol) {
  return AddValue(Value(ValueKind::object_address, Operator::none, 8, true,
                        symbol, kNone, 0));
}

uint32_t FactsBuilder::CallResult(uint32_t call) {
  return AddValue(
      Value(ValueKind::call_result, Operator::none, 8, true, call, kNone, 0));
}

uint32_t FactsBuilder::Join(uint32_t a, uint32_t b) {
  if (a == b) return a;
  return AddValue(Value(ValueKind::join, Operator::none, 8, true,
                        std::min(a, b), std::max(a, b), 0));
}

uint32_t FactsBuilder::Unknown(absl::string_view reason, absl::string_view file,
                               uint32_t line) {
  return AddValue(Value(ValueKind::unknown, Operator::none, 8, true,
                        String(reason), String(file), line));
}

std::string FactsBuilder::Serialize() {
  SortBySymbolName(unit_, unit_.functions);
  SortBySymbolName(unit_, unit_.objects);
  const bool digest = StringAt(unit_.content_digest).empty();
  if (digest) {
    // Not interned: no other field may mean it.
    unit_.content_digest = static_cast<uint32_t>(unit_.strings.size());
    unit_.strings.emplace_back(kDigestLength, '0');
  }
  flatbuffers::FlatBufferBuilder buffer(1 << 16);
  buffer.Finish(Unit::Pack(buffer, &unit_), UnitIdentifier());
  if (digest) InsertDigest(buffer, unit_.content_digest);
  return std::string(reinterpret_cast<const char*>(buffer.GetBufferPointer()),
                     buffer.GetSize());
}

}  // namespace chestnut::facts
