// Facts of compiled code: an ELF file's functions, data and system calls, in
// the same terms as the frontend's (docs/facts.md, "Modules").
#ifndef CHESTNUT_BINALYZER_MODULE_FACTS_H_
#define CHESTNUT_BINALYZER_MODULE_FACTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "binalyzer/image.h"
#include "binalyzer/module_symbols.h"

namespace chestnut::binalyzer {

// The account of a module: everything in it is covered, or unknown with a
// reason.
struct ModuleStatistics {
  uint64_t code_bytes = 0;     // in functions
  uint64_t padding_bytes = 0;  // between them
  uint64_t instructions = 0;
  // Ranges of code by what says that they are functions, and their bytes.
  std::map<std::string, uint64_t> functions;
  std::map<std::string, uint64_t> function_bytes;
  // Ranges that are parts of another function (`.cold`).
  uint64_t parts = 0;
  // Functions whose values were followed.
  uint64_t evaluated = 0;
  uint64_t never_return = 0;
  // Where bytes begin no instruction, ascending.
  std::vector<uint64_t> undecoded;
  uint64_t objects = 0;
  // Symbols and relocations by what became of them; function symbols that the
  // module defines once more.
  std::map<std::string, uint64_t> function_symbols;
  std::map<std::string, uint64_t> symbols;
  std::map<std::string, uint64_t> relocations;
  // System call instructions by what is known of their number; the places of
  // those whose number is not a constant.
  uint64_t sites_constant = 0;
  uint64_t sites_parameter = 0;
  uint64_t sites_unknown = 0;
  std::vector<uint64_t> open_sites;
  // Those that never run, because they are reached only from behind one that
  // ends the thread; ascending. They are no sites of the facts.
  std::vector<uint64_t> never_run;
};

struct ModuleOptions {
  // If not null, filled in.
  ModuleStatistics* statistics = nullptr;
  // Of relocatable objects: which of their functions and objects other facts
  // have. Empty: none.
  Describe describe = {};
  // If not empty, the external name of a function that calls all others here,
  // for those who cannot tell which of them is meant.
  std::string any_of_them = {};
};

// A serialized facts unit of kind `module`. Errors: InvalidArgument with one
// line for broken unwind or exception tables.
absl::StatusOr<std::string> ModuleFacts(const Image& image,
                                        const ModuleOptions& options);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_MODULE_FACTS_H_
