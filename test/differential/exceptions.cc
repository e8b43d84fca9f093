#include "test/differential/exceptions.h"

#include "absl/strings/match.h"

namespace chestnut::differential {
namespace {

constexpr Folded kFolded[] = {
    {".str", "", "string literal"},
    {".L", "", "private constant"},
    {"__const.", "", "initial value of a local, copied from a constant"},
    {".compoundliteral", "", "file-scope compound literal"},
    {"constinit", "", "initial value of an array new or initializer list"},
    {".constinit", "", "initial value of an array new or initializer list"},
    {"switch.table", "", "made from a switch"},
    {"__func__.", "", "name of the function"},
    {"__FUNCTION__.", "", "name of the function"},
    {"__PRETTY_FUNCTION__.", "", "name of the function"},
    {"_ZTS", "", "characters of a type's name"},
    {"_ZGV", "", "guard of a static local: a flag"},
    {"_ZGR", "", "temporary whose life a reference extends"},
    {"__tls_guard", "", "guard of thread-local variables: a flag"},
    {"__cxx_global_var_init", "", "dynamic initialiser of one variable"},
    {"__cxx_global_array_dtor", "", "destroys a global array"},
    {"_GLOBAL__", "", "calls the initialisers of the unit"},
    {"__tls_init", "", "initialises the unit's thread-local variables"},
    {"_ZTH", "", "alias of __tls_init"},
    {"_ZTW", "", "wrapper around access to a thread-local variable"},
    {"__clang_call_terminate", "", "begin_catch and terminate"},
    {"_ZTh", "", "thunk: adjusts this and calls the overrider"},
    {"_ZTv", "", "thunk: adjusts this and calls the overrider"},
    {"_ZTc", "", "thunk: adjusts this and the result"},
    {"", ".__await_suspend_wrapper__", "part of the coroutine"},
};

constexpr Registrar kRegistrars[] = {
    {"__cxa_atexit", "destructor of a static variable"},
    {"__cxa_thread_atexit", "destructor of a thread-local variable"},
    {"__cxa_throw", "destructor of an exception object"},
};

// One call in facts stands for all that unwinding through a function may call.
constexpr absl::string_view kUnwindingBundle = "__clang_call_terminate";
constexpr Bundled kBundled[] = {
    {"__gxx_personality_v0", kUnwindingBundle, "personality of a function"},
    {"__gcc_personality_v0", kUnwindingBundle, "personality of a function"},
    {"abort", kUnwindingBundle, "exception out of a cleanup in C"},
};

constexpr Ignored kIgnored[] = {
    {"__dso_handle", "marks the module; its content is never read"},
};

}  // namespace

absl::Span<const Folded> FoldedDefinitions() { return kFolded; }

const Folded* FindFolded(absl::string_view name) {
  for (const Folded& entry : kFolded) {
    if (absl::StartsWith(name, entry.prefix) &&
        absl::StrContains(name, entry.part)) {
      return &entry;
    }
  }
  return nullptr;
}

const Registrar* FindRegistrar(absl::string_view function) {
  for (const Registrar& entry : kRegistrars) {
    if (function == entry.function) return &entry;
  }
  return nullptr;
}

const Bundled* FindBundled(absl::string_view symbol) {
  for (const Bundled& entry : kBundled) {
    if (symbol == entry.symbol) return &entry;
  }
  return nullptr;
}

const Ignored* FindIgnored(absl::string_view symbol) {
  for (const Ignored& entry : kIgnored) {
    if (absl::StartsWith(symbol, entry.prefix)) return &entry;
  }
  return nullptr;
}

}  // namespace chestnut::differential
