#include <vector>

#include "policy/verdict.h"

// Only calls whose absence a library really handles are here, and none with
// which an attacker's try should go unnoticed for no gain (execveat is left out
// although fexecve has a fallback).
namespace chestnut::policy {

const std::vector<ProbedCall>& ProbedCalls() {
  static const auto* const kCalls = new std::vector<ProbedCall>{
      {273, "set_robust_list: musl and glibc note its absence and go on"},
      {316, "renameat2: glibc falls back to renameat where no flag is given"},
      {318, "getrandom: glibc's arc4random and musl fall back to a device"},
      {324, "membarrier: musl falls back to signals"},
      {325, "mlock2: glibc falls back to mlock where no flag is given"},
      {326, "copy_file_range: copying programs fall back to read and write"},
      {327, "preadv2: glibc falls back to preadv where no flag is given"},
      {328, "pwritev2: glibc falls back to pwritev where no flag is given"},
      {332, "statx: musl and coreutils fall back to newfstatat"},
      {334, "rseq: glibc registers it at start and does without"},
      {424, "pidfd_send_signal: libraries fall back to kill"},
      {425,
       "io_uring: it would go around the filter; users fall back to epoll"},
      {426,
       "io_uring: it would go around the filter; users fall back to epoll"},
      {427,
       "io_uring: it would go around the filter; users fall back to epoll"},
      {434, "pidfd_open: libraries fall back to process numbers"},
      {435, "clone3: glibc falls back to clone"},
      {436, "close_range: glibc's closefrom falls back to /proc/self/fd"},
      {437, "openat2: libraries fall back to openat"},
      {439, "faccessat2: glibc and musl fall back to faccessat"},
      {441, "epoll_pwait2: libraries fall back to epoll_pwait"},
      {444,
       "landlock_create_ruleset: its absence is how programs learn that "
       "the kernel has no Landlock"},
      {449, "futex_waitv: users fall back to futex"},
      {452, "fchmodat2: glibc and musl fall back to /proc/self/fd"},
      {453, "map_shadow_stack: glibc does without shadow stacks"},
      {454, "futex_wake: users fall back to futex"},
      {455, "futex_wait: users fall back to futex"},
      {456, "futex_requeue: users fall back to futex"},
      {462, "mseal: glibc does without sealing"},
  };
  return *kCalls;
}

}  // namespace chestnut::policy
