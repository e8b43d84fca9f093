#ifndef CHESTNUT_CALLGRAPH_LOADS_H_
#define CHESTNUT_CALLGRAPH_LOADS_H_

#include <compare>
#include <functional>
#include <string>
#include <vector>

#include "callgraph/link.h"
#include "callgraph/walk.h"

// What the modules of a program ask the loader for while it runs.
namespace chestnut::callgraph {

// A call of dlopen, dlsym or their relatives that can happen.
struct RunTimeLoad {
  std::string module;    // that calls; empty: code of the program, from source
  std::string function;  // "dlopen"
  bool known = false;
  std::string name;   // what it asks for, if known
  std::string place;  // "libfoo.so+0x123"

  auto operator<=>(const RunTimeLoad&) const = default;
};

// A fact about a call that names something (facts::Need), with the call.
struct NeedUse {
  BodyId body = 0;  // that holds the call
  const facts::Call* call = nullptr;
  const facts::Need* need = nullptr;
};

// Of all bodies whose functions `reached` says yes to, in their order.
std::vector<NeedUse> CollectNeeds(
    const Program& program, const std::function<bool(FunctionId)>& reached);

// Whether the function looks up a symbol (dlsym, dlvsym), not a library.
bool LooksUpSymbols(absl::string_view function);

// Of all functions that one of the walks reaches. Sorted.
std::vector<RunTimeLoad> CollectLoads(const Program& program,
                                      const Walk& startup, const Walk& running);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_LOADS_H_
