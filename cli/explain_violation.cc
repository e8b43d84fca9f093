#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/explain.h"
#include "cli/installed_program.h"
#include "cli/text.h"
#include "driver/process.h"
#include "driver/report_places.h"
#include "driver/symbols.h"
#include "finalyzer/describe.h"
#include "finalyzer/observation.h"
#include "finalyzer/violation.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

using finalyzer::Mapping;
using finalyzer::Violation;

// Reports of a log that say the same.
struct Entry {
  const Violation* violation = nullptr;
  size_t times = 1;
};

bool Same(const Violation& a, const Violation& b) {
  return a.program == b.program && a.data.number == b.data.number &&
         a.data.architecture == b.data.architecture && a.outcome == b.outcome &&
         a.source == b.source && a.address % 4096 == b.address % 4096;
}

std::vector<Entry> Group(const std::vector<Violation>& violations) {
  std::vector<Entry> entries;
  for (const Violation& violation : violations) {
    auto known = std::find_if(
        entries.begin(), entries.end(),
        [&](const Entry& entry) { return Same(*entry.violation, violation); });
    if (known == entries.end()) {
      entries.push_back({&violation});
    } else {
      ++known->times;
    }
  }
  return entries;
}

std::string Name(const std::vector<Mapping>& mappings, uint64_t address,
                 driver::Symbols& symbols) {
  const finalyzer::Place place = PlaceOf(mappings, address);
  if (place.module.empty()) {
    return absl::StrCat("0x", absl::Hex(address), "  (nobody knows of what)");
  }
  const Mapping* mapping = FindMapping(mappings, address);
  const std::string symbol = symbols.Find(mapping->path, place.offset);
  return absl::StrCat(ToString(place), symbol.empty() ? "" : "  ", symbol);
}

std::string OutcomeText(Violation::Outcome outcome) {
  switch (outcome) {
    case Violation::Outcome::kKilled:
      return "was killed for";
    case Violation::Outcome::kRefused:
      return "was refused";
    case Violation::Outcome::kLogged:
      return "made, and went on after,";
  }
  return "";
}

std::string ArgumentsText(const Violation& violation) {
  if (!violation.has_arguments) return "";
  std::vector<std::string> values;
  values.reserve(violation.data.arguments.size());
  for (uint64_t value : violation.data.arguments) {
    values.push_back(absl::StrCat("0x", absl::Hex(value)));
  }
  return absl::StrCat("  arguments  ", absl::StrJoin(values, " "), "\n");
}

std::string StackText(const Violation& violation,
                      const std::vector<Mapping>& mappings,
                      driver::Symbols& symbols) {
  std::string text;
  if (violation.address != 0) {
    absl::StrAppend(&text, "  made at    ",
                    Name(mappings, violation.address, symbols), "\n");
  }
  const char* title =
      violation.callers_may_be_old ? "  perhaps by " : "  called by  ";
  for (uint64_t caller : violation.callers) {
    absl::StrAppend(&text, title, Name(mappings, caller, symbols), "\n");
    title = "             ";
  }
  return text;
}

std::string EntryText(const std::string& source, const policy::Policy& policy,
                      const Entry& entry, const std::vector<Mapping>& mappings,
                      driver::Symbols& symbols) {
  const Violation& violation = *entry.violation;
  const std::string name(support::BaseName(violation.program));
  const std::string program =
      name.empty() ? ProgramName(policy) : finalyzer::Printable(name);
  const std::string module = PlaceOf(mappings, violation.address).module;
  std::string text = absl::StrCat(
      program, " (",
      violation.source == Violation::Source::kTrap ? "thread " : "process ",
      violation.thread, ") ", OutcomeText(violation.outcome), " ",
      finalyzer::NameOf(violation.data),
      entry.times > 1 ? absl::StrCat(", ", entry.times, " times") : "", "\n",
      ArgumentsText(violation), StackText(violation, mappings, symbols));
  // Without the place nobody can say that the code was not analysed.
  const std::string known = module.empty() ? policy.program : module;
  const std::string why = finalyzer::Why(policy, name, known, violation.data);
  if (!why.empty() &&
      (violation.has_arguments ||
       FindCall(policy.calls, static_cast<int>(violation.data.number)) ==
           nullptr)) {
    absl::StrAppend(&text, "why: ", why, "\n");
  }
  for (const std::string& step : NextSteps(policy, source, violation, module)) {
    absl::StrAppend(&text, "next: ", step, "\n");
  }
  return text;
}

absl::StatusOr<std::string> ReadReport(const std::string& path) {
  return support::ReadFile(path == "-" ? "/dev/stdin" : path);
}

}  // namespace

absl::StatusOr<std::string> ViolationText(const std::string& source,
                                          const policy::Policy& policy,
                                          const driver::ProgramOptions& options,
                                          const std::string& report) {
  absl::StatusOr<std::string> bytes = ReadReport(report);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<finalyzer::Violations> violations =
      finalyzer::ReadViolations(*bytes, report);
  if (!violations.ok()) return violations.status();
  std::string program = options.program;
  if (program.empty()) {
    absl::StatusOr<std::string> found = ProgramOf(source, policy);
    if (found.ok()) program = *std::move(found);
  }
  std::string text;
  driver::Symbols symbols;
  for (const Entry& entry : Group(violations->found)) {
    const Violation& violation = *entry.violation;
    std::vector<Mapping> mappings = violation.mappings;
    const bool is_ours =
        violation.program.empty() ||
        support::BaseName(violation.program) == policy.program ||
        support::BaseName(violation.program) == support::BaseName(program);
    if (mappings.empty() && is_ours && !program.empty()) {
      absl::StatusOr<std::vector<Mapping>> known =
          driver::MappingsOfReport(violation, program);
      if (!known.ok()) return known.status();
      mappings = *std::move(known);
    }
    if (!text.empty()) text += "\n";
    text += EntryText(source, policy, entry, mappings, symbols);
  }
  if (violations->broken > 0) {
    driver::PrintNote(
        absl::StrCat(report, ": ", violations->broken, " records are cut off"));
  }
  return text;
}

}  // namespace chestnut::cli
