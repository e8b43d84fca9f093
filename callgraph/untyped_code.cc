#include "callgraph/untyped_code.h"

#include <vector>

#include "absl/container/flat_hash_set.h"

namespace chestnut::callgraph {
namespace {

using facts::Value;
using facts::ValueKind;

// Whether the value is made of parameters and addresses of functions only.
bool IsHandedOver(const facts::Unit& unit, uint32_t callee) {
  std::vector<uint32_t> stack = {callee};
  absl::flat_hash_set<uint32_t> seen = {callee};
  while (!stack.empty()) {
    const Value& value = *unit.values()->Get(stack.back());
    stack.pop_back();
    switch (value.kind()) {
      case ValueKind::join:
        for (uint32_t operand : {value.a(), value.b()}) {
          if (seen.insert(operand).second) stack.push_back(operand);
        }
        break;
      case ValueKind::constant:
      case ValueKind::parameter:
      case ValueKind::function_address:
        break;
      default:
        return false;
    }
  }
  return true;
}

bool WritesAnything(const facts::Function& function) {
  if (function.conversions() == nullptr) return false;
  for (const facts::RecordConversion* conversion : *function.conversions()) {
    if (conversion->use() == facts::RecordUse::copied_raw &&
        conversion->a() == facts::kNone) {
      return true;
    }
  }
  return false;
}

bool CallsWhatItFinds(const facts::Unit& unit,
                      const facts::Function& function) {
  if (function.calls() == nullptr) return false;
  for (const facts::Call* call : *function.calls()) {
    if (call->kind() == facts::CallKind::indirect &&
        !IsHandedOver(unit, call->callee())) {
      return true;
    }
  }
  return false;
}

bool TakesNothing(const Program& program, FunctionId function) {
  const Function& entry = program.function(function);
  for (uint32_t i = 0; i < entry.body_count; ++i) {
    const Body& body = program.body(entry.first_body + i);
    const uint32_t signature = body.facts->signature();
    if (signature == kNone) continue;
    const facts::Signature& type =
        *program.unit(body.unit).unit().signatures()->Get(signature);
    return type.prototyped() && type.parameters() == 0 && !type.variadic();
  }
  return false;
}

// Deep enough for the labels of assembly functions, which are functions too.
constexpr int kMaxDepth = 8;

bool KeepsArguments(const Program& program, FunctionId function, int depth);

bool HandsNothingOn(const Program& program, const Body& body, int depth) {
  if (body.facts->calls() == nullptr) return true;
  for (const facts::Call* call : *body.facts->calls()) {
    if (call->kind() != facts::CallKind::direct) return false;
    const Target& target = program.target(body.unit, call->symbol());
    if (!target.resolvers.empty()) return false;
    for (FunctionId function : target.functions) {
      if (!TakesNothing(program, function) &&
          !KeepsArguments(program, function, depth + 1)) {
        return false;
      }
    }
  }
  return true;
}

bool KeepsArguments(const Program& program, FunctionId function, int depth) {
  const Function& entry = program.function(function);
  if (depth > kMaxDepth) return false;
  for (uint32_t i = 0; i < entry.body_count; ++i) {
    const Body& body = program.body(entry.first_body + i);
    if (!program.unit(body.unit).IsModule() ||
        !HandsNothingOn(program, body, depth)) {
      return false;
    }
  }
  return entry.body_count != 0;
}

}  // namespace

bool KeepsArguments(const Program& program, FunctionId function) {
  return KeepsArguments(program, function, 0);
}

bool UsesWhatItFinds(const facts::UnitView& unit) {
  if (!unit.IsModule()) return false;
  const facts::Unit& facts = unit.unit();
  if (facts.module_()->type() != facts::ModuleType::relocatable) return true;
  if (facts.functions() == nullptr) return false;
  for (const facts::Function* function : *facts.functions()) {
    if (WritesAnything(*function) || CallsWhatItFinds(facts, *function)) {
      return true;
    }
  }
  return false;
}

}  // namespace chestnut::callgraph
