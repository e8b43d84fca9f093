#ifndef CHESTNUT_FINALYZER_CORE_FILE_H_
#define CHESTNUT_FINALYZER_CORE_FILE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "finalyzer/violation.h"

// What the kernel leaves of a process that a filter killed (core(5); the notes
// are those of linux/elfcore.h, the layout that of x86-64).
namespace chestnut::finalyzer {

// Whether the bytes begin like a core file.
bool IsCoreFile(absl::string_view bytes);

// Callers are looked for on the stack as FindCallers does; whether a word is
// behind a call is asked of the file that was mapped there, if it can be read.
// InvalidArgument: cut off, of another machine, no process that SIGSYS ended.
absl::StatusOr<Violation> ReadCoreFile(absl::string_view bytes,
                                       absl::string_view origin);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_CORE_FILE_H_
