#include "callgraph/handlers.h"

#include <algorithm>
#include <cstdint>

#include "callgraph/libc_knowledge.h"
#include "facts/reasons.h"

namespace chestnut::callgraph {
namespace {

using facts::RecordUse;
using facts::Value;
using facts::ValueKind;

constexpr int64_t kRtSigaction = 13;
constexpr uint32_t kAction = 1;  // index of the argument

bool MayRegister(const ValueSet& number) {
  return !number.known() ||
         std::find(number.constants().begin(), number.constants().end(),
                   kRtSigaction) != number.constants().end();
}

// What a value is made of, as far as it matters here.
struct Leaves {
  bool addresses = true;       // nothing but addresses taken here and constants
  uint32_t parameter = kNone;  // it is this parameter and nothing else
};

Leaves LeavesOf(const facts::UnitView& unit, uint32_t value) {
  const auto& values = *unit.unit().values();
  Leaves leaves;
  std::vector<uint32_t> stack = {value};
  while (!stack.empty()) {
    const Value& entry = *values.Get(stack.back());
    stack.pop_back();
    switch (entry.kind()) {
      case ValueKind::join:
        stack.push_back(entry.a());
        stack.push_back(entry.b());
        break;
      case ValueKind::cast:
        stack.push_back(entry.a());
        break;
      case ValueKind::constant:
      case ValueKind::object_address:
        break;
      case ValueKind::unknown:
        leaves.addresses &= unit.String(entry.a()) == facts::kPointer;
        break;
      case ValueKind::parameter:
        if (leaves.parameter == kNone) leaves.parameter = entry.a();
        if (leaves.parameter != entry.a()) leaves.addresses = false;
        break;
      default:
        leaves.addresses = false;
        break;
    }
  }
  return leaves;
}

// Whether every pointer that the function makes an integer of has a type.
bool ConvertsTypedOnly(const Program& program, BodyId body) {
  const auto* conversions = program.body(body).facts->conversions();
  return conversions == nullptr ||
         std::none_of(conversions->begin(), conversions->end(),
                      [](const facts::RecordConversion* conversion) {
                        return conversion->use() == RecordUse::to_kernel &&
                               conversion->a() == kNone;
                      });
}

// Who hands out the action of the site without its type; kNone: nobody. The
// argument is followed from the site outwards to where it is made.
FunctionId HidesHandler(const Program& program, const Solver& solver,
                        const SiteUse& use) {
  BodyId body = use.body;
  const FunctionId site = program.body(body).function;
  auto path = use.path.begin();
  const auto* arguments = use.site->arguments();
  const VariadicSystemCall* variadic =
      program.function(site).internal
          ? nullptr
          : FindVariadicSystemCall(program.function(site).name);
  uint32_t index = kAction;
  if (variadic != nullptr) {
    if (path == use.path.end()) return site;
    index += variadic->shift;
    body = solver.call(*path).body;
    arguments = solver.ArgumentsFor(*path++, site);
  }
  for (;;) {
    const FunctionId function = program.body(body).function;
    if (arguments == nullptr || index >= arguments->size()) return function;
    const Leaves leaves =
        LeavesOf(program.unit(program.body(body).unit), arguments->Get(index));
    if (!leaves.addresses || !ConvertsTypedOnly(program, body)) {
      return function;
    }
    if (leaves.parameter == kNone) return kNone;
    if (path == use.path.end()) return function;
    index = leaves.parameter;
    body = solver.call(*path).body;
    arguments = solver.ArgumentsFor(*path++, function);
  }
}

}  // namespace

std::vector<FunctionId> HideHandlers(const Program& program,
                                     const Solver& solver,
                                     const std::vector<SiteUse>& uses) {
  std::vector<FunctionId> functions;
  for (const SiteUse& use : uses) {
    if (!MayRegister(use.number)) continue;
    const FunctionId function = HidesHandler(program, solver, use);
    if (function != kNone) functions.push_back(function);
  }
  std::sort(functions.begin(), functions.end());
  functions.erase(std::unique(functions.begin(), functions.end()),
                  functions.end());
  return functions;
}

}  // namespace chestnut::callgraph
