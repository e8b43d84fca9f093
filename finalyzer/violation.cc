#include "finalyzer/violation.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "finalyzer/audit.h"
#include "finalyzer/core_file.h"
#include "finalyzer/describe.h"
#include "finalyzer/observation.h"
#include "policy/verdict.h"
#include "support/file.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

constexpr size_t kArguments = 6;

// "0x1f 0x20 ...", as far as they are such.
std::vector<uint64_t> Addresses(absl::string_view text) {
  std::vector<uint64_t> values;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    uint64_t value = 0;
    if (!absl::ConsumePrefix(&word, "0x") ||
        !absl::SimpleHexAtoi(word, &value)) {
      break;
    }
    values.push_back(value);
  }
  return values;
}

// "chestnut: getpid (39) is not allowed; thread 12, address 0x1f", of which
// runtime/trap.h writes the words.
std::optional<Violation> ParseTrapHead(absl::string_view line) {
  const size_t begin = line.find("chestnut: ");
  if (begin == absl::string_view::npos) return std::nullopt;
  line.remove_prefix(begin + sizeof("chestnut: ") - 1);
  const size_t denied = line.find(" is not allowed");
  const size_t thread = line.find("; thread ");
  const size_t address = line.find(", address 0x");
  if (denied == absl::string_view::npos || thread == absl::string_view::npos ||
      address == absl::string_view::npos || address < thread ||
      thread < denied) {
    return std::nullopt;
  }
  Violation violation;
  absl::string_view call = line.substr(0, denied);
  // "getpid (39)", or "call 600" of those without a name.
  absl::ConsumeSuffix(&call, ")");
  const size_t number = call.find_last_of("( ");
  const size_t digits = thread + sizeof("; thread ") - 1;
  const std::vector<uint64_t> at = Addresses(line.substr(address + 10));
  if (number == absl::string_view::npos || at.empty() ||
      !absl::SimpleAtoi(call.substr(number + 1), &violation.data.number) ||
      !absl::SimpleAtoi(line.substr(digits, address - digits),
                        &violation.thread)) {
    return std::nullopt;
  }
  violation.data.architecture = policy::kArchitectureX86_64;
  violation.address = at.front();
  return violation;
}

// The lines that follow the first one; others may stand between.
void ParseTrapTail(absl::string_view line, Violation& violation) {
  const size_t begin = line.find("chestnut: ");
  if (begin == absl::string_view::npos) return;
  line.remove_prefix(begin + sizeof("chestnut: ") - 1);
  if (absl::ConsumePrefix(&line, "arguments ")) {
    const std::vector<uint64_t> values = Addresses(line);
    if (values.size() != kArguments) return;
    std::copy(values.begin(), values.end(), violation.data.arguments.begin());
    violation.has_arguments = true;
  } else if (absl::ConsumePrefix(&line, "program at ")) {
    const std::vector<uint64_t> at = Addresses(line.substr(0, line.find(',')));
    if (!at.empty()) violation.program_begin = at.front();
    const size_t from = line.find("called from");
    if (from == absl::string_view::npos) return;
    // By frame pointers first; where those end early, by their look.
    absl::string_view callers = line.substr(from + sizeof("called from") - 1);
    const size_t guess = callers.find(" perhaps");
    violation.callers = Addresses(callers.substr(0, guess));
    if (guess == absl::string_view::npos) return;
    violation.callers_may_be_old = true;
    for (uint64_t caller : Addresses(callers.substr(guess + 8))) {
      violation.callers.push_back(caller);
    }
  } else if (absl::ConsumePrefix(&line, "why: chestnut explain ")) {
    const size_t space = line.rfind(' ');
    violation.program = std::string(line.substr(0, space));
  }
}

Violation OfRecord(const AuditRecord& record) {
  Violation violation;
  violation.source = Violation::Source::kAudit;
  const uint64_t action = record.code & ~uint64_t{policy::kReturnDataMask};
  violation.outcome = action == policy::kReturnLog ? Violation::Outcome::kLogged
                      : action == policy::kReturnErrno
                          ? Violation::Outcome::kRefused
                          : Violation::Outcome::kKilled;
  violation.program = record.executable;
  violation.thread = record.process;
  violation.data.number = static_cast<uint32_t>(record.number);
  violation.data.architecture = static_cast<uint32_t>(record.architecture);
  violation.address = record.address;
  return violation;
}

}  // namespace

absl::StatusOr<Violations> ReadViolations(absl::string_view bytes,
                                          absl::string_view origin) {
  Violations result;
  if (IsCoreFile(bytes)) {
    absl::StatusOr<Violation> violation = ReadCoreFile(bytes, origin);
    if (!violation.ok()) return violation.status();
    result.found.push_back(*std::move(violation));
    return result;
  }
  for (absl::string_view line : absl::StrSplit(bytes, '\n')) {
    absl::ConsumeSuffix(&line, "\r");
    if (IsAuditRecord(line)) {
      const std::optional<AuditRecord> record = ParseAuditRecord(line);
      if (!record) {
        ++result.broken;
      } else if (WasMissing(*record)) {
        result.found.push_back(OfRecord(*record));
      }
    } else if (std::optional<Violation> head = ParseTrapHead(line)) {
      result.found.push_back(*std::move(head));
    } else if (!result.found.empty() &&
               result.found.back().source == Violation::Source::kTrap) {
      ParseTrapTail(line, result.found.back());
    }
  }
  if (!result.found.empty()) return result;
  return absl::InvalidArgumentError(
      absl::StrCat(origin, ": holds no denied call",
                   result.broken > 0 ? " that is not cut off" : "",
                   "; give what a program in mode trap printed, the kernel's "
                   "log (type=1326, "
                   "journalctl -k), or a core file"));
}

std::vector<std::string> NextSteps(const policy::Policy& policy,
                                   const std::string& file,
                                   const Violation& violation,
                                   const std::string& module) {
  const std::string name = NameOf(violation.data);
  if (AbiOf(violation.data) != Abi::kX86_64) {
    return {
        "find out who makes calls of another ABI: no program of today needs "
        "them, exploits use them"};
  }
  const std::string program(support::BaseName(violation.program));
  if (!program.empty() && program != policy.program &&
      module != policy.program) {
    return {absl::StrCat("chestnut refine ", file,
                         " --exec block -o NEW       (it shall not execute "
                         "other programs)"),
            absl::StrCat("chestnut refine ", file,
                         " --observed O --add --exec shared -o NEW   (they "
                         "share one filter)")};
  }
  const int number = static_cast<int>(violation.data.number);
  const std::vector<policy::Call> enforced = EnforcedCalls(policy);
  const policy::Call* call = FindCall(enforced, number);
  const std::string learn =
      absl::StrCat("chestnut run --policy ", file,
                   " --learn --observed O -- PROGRAM && chestnut refine ", file,
                   " --observed O --add -o NEW");
  if (call != nullptr && call->arguments.empty()) {
    return {
        "this policy allows it: the process ran under another one; start "
        "it again, or build it again with this policy"};
  }
  if (call != nullptr) {
    return {absl::StrCat(learn, "   (widens the rule)")};
  }
  const bool known_module =
      module.empty() || module == policy.program || policy.modules.empty() ||
      std::any_of(
          policy.modules.begin(), policy.modules.end(),
          [&](const policy::Module& known) { return known.name == module; });
  if (!known_module) {
    return {absl::StrCat("chestnut analyze PROGRAM --module ", module,
                         " -o NEW   (then its calls are in the policy)")};
  }
  std::vector<std::string> steps;
  if (!policy.incomplete.empty()) {
    steps.push_back(
        absl::StrCat("decide ", policy.incomplete.front().place,
                     " in an overlay (chestnut analyze --overlay O)"));
  }
  steps.push_back(absl::StrCat("chestnut explain ", file, " ", name,
                               " --not   (where it could come from)"));
  steps.push_back(absl::StrCat("chestnut check ", file,
                               "   (whether what is installed has changed)"));
  steps.push_back(absl::StrCat(learn, "   (if the program may do it)"));
  steps.emplace_back(
      "if nothing of this explains it, somebody made the program do what it "
      "was not written for");
  return steps;
}

}  // namespace chestnut::finalyzer
