#include "callgraph/module_main.h"

#include <algorithm>

#include "absl/strings/string_view.h"

namespace chestnut::callgraph {
namespace {

// glibc and musl call it so.
constexpr absl::string_view kStartMain = "__libc_start_main";

void Append(std::vector<FunctionId>& to, const Target& target) {
  for (FunctionId function : target.functions) {
    if (std::find(to.begin(), to.end(), function) == to.end()) {
      to.push_back(function);
    }
  }
}

// The symbol that the call passes first: by its value, or as the one function
// whose address the caller takes. kNone: not known.
uint32_t MainOf(const facts::UnitView& unit, const facts::Function& caller,
                const facts::Call& call) {
  if (call.arguments() != nullptr && call.arguments()->size() != 0) {
    const facts::Value& value =
        *unit.unit().values()->Get(call.arguments()->Get(0));
    if (value.kind() == facts::ValueKind::function_address) return value.a();
  }
  const auto* taken = caller.address_taken();
  return taken != nullptr && taken->size() == 1 ? taken->Get(0) : kNone;
}

}  // namespace

ModuleMain FindMain(const Program& program, UnitId executable) {
  ModuleMain found;
  const facts::UnitView& unit = program.unit(executable);
  if (unit.unit().functions() == nullptr) return found;
  for (const facts::Function* function : *unit.unit().functions()) {
    if (function->calls() == nullptr) continue;
    for (const facts::Call* call : *function->calls()) {
      if (call->kind() != facts::CallKind::direct ||
          unit.SymbolName(call->symbol()) != kStartMain) {
        continue;
      }
      const uint32_t main = MainOf(unit, *function, *call);
      if (main == kNone) return {};
      Append(found.main, program.target(executable, main));
      Append(found.start_main, program.target(executable, call->symbol()));
    }
  }
  return found;
}

}  // namespace chestnut::callgraph
