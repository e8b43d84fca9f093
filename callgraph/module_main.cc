#include "callgraph/module_main.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"

namespace chestnut::callgraph {
namespace {

// glibc and musl call it so.
constexpr absl::string_view kStartMain = "__libc_start_main";
constexpr absl::string_view kExit = "exit";

void Append(std::vector<FunctionId>& to, const Target& target) {
  for (FunctionId function : target.functions) {
    if (std::find(to.begin(), to.end(), function) == to.end()) {
      to.push_back(function);
    }
  }
}

// Of these symbols the one of the function that begins at the address; a
// module's functions have addresses for lines.
uint32_t SymbolAt(const facts::UnitView& unit,
                  const flatbuffers::Vector<uint32_t>& symbols,
                  int64_t address) {
  for (const facts::Function* function : *unit.unit().functions()) {
    if (function->line() == address &&
        std::find(symbols.begin(), symbols.end(), function->symbol()) !=
            symbols.end()) {
      return function->symbol();
    }
  }
  return kNone;
}

// The symbol that the call passes first: by its value, or as the one function
// whose address the caller takes. kNone: not known.
uint32_t MainOf(const facts::UnitView& unit, const facts::Function& caller,
                const facts::Call& call) {
  const auto* taken = caller.address_taken();
  if (call.arguments() != nullptr && call.arguments()->size() != 0) {
    const facts::Value& value =
        *unit.unit().values()->Get(call.arguments()->Get(0));
    if (value.kind() == facts::ValueKind::function_address) return value.a();
    // A program at fixed addresses passes a number; musl two more functions.
    if (value.kind() == facts::ValueKind::constant && taken != nullptr) {
      const uint32_t symbol = SymbolAt(unit, *taken, value.constant());
      if (symbol != kNone) return symbol;
    }
  }
  return taken != nullptr && taken->size() == 1 ? taken->Get(0) : kNone;
}

// exit(3) by name, and exit(2) itself.
bool CallsExit(const Program& program, FunctionId function) {
  constexpr int64_t kExitCall = 60;
  bool named = false;
  bool itself = false;
  const Function& entry = program.function(function);
  for (uint32_t b = 0; b < entry.body_count; ++b) {
    const Body& body = program.body(entry.first_body + b);
    const facts::UnitView& unit = program.unit(body.unit);
    if (body.facts->calls() != nullptr) {
      for (const facts::Call* call : *body.facts->calls()) {
        named |= call->kind() == facts::CallKind::direct &&
                 unit.SymbolName(call->symbol()) == kExit;
      }
    }
    if (body.facts->sites() == nullptr) continue;
    for (const facts::SyscallSite* site : *body.facts->sites()) {
      const facts::Value& number = *unit.unit().values()->Get(site->number());
      itself |= number.kind() == facts::ValueKind::constant &&
                number.constant() == kExitCall;
    }
  }
  return named && itself;
}

// The call right before `next`, with nothing in between but the move of its
// result into the argument; null if there is none.
const facts::Call* ResultGivenTo(const facts::Function& function,
                                 const facts::Call& next) {
  // call rel32; mov %eax,%edi.
  constexpr uint32_t kBytes = 7;
  for (const facts::Call* call : *function.calls()) {
    if (call->kind() == facts::CallKind::direct &&
        call->line() + kBytes == next.line()) {
      return call;
    }
  }
  return nullptr;
}

// The wrapper says exit(main(argc, argv, envp)) and nothing after it.
void GoBehindWrapper(const Program& program, ModuleMain& found) {
  const Function& wrapper = program.function(found.main[0]);
  if (wrapper.body_count != 1) return;
  const Body& body = program.body(wrapper.first_body);
  const facts::UnitView& unit = program.unit(body.unit);
  if (body.facts->calls() == nullptr) return;
  ModuleMain behind;
  behind.start_main = found.start_main;
  behind.wrapper = found.main[0];
  for (const facts::Call* call : *body.facts->calls()) {
    if (call->kind() != facts::CallKind::direct ||
        unit.SymbolName(call->symbol()) != kExit) {
      continue;
    }
    const facts::Call* main = ResultGivenTo(*body.facts, *call);
    if (main == nullptr) return;
    Append(behind.main, program.target(body.unit, main->symbol()));
    Append(behind.after_main, program.target(body.unit, call->symbol()));
  }
  if (!behind.main.empty() && !behind.after_main.empty()) {
    found = std::move(behind);
  }
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

ModuleMain FindMain(const Program& program, UnitId executable, bool wrapped) {
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
  if (wrapped && found.main.size() == 1) GoBehindWrapper(program, found);
  return found;
}

}  // namespace chestnut::callgraph
