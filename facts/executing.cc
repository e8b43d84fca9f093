#include "facts/executing.h"

#include <optional>
#include <utility>

#include "absl/strings/string_view.h"

namespace chestnut::facts {

std::optional<ExecutingFunction> FindExecutingFunction(absl::string_view name) {
  constexpr ExecutingFunction kFirst = {.argument = 0};
  constexpr ExecutingFunction kSecond = {.argument = 1};
  constexpr ExecutingFunction kFirstSearched = {.argument = 0,
                                                .searches = true};
  constexpr ExecutingFunction kShell = {.argument = 0, .by_shell = true};
  static constexpr std::pair<absl::string_view, ExecutingFunction>
      kFunctions[] = {
          {"execve", kFirst},
          {"__execve", kFirst},
          {"execv", kFirst},
          {"execl", kFirst},
          {"execle", kFirst},
          {"execvp", kFirstSearched},
          {"execvpe", kFirstSearched},
          {"__execvpe", kFirstSearched},
          {"execlp", kFirstSearched},
          {"posix_spawnp", {.argument = 1, .searches = true}},
          {"execveat", kSecond},
          {"posix_spawn", kSecond},
          {"fexecve", {}},
          {"system", kShell},
          {"__libc_system", kShell},
          {"popen", kShell},
          {"_IO_popen", kShell},
      };
  for (const auto& [known, function] : kFunctions) {
    if (known == name) return function;
  }
  return std::nullopt;
}

}  // namespace chestnut::facts
