#include "finalyzer/audit.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "finalyzer/observation.h"
#include "policy/bpf.h"
#include "support/file.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

// SECCOMP_RET_LOG and the killing ones are written down; what else is there
// was let through or denied by somebody else.
constexpr uint64_t kReturnKillThread = 0x00000000;

// The value of ` name=`; what is in quotes without them.
std::optional<absl::string_view> Field(absl::string_view line,
                                       absl::string_view name) {
  const std::string begin = absl::StrCat(" ", name, "=");
  const size_t at = line.find(begin);
  if (at == absl::string_view::npos) return std::nullopt;
  absl::string_view value = line.substr(at + begin.size());
  if (absl::ConsumePrefix(&value, "\"")) {
    const size_t end = value.find('"');
    if (end == absl::string_view::npos) return std::nullopt;
    return value.substr(0, end);
  }
  // auditd puts what it adds behind a group separator.
  return value.substr(0, value.find_first_of(" \x1d\r"));
}

// The kernel writes names with unusual bytes as hexadecimal without quotes.
std::optional<std::string> Path(absl::string_view line) {
  const std::optional<absl::string_view> value = Field(line, "exe");
  if (!value || value->empty()) return std::nullopt;
  if (absl::StrContains(line, " exe=\"")) return std::string(*value);
  if (value->size() % 2 != 0 ||
      !std::all_of(value->begin(), value->end(), [](char c) {
        return absl::ascii_isxdigit(static_cast<unsigned char>(c));
      })) {
    return std::nullopt;
  }
  return absl::HexStringToBytes(*value);
}

bool Hexadecimal(std::optional<absl::string_view> text, uint64_t& value) {
  if (!text) return false;
  absl::ConsumePrefix(&*text, "0x");
  return absl::SimpleHexAtoi(*text, &value);
}

uint64_t NumberOr0(std::optional<absl::string_view> text) {
  uint64_t value = 0;
  return text && absl::SimpleAtoi(*text, &value) ? value : 0;
}

void Note(const AuditRecord& record, Observations& observations) {
  policy::SeccompData data;
  data.number = static_cast<uint32_t>(record.number);
  data.architecture = static_cast<uint32_t>(record.architecture);
  CallSite site;
  site.program = observations.program;
  site.abi = AbiOf(data);
  site.number = static_cast<int>(data.number & ~syscalls::kX32Bit & 0x7fffffff);
  // Killed or let through: somebody wanted it, and the policy lacks it.
  site.answer = Answer::kContinued;
  Seen& seen = observations.calls[site];
  ++seen.count;
  const syscalls::Syscall* call =
      site.abi == Abi::kX86_64 ? syscalls::FindByNumber(site.number) : nullptr;
  if (call == nullptr) return;
  for (int i = 0; i < call->argument_count; ++i) {
    ArgumentSeen& argument = seen.arguments[i];
    argument.any = true;  // nobody wrote them down
    argument.values.clear();
  }
}

}  // namespace

bool IsAuditRecord(absl::string_view line) {
  return absl::StrContains(line, "type=1326 ") ||
         absl::StrContains(line, "type=SECCOMP ");
}

std::optional<AuditRecord> ParseAuditRecord(absl::string_view line) {
  AuditRecord record;
  const std::optional<std::string> path = Path(line);
  const std::optional<absl::string_view> number = Field(line, "syscall");
  // `code` stands last: with it the line is whole.
  if (!path || !number || !absl::SimpleAtoi(*number, &record.number) ||
      record.number > 0xffffffff ||
      !Hexadecimal(Field(line, "arch"), record.architecture) ||
      !Hexadecimal(Field(line, "code"), record.code)) {
    return std::nullopt;
  }
  record.executable = *path;
  record.process = NumberOr0(Field(line, "pid"));
  record.signal = NumberOr0(Field(line, "sig"));
  if (!Hexadecimal(Field(line, "ip"), record.address)) record.address = 0;
  return record;
}

bool WasMissing(const AuditRecord& record) {
  const uint64_t action = record.code & ~uint64_t{policy::kReturnDataMask};
  return action == policy::kReturnLog || action == policy::kReturnKillProcess ||
         action == kReturnKillThread || action == policy::kReturnTrap ||
         action == policy::kReturnErrno;
}

AuditCounts ReadAudit(absl::string_view text,
                      const std::vector<std::string>& names,
                      Observations& observations) {
  AuditCounts counts;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!IsAuditRecord(line)) continue;
    const std::optional<AuditRecord> record = ParseAuditRecord(line);
    if (!record) {
      ++counts.broken;
    } else if (std::find(names.begin(), names.end(),
                         support::BaseName(record->executable)) ==
                   names.end() ||
               !WasMissing(*record)) {
      ++counts.others;
    } else {
      ++counts.records;
      Note(*record, observations);
    }
  }
  return counts;
}

}  // namespace chestnut::finalyzer
