// Builds the facts of one unit: interns strings, symbols and values, and
// serialises deterministically.
#ifndef CHESTNUT_FACTS_BUILDER_H_
#define CHESTNUT_FACTS_BUILDER_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "facts/facts_generated.h"

namespace chestnut::facts {

// "There is none" in every index field of the schema.
inline constexpr uint32_t kNone = 0xffffffff;

inline constexpr uint16_t kSchemaMajor = 1;
inline constexpr uint16_t kSchemaMinor = 1;

// Collects a unit. Indices returned are valid in the unit that Serialize
// writes. Not thread-safe; one builder per unit.
class FactsBuilder {
 public:
  FactsBuilder();

  // The unit under construction, for the fields that need no interning.
  UnitT& unit() { return unit_; }

  uint32_t String(absl::string_view text);
  absl::string_view StringAt(uint32_t index) const {
    return unit_.strings[index];
  }

  // Adds a value, or finds the equal one; operands must be values already.
  uint32_t AddValue(const Value& value);
  uint32_t Constant(int64_t constant, uint8_t width = 8, bool is_signed = true);
  uint32_t Parameter(uint32_t index);
  uint32_t Local(uint32_t index);
  uint32_t Global(uint32_t symbol);
  uint32_t Field(uint32_t record, uint64_t offset);
  uint32_t Memory(uint32_t signature);
  uint32_t FunctionAddress(uint32_t symbol);
  uint32_t ObjectAddress(uint32_t symbol);
  uint32_t CallResult(uint32_t call);
  uint32_t Join(uint32_t a, uint32_t b);
  uint32_t Unknown(absl::string_view reason, absl::string_view file = "",
                   uint32_t line = 0);

  // To be called once. Sorts functions and objects, and returns the FlatBuffer;
  // a unit without content digest gets the digest of its facts.
  std::string Serialize();

 private:
  using ValueKey =
      std::tuple<uint8_t, uint8_t, uint8_t, bool, uint32_t, uint32_t, int64_t>;

  UnitT unit_;
  absl::flat_hash_map<std::string, uint32_t> strings_;
  absl::flat_hash_map<ValueKey, uint32_t> values_;
};

}  // namespace chestnut::facts

#endif  // CHESTNUT_FACTS_BUILDER_H_
