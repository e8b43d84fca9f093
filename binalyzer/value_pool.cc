#include "binalyzer/value_pool.h"

#include <algorithm>
#include <utility>

namespace chestnut::binalyzer {
namespace {

uint64_t Truncated(uint64_t bits, uint8_t width) {
  return width >= 8 ? bits : bits & ((uint64_t{1} << (8 * width)) - 1);
}

uint64_t SignExtended(uint64_t bits, uint8_t width) {
  if (width >= 8) return bits;
  const int unused = 64 - 8 * width;
  return static_cast<uint64_t>(static_cast<int64_t>(bits << unused) >> unused);
}

uint64_t Compute(Operation operation, uint64_t a, uint64_t b, uint8_t width) {
  const uint64_t count = b & (width == 8 ? 63 : 31);
  switch (operation) {
    case Operation::kAdd:
      return Truncated(a + b, width);
    case Operation::kSubtract:
      return Truncated(a - b, width);
    case Operation::kAnd:
      return Truncated(a & b, width);
    case Operation::kOr:
      return Truncated(a | b, width);
    case Operation::kXor:
      return Truncated(a ^ b, width);
    case Operation::kShiftLeft:
      return Truncated(a << count, width);
    case Operation::kShiftRight:
      return Truncated(a, width) >> count;
    default:  // kShiftRightArithmetic
      return Truncated(
          static_cast<uint64_t>(static_cast<int64_t>(SignExtended(a, width)) >>
                                count),
          width);
  }
}

}  // namespace

absl::string_view TextOf(UnknownReason reason) {
  switch (reason) {
    case UnknownReason::kNotTracked:
      return "an instruction makes it that is not tracked";
    case UnknownReason::kEntry:
      return "the function does not set it";
    case UnknownReason::kCallResult:
      return "a call returns it";
    case UnknownReason::kCallClobbered:
      return "a call changes it";
    case UnknownReason::kSystemCall:
      return "a system call returns it";
    case UnknownReason::kMemory:
      return "it is read through a pointer";
    case UnknownReason::kGlobal:
      return "it is read from a variable";
    case UnknownReason::kStackSlot:
      return "it is read from memory on the stack";
    case UnknownReason::kThreadLocal:
      return "it is read from a thread-local variable";
    case UnknownReason::kTooMany:
      return "too many values are possible";
    case UnknownReason::kLoop:
      return "it changes in a loop";
    case UnknownReason::kIndirectJump:
      return "an indirect jump leads there";
    case UnknownReason::kLandingPad:
      return "an exception leads there";
    case UnknownReason::kEnteredInside:
      return "other code jumps there";
  }
  return "";
}

ValuePool::ValuePool() { Clear(); }

void ValuePool::Clear() {
  nodes_.clear();
  members_.clear();
  ids_.clear();
  joins_.clear();
}

absl::Span<const ValueId> ValuePool::Members(const ValueId& id) const {
  const ValueNode& node = nodes_[id];
  if (node.form != ValueForm::kJoin) return absl::MakeConstSpan(&id, 1);
  return absl::MakeConstSpan(members_).subspan(node.left, node.right);
}

ValueId ValuePool::Intern(const ValueNode& node) {
  auto [it, added] =
      ids_.try_emplace(node, static_cast<ValueId>(nodes_.size()));
  if (added) nodes_.push_back(node);
  return it->second;
}

ValueId ValuePool::Unknown(UnknownReason reason, uint64_t address) {
  return Intern({.form = ValueForm::kUnknown,
                 .reason = reason,
                 .number = static_cast<int64_t>(address)});
}

ValueId ValuePool::Constant(uint64_t bits) {
  return Intern(
      {.form = ValueForm::kConstant, .number = static_cast<int64_t>(bits)});
}

ValueId ValuePool::Parameter(uint32_t index) {
  return Intern({.form = ValueForm::kParameter, .number = index});
}

ValueId ValuePool::Stack(int64_t offset) {
  return Intern({.form = ValueForm::kStack, .number = offset});
}

ValueId ValuePool::Address(uint64_t address) {
  return Intern(
      {.form = ValueForm::kAddress, .number = static_cast<int64_t>(address)});
}

ValueId ValuePool::Symbol(uint32_t symbol) {
  return Intern({.form = ValueForm::kSymbol, .number = symbol});
}

ValueId ValuePool::InternJoin(Set& members) {
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  if (members.size() == 1) return members.front();
  for (ValueId member : members) {
    if (IsUnknown(member)) return member;
  }
  if (members.size() > kMaxMembers) {
    return Unknown(UnknownReason::kTooMany, 0);
  }
  auto known = joins_.find(members);
  if (known != joins_.end()) return known->second;
  ValueNode node;
  node.form = ValueForm::kJoin;
  node.left = static_cast<ValueId>(members_.size());
  node.right = static_cast<ValueId>(members.size());
  for (ValueId member : members) {
    node.depth = std::max(node.depth, nodes_[member].depth);
  }
  members_.insert(members_.end(), members.begin(), members.end());
  const auto id = static_cast<ValueId>(nodes_.size());
  nodes_.push_back(node);
  joins_.emplace(std::move(members), id);
  return id;
}

ValueId ValuePool::Join(ValueId a, ValueId b) {
  if (a == b || IsUnknown(a)) return a;
  if (IsUnknown(b)) return b;
  Set members;
  for (ValueId id : {a, b}) {
    const auto some = Members(id);
    members.insert(members.end(), some.begin(), some.end());
  }
  return InternJoin(members);
}

ValueId ValuePool::ExtendOne(ValueId value, uint8_t width, bool is_signed) {
  const ValueNode node = nodes_[value];
  if (node.form == ValueForm::kConstant) {
    const auto bits = static_cast<uint64_t>(node.number);
    return Constant(is_signed ? SignExtended(bits, width)
                              : Truncated(bits, width));
  }
  if (node.form == ValueForm::kUnknown) return value;
  if (!is_signed && node.form == ValueForm::kBinary && node.width <= width) {
    return value;
  }
  ValueNode cast;
  cast.form = ValueForm::kCast;
  cast.width = width;
  cast.is_signed = is_signed;
  cast.left = value;
  if (node.form == ValueForm::kCast) {
    // What is dropped now need not have been extended before.
    if (node.width >= width) {
      cast.left = node.left;
    } else if (!node.is_signed) {
      return value;
    }
  }
  cast.depth = nodes_[cast.left].depth + 1;
  if (cast.depth > kMaxDepth) return Unknown(UnknownReason::kTooMany, 0);
  return Intern(cast);
}

ValueId ValuePool::Extend(ValueId value, uint8_t width, bool is_signed) {
  if (width >= 8) return value;
  if (nodes_[value].form != ValueForm::kJoin) {
    return ExtendOne(value, width, is_signed);
  }
  Set members;
  const auto old = Members(value);
  const Set copy(old.begin(), old.end());
  for (ValueId member : copy) {
    members.push_back(ExtendOne(member, width, is_signed));
  }
  return InternJoin(members);
}

ValueId ValuePool::ApplyOne(Operation operation, ValueId a, ValueId b,
                            uint8_t width, uint64_t address) {
  const ValueNode left = nodes_[a];
  const ValueNode right = nodes_[b];
  if (right.form == ValueForm::kConstant) {
    const uint64_t bits = Truncated(static_cast<uint64_t>(right.number), width);
    if (operation == Operation::kAnd && bits == 0) return Constant(0);
    if (operation == Operation::kOr && bits == Truncated(~uint64_t{0}, width)) {
      return Constant(bits);
    }
  }
  if (left.form == ValueForm::kUnknown) return a;
  if (right.form == ValueForm::kUnknown) return b;
  if (left.form == ValueForm::kConstant && right.form == ValueForm::kConstant) {
    return Constant(Compute(operation, static_cast<uint64_t>(left.number),
                            static_cast<uint64_t>(right.number), width));
  }
  if (left.form == ValueForm::kConstant && operation == Operation::kAdd) {
    return ApplyOne(operation, b, a, width, address);
  }
  if ((left.form == ValueForm::kStack || left.form == ValueForm::kAddress) &&
      right.form == ValueForm::kConstant && width == 8) {
    const auto bits = static_cast<uint64_t>(left.number);
    const auto add = static_cast<uint64_t>(right.number);
    ValueNode moved = left;
    if (operation == Operation::kAdd) {
      moved.number = static_cast<int64_t>(bits + add);
      return Intern(moved);
    }
    if (operation == Operation::kSubtract) {
      moved.number = static_cast<int64_t>(bits - add);
      return Intern(moved);
    }
    // A frame that is aligned further: nothing reaches across the gap.
    if (operation == Operation::kAnd && left.form == ValueForm::kStack) {
      return a;
    }
  }
  ValueNode node;
  node.form = ValueForm::kBinary;
  node.operation = operation;
  node.width = width;
  node.left = a;
  node.right = b;
  node.depth = std::max(left.depth, right.depth) + 1;
  if (node.depth > kMaxDepth) {
    return Unknown(UnknownReason::kTooMany, address);
  }
  return Intern(node);
}

ValueId ValuePool::Apply(Operation operation, ValueId a, ValueId b,
                         uint8_t width, uint64_t address) {
  const auto left_span = Members(a);
  const auto right_span = Members(b);
  if (left_span.size() == 1 && right_span.size() == 1) {
    return ApplyOne(operation, a, b, width, address);
  }
  if (left_span.size() * right_span.size() > kMaxMembers) {
    return Unknown(UnknownReason::kTooMany, address);
  }
  const Set left(left_span.begin(), left_span.end());
  const Set right(right_span.begin(), right_span.end());
  Set members;
  for (ValueId l : left) {
    for (ValueId r : right) {
      members.push_back(ApplyOne(operation, l, r, width, address));
    }
  }
  return InternJoin(members);
}

}  // namespace chestnut::binalyzer
