// `chestnut analyze`: from a program on disk to its policy.
#ifndef CHESTNUT_DRIVER_PROGRAM_ANALYSIS_H_
#define CHESTNUT_DRIVER_PROGRAM_ANALYSIS_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "binalyzer/loading.h"
#include "callgraph/analysis.h"
#include "driver/module_cache.h"
#include "driver/original_program.h"
#include "facts/reader.h"
#include "policy/model.h"

namespace chestnut::driver {

// A program that was just linked.
struct LinkedProgram {
  // Facts of its parts, which are better than what its own code says. Empty:
  // its code is read.
  std::vector<facts::UnitView> units;
  std::vector<std::string> exported;  // by its dynamic symbol table
  std::vector<std::string> wrapped;   // symbols given to the linker with --wrap
  std::string output;                 // where it will lie
};

struct ProgramOptions {
  std::string program;  // a path; of a patched program the original is read
  const LinkedProgram* linked = nullptr;
  policy::InstallPoint install_point = policy::InstallPoint::kEntry;
  policy::Mode mode = policy::Mode::kKill;
  std::vector<std::string> modules;  // loaded at run time, anything is called
  std::string overlay;               // a file; empty: none
  std::string root;                  // of the system it runs on; empty: /
  // The program puts a filter on itself: with install point main, what does
  // that is left out.
  bool confined = false;
  // Without the calls that another version of libc may make instead.
  bool exact = false;
  bool use_cache = true;
  // Fill ProgramAnalysis::candidates.
  bool list_candidates = false;
  // Fill ProgramAnalysis::explanation.
  std::optional<callgraph::Question> question;
  // Fill ProgramAnalysis::edges, reachable.
  bool list_graph = false;
  // Says what it does on stderr.
  bool progress = false;
};

struct ProgramAnalysis {
  policy::Policy policy;
  callgraph::Statistics statistics;
  std::vector<callgraph::CandidateSite> candidates;
  callgraph::Explanation explanation;
  // As callgraph::Result has them.
  std::vector<std::pair<std::string, std::string>> edges;
  std::vector<std::string> reachable;
  std::vector<binalyzer::LoadedFile> files;
  // Decisions that shipped with Chestnut or came from the overlay, by place or
  // library, in words.
  std::vector<std::string> decided;
  // Libraries that the program would open and the system does not have.
  std::vector<std::string> missing;
  // Calls of dlopen and its relatives that can happen.
  std::vector<callgraph::RunTimeLoad> loads;
  // Functions that nobody defines; calling one ends the program.
  std::vector<callgraph::UndefinedSymbol> undefined;
  // Files besides the modules that the result depends on, within the root.
  std::vector<std::string> consulted;
  // Of a patched program; keeps the first of `files` there.
  std::shared_ptr<const OriginalProgram> original;
};

// Errors are those of what it reads, with the file's name; an analysis that is
// not complete is none: policy.incomplete says where.
absl::StatusOr<ProgramAnalysis> AnalyzeProgram(const ProgramOptions& options);

// Facts of all files, in their order, made in parallel.
absl::StatusOr<std::vector<facts::UnitView>> ReadModules(
    const std::vector<binalyzer::LoadedFile>& files, const ModuleCache& cache,
    bool progress);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_PROGRAM_ANALYSIS_H_
