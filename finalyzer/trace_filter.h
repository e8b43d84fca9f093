#ifndef CHESTNUT_FINALYZER_TRACE_FILTER_H_
#define CHESTNUT_FINALYZER_TRACE_FILTER_H_

#include "absl/status/statusor.h"
#include "policy/bpf.h"

namespace chestnut::finalyzer {

// The filter that asks the supervisor about everything that `filter` asks it
// about or allows. Not asked about are the calls that must not be interrupted
// by a signal before the supervisor has them (seccomp_unotify(2): they would
// fail with EINTR): rt_sigreturn and restart_syscall, whose callers are not
// there to see an error; exit and exit_group, whose callers know of none; and
// uretprobe and uprobe, which the kernel makes. They are allowed. kInternal if
// it would be larger than the kernel takes.
absl::StatusOr<policy::Filter> TraceFilter(const policy::Filter& filter);

// Whether TraceFilter lets the call pass unasked.
bool IsNeverAsked(int number);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_TRACE_FILTER_H_
