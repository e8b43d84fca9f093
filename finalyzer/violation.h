#ifndef CHESTNUT_FINALYZER_VIOLATION_H_
#define CHESTNUT_FINALYZER_VIOLATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "finalyzer/target.h"
#include "policy/bpf.h"
#include "policy/model.h"

// What is left of a call that a filter did not allow: the lines that a program
// in mode trap prints, records of the kernel's log (audit.h), a core file.
namespace chestnut::finalyzer {

struct Violation {
  enum class Source { kTrap, kAudit, kCore };
  // What became of the process.
  enum class Outcome { kKilled, kRefused, kLogged };
  Source source = Source::kTrap;
  Outcome outcome = Outcome::kKilled;
  std::string program;  // path or name; empty if the report does not say
  uint64_t thread = 0;
  policy::SeccompData data;
  bool has_arguments = false;
  uint64_t address = 0;  // behind the call's instruction; 0: not known
  // Return addresses, the nearest first.
  std::vector<uint64_t> callers;
  // Found by their look: those of earlier calls may be among them.
  bool callers_may_be_old = false;
  // Of a report in mode trap: where the executable begins in memory.
  std::optional<uint64_t> program_begin;
  // Of a core file: what was mapped.
  std::vector<Mapping> mappings;
};

struct Violations {
  std::vector<Violation> found;  // in their order
  int broken = 0;  // records that are cut off, or no records after all
};

// All that `bytes` holds, a core file or text with whatever between.
// InvalidArgument, naming `origin`: there is none, or a core file that is cut
// off or of a process that did not die of a filter.
absl::StatusOr<Violations> ReadViolations(absl::string_view bytes,
                                          absl::string_view origin);

// What somebody who expected the call, or did not, can do now: one line a step.
// `file`: what the user called the policy; `module`: the base name of the file
// that made the call, empty if nobody knows.
std::vector<std::string> NextSteps(const policy::Policy& policy,
                                   const std::string& file,
                                   const Violation& violation,
                                   const std::string& module);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_VIOLATION_H_
