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

// exit(3) by name, and exit(2) itself.
bool CallsExit(const Program& program, FunctionId function) {
  constexpr int64_t kExit = 60;
  bool named = false;
  bool itself = false;
  const Function& entry = program.function(function);
  for (uint32_t b = 0; b < entry.body_count; ++b) {
    const Body& body = program.body(entry.first_body + b);
    const facts::UnitView& unit = program.unit(body.unit);
    if (body.facts->calls() != nullptr) {
      for (const facts::Call* call : *body.facts->calls()) {
        named |= call->kind() == facts::CallKind::direct &&
                 unit.SymbolName(call->symbol()) == "exit";
      }
    }
    if (body.facts->sites() == nullptr) continue;
    for (const facts::SyscallSite* site : *body.facts->sites()) {
      const facts::Value& number = *unit.unit().values()->Get(site->number());
      itself |= number.kind() == facts::ValueKind::constant &&
                number.constant() == kExit;
    }
  }
  return named && itself;
}

}  // namespace

// csu/libc-start.c, sysdeps/nptl/libc_start_call_main.h (glibc 2.34 to 2.36):
// the last thing that __libc_start_main does is to call a function that calls
// main and never returns: it calls exit, or ends the thread itself if
// pthread_exit unwound it. Nobody else there has both.
FunctionId GoesOnAfterMain(const Program& program, FunctionId start_main) {
  FunctionId found = kNone;
  const Function& start = program.function(start_main);
  for (uint32_t b = 0; b < start.body_count; ++b) {
    const Body& body = program.body(start.first_body + b);
    if (body.facts->calls() == nullptr) continue;
    for (const facts::Call* call : *body.facts->calls()) {
      if (call->kind() != facts::CallKind::direct) continue;
      for (FunctionId callee :
           program.target(body.unit, call->symbol()).functions) {
        if (!CallsExit(program, callee) || callee == found) continue;
        if (found != kNone) return start_main;
        found = callee;
      }
    }
  }
  return found == kNone ? start_main : found;
}

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
