#ifndef CHESTNUT_FACTS_EXECUTING_H_
#define CHESTNUT_FACTS_EXECUTING_H_

#include <optional>

#include "absl/strings/string_view.h"

// The libc's functions that execute programs. Facts keep what each call of one
// names, as `Need` like those of dlopen.
namespace chestnut::facts {

struct ExecutingFunction {
  int argument = -1;      // that names the program; -1: a descriptor does
  bool by_shell = false;  // what it names is a command for /bin/sh
  bool searches = false;  // PATH, where the name has no slash
};

// Nothing for a function that executes no programs.
std::optional<ExecutingFunction> FindExecutingFunction(absl::string_view name);

}  // namespace chestnut::facts

#endif  // CHESTNUT_FACTS_EXECUTING_H_
