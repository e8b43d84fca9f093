#include "driver/program_analysis.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "callgraph/loading_knowledge.h"
#include "driver/overlay.h"
#include "driver/process.h"
#include "driver/remembered_loads.h"
#include "driver/run_time_loads.h"
#include "policy/families.h"
#include "support/file.h"
#include "syscalls/table.h"

namespace chestnut::driver {
namespace {

uint64_t SizeOf(const std::string& file) {
  struct stat info;
  return stat(file.c_str(), &info) == 0 ? static_cast<uint64_t>(info.st_size)
                                        : 0;
}

void AddCall(const std::string& name, const policy::Incomplete& place,
             const std::string& reason, policy::Policy& policy) {
  const syscalls::Syscall* call = syscalls::FindByName(name);
  if (call == nullptr) return;
  policy.calls.push_back(
      {.name = name,
       .number = call->number,
       .arguments = {},
       .witness = {{.function = "",
                    .place = place.place,
                    .reason = absl::StrCat("decided: ", reason)}}});
}

// Takes out of `incomplete` what somebody decided.
void Decide(const Overlay& overlay, const callgraph::Exports& exports,
            ProgramAnalysis& analysis) {
  policy::Policy& policy = analysis.policy;
  auto can_run = [&exports](absl::string_view name) {
    auto found = exports.find(name);
    return found != exports.end() && found->second;
  };
  auto module_of = [](const policy::Incomplete& entry) {
    return absl::string_view(entry.place).substr(0, entry.place.rfind('+'));
  };
  std::vector<policy::Incomplete> open;
  for (const policy::Incomplete& entry : policy.incomplete) {
    if (const Decision* decision = overlay.Find(entry.place)) {
      for (const std::string& call : decision->calls) {
        AddCall(call, entry, decision->reason, policy);
      }
      analysis.decided.push_back(
          absl::StrCat(entry.place, ": ", decision->reason));
      continue;
    }
    const callgraph::ReviewedSites* known =
        callgraph::FindReviewedSites(module_of(entry), entry.function);
    const auto same =
        std::count_if(policy.incomplete.begin(), policy.incomplete.end(),
                      [&](const policy::Incomplete& other) {
                        return module_of(other) == module_of(entry) &&
                               callgraph::FindReviewedSites(
                                   module_of(other), other.function) == known;
                      });
    if (known == nullptr || same > known->sites) {
      open.push_back(entry);
      continue;
    }
    for (const callgraph::ReviewedCall& call : known->calls) {
      if (call.condition.empty() ||
          std::any_of(call.condition.begin(), call.condition.end(), can_run)) {
        AddCall(std::string(call.name), entry, std::string(known->reason),
                policy);
      }
    }
    analysis.decided.push_back(absl::StrCat(entry.place, ": ", known->reason));
  }
  policy.incomplete = std::move(open);
}

// Whatever else decides which code runs: for the loads of an earlier analysis.
std::string DecidedBy(const ProgramOptions& options, const Overlay& overlay) {
  std::string all = absl::StrCat(static_cast<int>(options.install_point), " ",
                                 options.confined, " ", options.root);
  for (const std::string& module : options.modules) {
    absl::StrAppend(&all, "\nmodule ", module);
  }
  for (const Decision& decision : overlay.decisions) {
    absl::StrAppend(&all, "\nplace ", decision.place);
    for (const auto* names : {&decision.modules, &decision.names}) {
      absl::StrAppend(&all, "\n", names->size());
      for (const std::string& name : *names) absl::StrAppend(&all, "\n", name);
    }
  }
  return all;
}

absl::StatusOr<Overlay> ReadOverlay(const std::string& path) {
  if (path.empty()) return Overlay();
  absl::StatusOr<std::string> text = support::ReadFile(path);
  if (!text.ok()) return text.status();
  return ParseOverlay(*text, path);
}

// Modules are read once; each turn of the analysis may bring some more.
class ProgramAnalyzer {
 public:
  ProgramAnalyzer(const ProgramOptions& options, binalyzer::Loading loading,
                  Overlay overlay)
      : options_(options),
        loading_(std::move(loading)),
        overlay_(std::move(overlay)),
        loads_(loading_, overlay_, FromParts(options)),
        cache_(options.use_cache) {
    if (!FromParts(options)) return;
    units_ = options.linked->units;
    read_ = 1;
  }

  absl::StatusOr<ProgramAnalysis> Run() {
    for (const std::string& module : options_.modules) {
      if (absl::Status s = loads_.AddModule(module); !s.ok()) return s;
    }
    // What is linked is new each time, and hardly any static program loads.
    std::optional<RememberedLoads> remembered;
    if (options_.use_cache && options_.linked == nullptr &&
        loading_.interpreter() != 0) {
      remembered.emplace(cache_, loading_, loads_,
                         DecidedBy(options_, overlay_));
    }
    bool known = remembered.has_value() && remembered->Resume();
    for (;;) {
      absl::StatusOr<bool> grown = false;
      absl::StatusOr<callgraph::Result> result =
          Turn([this, &grown](const callgraph::Result& found) {
            grown = loads_.Follow(found);
            return grown.ok() && !*grown;
          });
      if (!result.ok()) return result.status();
      if (!grown.ok()) return grown.status();
      if (!*grown) {
        if (!known && remembered.has_value()) remembered->Keep();
        return Finish(*std::move(result));
      }
      known = false;
    }
  }

 private:
  static bool FromParts(const ProgramOptions& options) {
    return options.linked != nullptr && !options.linked->units.empty();
  }

  absl::StatusOr<callgraph::Result> Turn(
      std::function<bool(const callgraph::Result&)> proceed) {
    const std::vector<binalyzer::LoadedFile> more(
        loading_.files().begin() + read_, loading_.files().end());
    absl::StatusOr<std::vector<facts::UnitView>> units =
        ReadModules(more, cache_, options_.progress);
    if (!units.ok()) return units.status();
    units_.insert(units_.end(), units->begin(), units->end());
    read_ = static_cast<ptrdiff_t>(loading_.files().size());
    callgraph::Options graph;
    graph.program = std::string(support::BaseName(options_.program));
    if (const LinkedProgram* linked = options_.linked) {
      graph.program = std::string(support::BaseName(linked->output));
      graph.wrapped = linked->wrapped;
      graph.exported = linked->exported;
      // The real linker has found every symbol that the objects refer to; what
      // the source refers to besides, the compiler has optimised away.
      graph.allow_undefined = true;
    }
    graph.install_point = options_.install_point;
    graph.mode = options_.mode;
    graph.confined = options_.confined;
    graph.list_exports = true;
    graph.list_candidates = options_.list_candidates;
    graph.list_graph = options_.list_graph;
    graph.question = options_.question;
    graph.proceed = std::move(proceed);
    loads_.Fill(graph);
    return callgraph::Analyze(units_, graph);
  }

  ProgramAnalysis Finish(callgraph::Result result) {
    ProgramAnalysis analysis;
    analysis.policy = std::move(result.policy);
    analysis.statistics = result.statistics;
    analysis.candidates = std::move(result.candidates);
    analysis.explanation = std::move(result.explanation);
    analysis.edges = std::move(result.edges);
    analysis.reachable = std::move(result.reachable);
    analysis.files = loading_.files();
    for (const binalyzer::LoadedFile& file : analysis.files) {
      // A program that is being linked has no build id yet.
      if (options_.linked != nullptr && &file == &analysis.files.front()) {
        continue;
      }
      analysis.policy.modules.push_back(
          {.name = file.name, .build_id = file.info.build_id});
    }
    policy::Policy& policy = analysis.policy;
    policy.incomplete.insert(policy.incomplete.end(),
                             loads_.undecided().begin(),
                             loads_.undecided().end());
    Decide(overlay_, result.exports, analysis);
    policy::Normalize(policy);
    // A static program brings its libc along.
    if (!options_.exact && analysis.files.size() > 1) {
      policy::CloseOverFamilies(policy);
    }
    analysis.missing.assign(loads_.missing().begin(), loads_.missing().end());
    analysis.loads = std::move(result.loads);
    analysis.undefined = std::move(result.undefined);
    analysis.consulted = loading_.consulted();
    analysis.consulted.insert(analysis.consulted.end(),
                              loads_.consulted().begin(),
                              loads_.consulted().end());
    cache_.Trim();
    return analysis;
  }

  const ProgramOptions& options_;
  binalyzer::Loading loading_;
  const Overlay overlay_;
  RunTimeLoads loads_;
  ModuleCache cache_;
  std::vector<facts::UnitView> units_;
  ptrdiff_t read_ = 0;  // so many of the files
};

}  // namespace

absl::StatusOr<std::vector<facts::UnitView>> ReadModules(
    const std::vector<binalyzer::LoadedFile>& files, const ModuleCache& cache,
    bool progress) {
  std::vector<absl::StatusOr<facts::UnitView>> results(
      files.size(), absl::InternalError("not read"));
  // The largest first, so that no thread is left with it at the end.
  std::vector<size_t> order(files.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::vector<uint64_t> sizes;
  sizes.reserve(files.size());
  for (const auto& file : files) sizes.push_back(SizeOf(file.file));
  std::sort(order.begin(), order.end(), [&sizes](size_t a, size_t b) {
    return std::pair(sizes[b], a) < std::pair(sizes[a], b);
  });
  std::atomic<size_t> next = 0;
  std::mutex printing;
  size_t done = 0;
  auto work = [&] {
    for (size_t i; (i = next++) < order.size();) {
      PrintDetail(absl::StrCat("reading ", files[order[i]].path));
      results[order[i]] = cache.Facts(files[order[i]]);
      if (!progress || GetVerbosity() == Verbosity::kVerbose) continue;
      const std::lock_guard<std::mutex> lock(printing);
      std::fprintf(stderr, "\r%zu of %zu modules", ++done, files.size());
    }
  };
  std::vector<std::thread> threads;
  const size_t count = std::min<size_t>(
      std::max(1u, std::thread::hardware_concurrency()), files.size());
  for (size_t i = 1; i < count; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (progress && GetVerbosity() != Verbosity::kVerbose && !files.empty()) {
    std::fprintf(stderr, "\r\033[K");
  }
  std::vector<facts::UnitView> units;
  for (auto& result : results) {
    if (!result.ok()) return result.status();
    units.push_back(*std::move(result));
  }
  return units;
}

absl::StatusOr<ProgramAnalysis> AnalyzeProgram(const ProgramOptions& given) {
  ProgramOptions options = given;
  std::string destination;
  std::shared_ptr<const OriginalProgram> original;
  if (options.linked != nullptr) {
    destination = options.linked->output;
  } else {
    absl::StatusOr<std::shared_ptr<const OriginalProgram>> found =
        OriginalProgram::Of(options.program);
    if (!found.ok()) return found.status();
    original = *std::move(found);
    if (original != nullptr) {
      destination = std::move(options.program);
      options.program = original->file();
    }
  }
  absl::StatusOr<Overlay> overlay = ReadOverlay(options.overlay);
  if (!overlay.ok()) return overlay.status();
  absl::StatusOr<binalyzer::Loading> loading = binalyzer::Loading::OfProgram(
      options.program, {.root = options.root,
                        .hwcaps = binalyzer::MachineHwcaps(),
                        .legacy_hwcaps = binalyzer::MachineLegacyHwcaps(),
                        .platform = binalyzer::MachinePlatform(),
                        .destination = destination});
  if (!loading.ok()) return loading.status();
  absl::StatusOr<ProgramAnalysis> analysis =
      ProgramAnalyzer(options, *std::move(loading), *std::move(overlay)).Run();
  if (analysis.ok()) analysis->original = std::move(original);
  return analysis;
}

}  // namespace chestnut::driver
