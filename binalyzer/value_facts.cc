#include "binalyzer/value_facts.h"

namespace chestnut::binalyzer {
namespace {

using facts::Operator;
using facts::Value;
using facts::ValueKind;

Operator OperatorOf(Operation operation) {
  switch (operation) {
    case Operation::kAdd:
      return Operator::add;
    case Operation::kSubtract:
      return Operator::subtract;
    case Operation::kAnd:
      return Operator::bit_and;
    case Operation::kOr:
      return Operator::bit_or;
    case Operation::kXor:
      return Operator::bit_xor;
    case Operation::kShiftLeft:
      return Operator::shift_left;
    default:
      return Operator::shift_right;
  }
}

class Translator {
 public:
  Translator(const ModuleModel& model, const ValuePool& pool,
             ModuleSymbols& symbols, facts::FactsBuilder& builder)
      : model_(model), pool_(pool), symbols_(symbols), builder_(builder) {}

  uint32_t Translate(ValueId value) {
    const ValueNode& node = pool_.node(value);
    switch (node.form) {
      case ValueForm::kUnknown:
        return builder_.Unknown(TextOf(node.reason), "",
                                static_cast<uint32_t>(node.number));
      case ValueForm::kConstant:
        return builder_.Constant(node.number);
      case ValueForm::kParameter:
        return builder_.Parameter(static_cast<uint32_t>(node.number));
      case ValueForm::kStack:
        return builder_.Unknown("it is an address on the stack");
      case ValueForm::kAddress:
        return Address(static_cast<uint64_t>(node.number));
      case ValueForm::kSymbol:
        return Symbol(static_cast<uint32_t>(node.number));
      case ValueForm::kCast:
        return builder_.AddValue(Value(ValueKind::cast, Operator::none,
                                       node.width, node.is_signed,
                                       Translate(node.left), facts::kNone, 0));
      case ValueForm::kBinary:
        return Binary(node);
      case ValueForm::kJoin:
        break;
    }
    return Join(value);
  }

 private:
  // Arithmetic with an address is of no use to anybody.
  uint32_t Binary(const ValueNode& node) {
    const bool is_signed = node.operation == Operation::kShiftRightArithmetic;
    uint32_t left = Translate(node.left);
    if (is_signed && node.width < 8) {
      left = builder_.AddValue(Value(ValueKind::cast, Operator::none,
                                     node.width, true, left, facts::kNone, 0));
    }
    const uint32_t right = Translate(node.right);
    const uint32_t result =
        builder_.AddValue(Value(ValueKind::binary, OperatorOf(node.operation),
                                node.width, is_signed, left, right, 0));
    if (!is_signed || node.width == 8) return result;
    return builder_.AddValue(Value(ValueKind::cast, Operator::none, node.width,
                                   false, result, facts::kNone, 0));
  }

  uint32_t Join(ValueId value) {
    uint32_t result = facts::kNone;
    for (ValueId member : pool_.Members(value)) {
      const uint32_t translated = Translate(member);
      result = result == facts::kNone ? translated
                                      : builder_.Join(result, translated);
    }
    return result;
  }

  uint32_t Address(uint64_t address) {
    const Destination destination = model_.Resolve(address, kNoSymbol);
    switch (destination.kind) {
      case Destination::Kind::kFunction:
        return builder_.FunctionAddress(symbols_.Function(destination.index));
      case Destination::Kind::kResolver:
        return builder_.FunctionAddress(symbols_.Resolved(destination.index));
      case Destination::Kind::kSymbol:
        return Symbol(destination.index);
      default:
        return builder_.Unknown("it is an address");
    }
  }

  uint32_t Symbol(uint32_t symbol) {
    if (!symbols_.MayBeFunction(symbol)) {
      return builder_.Unknown("it is an address");
    }
    return builder_.FunctionAddress(symbols_.Named(symbol));
  }

  const ModuleModel& model_;
  const ValuePool& pool_;
  ModuleSymbols& symbols_;
  facts::FactsBuilder& builder_;
};

}  // namespace

uint32_t ToFacts(const ModuleModel& model, const ValuePool& pool, ValueId value,
                 ModuleSymbols& symbols, facts::FactsBuilder& builder) {
  return Translator(model, pool, symbols, builder).Translate(value);
}

}  // namespace chestnut::binalyzer
