// The oracle: linked into a program built with
// -fsanitize-coverage=indirect-calls,trace-pc-guard, it reports who called whom
// indirectly. Every new pair is appended to ORACLE_FILE at once, so nothing is
// lost when the program ends by _exit or a signal, and children report too.
//
// The coverage pass calls it from everywhere, libc's first instructions and
// signal handlers included: no libc, no allocation, no thread-local storage, no
// lock. A record is two native 64-bit words, relative to the ELF header: the
// return address of the indirect call's report and the callee.
#include <stdatomic.h>
#include <stdint.h>

#ifndef ORACLE_FILE
#error "ORACLE_FILE must name the file that collects the pairs"
#endif

enum { kSlots = 1 << 18, kOpenFlags = 02001 | 0100 | 02000000 };

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

// Each slot holds caller << 32 | callee, both below 4 GB as offsets in the
// file.
static _Atomic uint64_t seen[kSlots];

static long Call3(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return result;
}

enum { kWrite = 1, kOpen = 2, kClose = 3, kExitGroup = 231 };

static void Report(uint64_t caller, uint64_t callee) {
  const uint64_t record[2] = {caller, callee};
  long file = Call3(kOpen, (long)ORACLE_FILE, kOpenFlags, 0600);
  // A pair that cannot be written down would be a miss unnoticed.
  if (file < 0 ||
      Call3(kWrite, file, (long)record, sizeof record) != sizeof record) {
    Call3(kExitGroup, 97, 0, 0);
  }
  Call3(kClose, file, 0, 0);
}

// True when the pair was not there yet. A full table reports every time.
static int Insert(uint64_t key) {
  uint64_t slot = (key * 0x9e3779b97f4a7c15u) >> 46;
  for (int probe = 0; probe < 64; ++probe, slot = (slot + 1) % kSlots) {
    uint64_t expected = 0;
    if (atomic_compare_exchange_strong_explicit(&seen[slot], &expected, key,
                                                memory_order_relaxed,
                                                memory_order_relaxed)) {
      return 1;
    }
    if (expected == key) return 0;
  }
  return 1;
}

void __sanitizer_cov_trace_pc_indir(uintptr_t callee) {
  const uint64_t base = (uintptr_t)__ehdr_start;
  const uint64_t caller = (uintptr_t)__builtin_return_address(0) - base;
  // A null callee is about to crash the program by itself.
  if (callee == 0) return;
  if (Insert(caller << 32 | ((callee - base) & 0xffffffff)))
    Report(caller, callee - base);
}

void __sanitizer_cov_trace_pc_guard(uint32_t* guard) { (void)guard; }

void __sanitizer_cov_trace_pc_guard_init(uint32_t* start, uint32_t* stop) {
  (void)start;
  (void)stop;
}
