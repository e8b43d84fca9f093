// Runs jobs in child processes, so many at a time.
#ifndef CHESTNUT_FRONTEND_WORKERS_H_
#define CHESTNUT_FRONTEND_WORKERS_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace chestnut::frontend {

// Calls job(i) for 0 <= i < count, each in a process of its own, so that a
// crash ends one job only, and done(i, status) in this process when it has
// ended. A job's status keeps its message; that of a job that crashed says so.
// `workers` is at least 1. Internal: a process cannot be started.
absl::Status RunJobs(
    size_t count, size_t workers,
    const std::function<absl::Status(size_t)>& job,
    const std::function<void(size_t, const absl::Status&)>& done);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_WORKERS_H_
