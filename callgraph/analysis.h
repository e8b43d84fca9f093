#ifndef CHESTNUT_CALLGRAPH_ANALYSIS_H_
#define CHESTNUT_CALLGRAPH_ANALYSIS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "callgraph/candidates.h"
#include "callgraph/explanation.h"
#include "callgraph/link.h"
#include "callgraph/loads.h"
#include "facts/reader.h"
#include "policy/model.h"

// From the facts of all units of a program to its policy. The other headers of
// this room are its parts.
namespace chestnut::callgraph {

struct Result;

// The functions that units define for others, and whether they can run.
using Exports = absl::flat_hash_map<std::string, bool>;

struct Options {
  std::string program;  // Policy::program
  policy::InstallPoint install_point = policy::InstallPoint::kMain;
  policy::Mode mode = policy::Mode::kKill;

  // Where the program starts. Those that nobody defines are passed over.
  std::vector<std::string> entries = {"_start"};
  // With install point kMain: what runs once the filter is on. The first must
  // be defined.
  std::vector<std::string> running = {"main", "exit"};
  // The function that installs the filter and calls `running` afterwards
  // ("__wrap_main"); empty: whoever calls the first of them.
  std::string installer;
  // The program, a module, puts a filter on itself: what libc takes for its
  // main is the runtime's wrapper.
  bool confined = false;
  // Symbols given to the linker with --wrap.
  std::vector<std::string> wrapped;
  // What the loader maps, in search order, the executable first (link.h).
  std::vector<LoadedModule> load_order;
  // The module that starts a dynamic program: the loader, by its unit's name.
  // Empty: a static program.
  std::string loader;
  // Names that dlsym is asked for: whoever exports one may be called so.
  std::vector<std::string> called;
  // What statically linked code exports to the loader.
  std::vector<std::string> exported;
  // dlsym may be asked for anything.
  bool all_called = false;

  // Symbols that nobody defines make no error: nothing is known of what they
  // call, and Result::undefined names them. For tests of parts of a program,
  // and for callers that check them otherwise.
  bool allow_undefined = false;
  // Asked once Result::loads, exports and undefined are filled in: false leaves
  // the rest out. For callers that analyze again with what is loaded.
  std::function<bool(const Result&)> proceed;
  // Fill Result::candidates.
  bool list_candidates = false;
  // Fill Result::edges, reachable.
  bool list_graph = false;
  // Fill Result::exports.
  bool list_exports = false;
  // Fill Result::explanation.
  std::optional<Question> question;
};

struct UndefinedSymbol {
  std::string symbol;
  std::string referrer;
  std::string place;
  // A module that the loader binds when it is called: it ends the program.
  bool lazy = false;

  auto operator<=>(const UndefinedSymbol&) const = default;
};

struct Statistics {
  uint32_t units = 0;
  uint32_t functions = 0;
  uint32_t live_functions = 0;
  uint32_t running_functions = 0;  // reached once the filter is on
  uint32_t objects = 0;
  uint32_t live_objects = 0;
  uint32_t indirect_calls = 0;  // in live functions, virtual ones included
  uint32_t indirect_edges = 0;  // their targets, summed up
  uint32_t median_candidates = 0;
  uint32_t sites = 0;  // uses of system call sites
};

struct Result {
  // Normal form, with what every program needs. A policy with `incomplete`
  // entries must not be enforced as it is (exit status 3).
  policy::Policy policy;
  // With list_candidates: what each indirect call can reach.
  std::vector<CandidateSite> candidates;
  // Live strong references that nobody defines: with allow_undefined all, else
  // those that are bound lazily. Sorted.
  std::vector<UndefinedSymbol> undefined;
  // What modules load and look up; the caller decides what it means.
  std::vector<RunTimeLoad> loads;
  // With list_exports.
  Exports exports;
  // With question.
  Explanation explanation;
  Statistics statistics;
  // With list_graph: caller and callee of every edge, and every function that
  // can run, start-up included; linkage names, sorted.
  std::vector<std::pair<std::string, std::string>> edges;
  std::vector<std::string> reachable;
};

// The result depends on the units, not on their order. FailedPrecondition: a
// unit with errors, a symbol defined twice, an undefined symbol in live code
// (the message names symbol and referrer), no place to start.
absl::StatusOr<Result> Analyze(std::vector<facts::UnitView> units,
                               const Options& options);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_ANALYSIS_H_
