#include "cli/diff_source.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/archive.h"
#include "binalyzer/elf.h"
#include "callgraph/analysis.h"
#include "cli/facts_source.h"
#include "cli/output.h"
#include "cli/policy_source.h"
#include "policy/diff.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

constexpr char kFactsMagic[] = "CHSTNFCT";  // facts/container.h

bool IsFacts(const std::string& bytes) {
  constexpr uint16_t kRelocatable = 1;  // ET_REL
  constexpr size_t kType = 16;
  if (binalyzer::IsArchive(bytes) || absl::StartsWith(bytes, kFactsMagic)) {
    return true;
  }
  return binalyzer::ElfFile::IsElf(bytes) && bytes.size() > kType &&
         static_cast<uint8_t>(bytes[kType]) == kRelocatable;
}

// Where code of a unit begins to run when nobody says: main, else all that
// others can call.
std::vector<std::string> EntriesOf(const std::vector<facts::UnitView>& units) {
  std::vector<std::string> entries;
  for (const facts::UnitView& unit : units) {
    if (unit.unit().symbols() == nullptr) continue;
    for (const facts::Symbol* symbol : *unit.unit().symbols()) {
      if (!symbol->defined() || symbol->type() != facts::SymbolType::function ||
          symbol->linkage() == facts::Linkage::internal) {
        continue;
      }
      const std::string name(unit.String(symbol->name()));
      if (name == "main") return {name};
      entries.push_back(name);
    }
  }
  return entries;
}

void KeepGraph(std::vector<std::string> functions,
               std::vector<std::pair<std::string, std::string>> edges,
               DiffSource& source) {
  source.inventory = {std::move(functions), std::move(edges)};
}

absl::StatusOr<DiffSource> OfFacts(const std::string& path) {
  absl::StatusOr<std::vector<facts::UnitView>> units = LoadOrMakeFacts(path);
  if (!units.ok()) return units.status();
  callgraph::Options options;
  options.program = path.substr(path.rfind('/') + 1);
  options.install_point = policy::InstallPoint::kEntry;
  options.entries = EntriesOf(*units);
  options.running = {};
  options.allow_undefined = true;
  options.list_graph = true;
  absl::StatusOr<callgraph::Result> result =
      callgraph::Analyze(*std::move(units), options);
  if (!result.ok()) {
    return absl::Status(result.status().code(),
                        absl::StrCat(path, ": ", result.status().message()));
  }
  DiffSource source;
  source.is_facts = true;
  source.policy = std::move(result->policy);
  for (const callgraph::UndefinedSymbol& entry : result->undefined) {
    source.references.push_back({.symbol = entry.symbol,
                                 .referrer = entry.referrer,
                                 .place = entry.place});
  }
  KeepGraph(std::move(result->reachable), std::move(result->edges), source);
  return source;
}

absl::StatusOr<DiffSource> OfProgram(const std::string& path,
                                     driver::ProgramOptions options) {
  options.program = path;
  options.list_graph = true;
  options.progress = ShowProgress();
  absl::StatusOr<driver::ProgramAnalysis> analysis =
      driver::AnalyzeProgram(options);
  if (!analysis.ok()) return analysis.status();
  DiffSource source;
  source.policy = std::move(analysis->policy);
  KeepGraph(std::move(analysis->reachable), std::move(analysis->edges), source);
  return source;
}

// Those of `a` whose symbol `b` does not refer to, the first of each.
std::vector<policy::Reference> Without(
    const std::vector<policy::Reference>& a,
    const std::vector<policy::Reference>& b) {
  std::vector<policy::Reference> rest;
  for (const policy::Reference& entry : a) {
    auto same = [&entry](const policy::Reference& other) {
      return other.symbol == entry.symbol;
    };
    if (std::any_of(b.begin(), b.end(), same) ||
        std::any_of(rest.begin(), rest.end(), same)) {
      continue;
    }
    rest.push_back(entry);
  }
  return rest;
}

}  // namespace

absl::StatusOr<DiffSource> LoadDiffSource(const std::string& path,
                                          driver::ProgramOptions options) {
  absl::StatusOr<std::string> bytes = support::ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  if (IsFacts(*bytes)) return OfFacts(path);
  absl::StatusOr<policy::Policy> kept = LoadPolicy(path);
  if (absl::IsNotFound(kept.status()) && binalyzer::ElfFile::IsElf(*bytes)) {
    return OfProgram(path, std::move(options));
  }
  if (!kept.ok()) return kept.status();
  DiffSource source;
  source.is_kept = true;
  source.policy = *std::move(kept);
  return source;
}

absl::StatusOr<policy::ReviewedDiff> Review(const std::string& before,
                                            const DiffSource& was,
                                            const std::string& after,
                                            const DiffSource& is) {
  if (was.is_facts != is.is_facts) {
    return absl::InvalidArgumentError(absl::StrCat(
        was.is_facts ? before : after,
        ": facts of a part of a program compare with other facts only; give "
        "policies or programs, or facts on both sides"));
  }
  policy::ReviewedDiff review;
  review.program = is.policy.program;
  review.before = before;
  review.after = after;
  policy::Policy old_policy = was.policy;
  // The names of their files are no difference of facts and programs.
  if (!was.is_kept || !is.is_kept) {
    for (policy::Module& module : old_policy.modules) {
      if (module.name == old_policy.program) module.name = is.policy.program;
    }
    old_policy.program = is.policy.program;
  }
  review.diff = ComparePolicies(old_policy, is.policy);
  review.causes =
      CausesOf(review.diff, was.policy, is.policy, was.inventory, is.inventory);
  review.references = Without(is.references, was.references);
  for (policy::Reference& entry : Without(was.references, is.references)) {
    entry.removed = true;
    review.references.push_back(std::move(entry));
  }
  return review;
}

}  // namespace chestnut::cli
