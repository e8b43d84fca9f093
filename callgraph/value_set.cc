#include "callgraph/value_set.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chestnut::callgraph {
namespace {

using facts::Operator;

std::optional<int64_t> Divide(Operator op, int64_t a, int64_t b,
                              bool is_signed) {
  if (b == 0) return std::nullopt;
  if (!is_signed) {
    const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
    return static_cast<int64_t>(op == Operator::divide ? x / y : x % y);
  }
  if (a == std::numeric_limits<int64_t>::min() && b == -1) return std::nullopt;
  return op == Operator::divide ? a / b : a % b;
}

std::optional<int64_t> Shift(Operator op, int64_t a, int64_t b, int width,
                             bool is_signed) {
  if (b < 0 || b >= int64_t{width} * 8) return std::nullopt;
  if (op == Operator::shift_left) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) << b);
  }
  if (is_signed) return a >> b;
  return static_cast<int64_t>(static_cast<uint64_t>(a) >> b);
}

// Nothing where C leaves the result undefined.
std::optional<int64_t> Compute(Operator op, int64_t a, int64_t b, int width,
                               bool is_signed) {
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  switch (op) {
    case Operator::bit_or:
      return static_cast<int64_t>(x | y);
    case Operator::bit_and:
      return static_cast<int64_t>(x & y);
    case Operator::bit_xor:
      return static_cast<int64_t>(x ^ y);
    case Operator::add:
      return static_cast<int64_t>(x + y);
    case Operator::subtract:
      return static_cast<int64_t>(x - y);
    case Operator::multiply:
      return static_cast<int64_t>(x * y);
    case Operator::divide:
    case Operator::remainder:
      return Divide(op, a, b, is_signed);
    case Operator::shift_left:
    case Operator::shift_right:
      return Shift(op, a, b, width, is_signed);
    case Operator::none:
      break;
  }
  return std::nullopt;
}

ValueSet TooMany() {
  return ValueSet::Unknown(
      absl::StrCat("it has more than ", kMaxConstants, " values"));
}

}  // namespace

ValueSet ValueSet::Unknown(absl::string_view reason, absl::string_view place) {
  ValueSet set;
  set.known_ = false;
  set.reason_ = std::string(reason);
  set.place_ = std::string(place);
  return set;
}

bool ValueSet::Add(const ValueSet& other) {
  if (!known_) return false;
  if (!other.known_) {
    *this = other;
    return true;
  }
  std::vector<int64_t> joined;
  std::set_union(constants_.begin(), constants_.end(), other.constants_.begin(),
                 other.constants_.end(), std::back_inserter(joined));
  if (joined.size() == constants_.size()) return false;
  if (joined.size() > kMaxConstants) {
    *this = TooMany();
  } else {
    constants_ = std::move(joined);
  }
  return true;
}

int64_t Truncate(int64_t value, int width, bool is_signed) {
  if (width <= 0 || width >= 8) return value;
  const int unused = 64 - 8 * width;
  const uint64_t shifted = static_cast<uint64_t>(value) << unused;
  return is_signed ? static_cast<int64_t>(shifted) >> unused
                   : static_cast<int64_t>(shifted >> unused);
}

ValueSet ApplyCast(const ValueSet& operand, int width, bool is_signed) {
  if (!operand.known()) return operand;
  ValueSet result;
  for (int64_t value : operand.constants()) {
    result.Add(ValueSet::Of(Truncate(value, width, is_signed)));
  }
  return result;
}

ValueSet ApplyOperator(Operator op, const ValueSet& a, const ValueSet& b,
                       int width, bool is_signed) {
  if (!a.known()) return a;
  if (!b.known()) return b;
  std::vector<int64_t> results;
  for (int64_t x : a.constants()) {
    for (int64_t y : b.constants()) {
      std::optional<int64_t> result =
          Compute(op, Truncate(x, width, is_signed),
                  Truncate(y, width, is_signed), width, is_signed);
      if (!result.has_value()) {
        return ValueSet::Unknown("an operation without a defined result");
      }
      results.push_back(Truncate(*result, width, is_signed));
    }
  }
  std::sort(results.begin(), results.end());
  results.erase(std::unique(results.begin(), results.end()), results.end());
  if (results.size() > kMaxConstants) return TooMany();
  ValueSet set;
  for (int64_t result : results) set.Add(ValueSet::Of(result));
  return set;
}

}  // namespace chestnut::callgraph
