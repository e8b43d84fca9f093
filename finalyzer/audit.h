#ifndef CHESTNUT_FINALYZER_AUDIT_H_
#define CHESTNUT_FINALYZER_AUDIT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "finalyzer/observation.h"

// What the kernel wrote down of calls that a filter logged or killed for
// (type=1326, AUDIT_SECCOMP), in the form of the kernel's own log
// ("audit: type=1326 audit(...): ... exe="/bin/x" sig=0 arch=c000003e
// syscall=39 compat=0 ip=0x7f... code=0x7ffc0000") and of auditd's
// ("type=SECCOMP msg=audit(...): ..."; with ENRICHED logs more follows).
namespace chestnut::finalyzer {

// One record, as it is written.
struct AuditRecord {
  std::string executable;  // path
  uint64_t process = 0;
  uint64_t signal = 0;  // 0: the process went on
  uint64_t architecture = 0;
  uint64_t number = 0;
  uint64_t address = 0;  // behind the instruction
  uint64_t code = 0;     // what the filter answered
};

// Whether the line begins like a record, and the record if it is whole.
bool IsAuditRecord(absl::string_view line);
std::optional<AuditRecord> ParseAuditRecord(absl::string_view line);

// Whether the filter did not simply allow the call.
bool WasMissing(const AuditRecord& record);

struct AuditCounts {
  int records = 0;  // of the program
  int others = 0;   // of other programs
  int broken = 0;   // lines that begin like a record and are none, or cut off
};

// Adds the records of programs whose executable has one of the base names
// `names` to `observations`, as its program's. They have no arguments and no
// place: an address is of no use without the process's mappings. Lines that are
// no seccomp records are passed over.
AuditCounts ReadAudit(absl::string_view text,
                      const std::vector<std::string>& names,
                      Observations& observations);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_AUDIT_H_
