#ifndef CHESTNUT_CALLGRAPH_VALUE_SET_H_
#define CHESTNUT_CALLGRAPH_VALUE_SET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "facts/reader.h"

// What an integer can be: a small set of constants, or unknown with the reason.
namespace chestnut::callgraph {

// Larger sets are unknown: nobody reads a rule that long.
inline constexpr size_t kMaxConstants = 64;

class ValueSet {
 public:
  static ValueSet Of(int64_t constant) {
    ValueSet set;
    set.constants_.push_back(constant);
    return set;
  }
  // `place` is "file:line" or empty.
  static ValueSet Unknown(absl::string_view reason,
                          absl::string_view place = "");

  bool known() const { return known_; }
  bool empty() const { return known_ && constants_.empty(); }
  // Ascending; none if unknown.
  const std::vector<int64_t>& constants() const { return constants_; }
  const std::string& reason() const { return reason_; }
  const std::string& place() const { return place_; }

  // Adds the values of `other`; true if that changed anything. Once unknown, a
  // set stays so, with the first reason.
  bool Add(const ValueSet& other);

 private:
  bool known_ = true;
  std::vector<int64_t> constants_;
  std::string reason_;
  std::string place_;
};

// `value` as an integer of `width` bytes, extended to 64 bits again.
int64_t Truncate(int64_t value, int width, bool is_signed);
ValueSet ApplyCast(const ValueSet& operand, int width, bool is_signed);
ValueSet ApplyOperator(facts::Operator op, const ValueSet& a, const ValueSet& b,
                       int width, bool is_signed);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_VALUE_SET_H_
