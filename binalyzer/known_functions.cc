#include "binalyzer/known_functions.h"

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "facts/executing.h"

namespace chestnut::binalyzer {

bool NeverReturns(absl::string_view name) {
  // Only reserved names: others may be of a function that returns.
  static const auto* const kNames = new absl::flat_hash_set<absl::string_view>{
      // C and POSIX.
      "abort",
      "exit",
      "_exit",
      "_Exit",
      "quick_exit",
      "longjmp",
      "_longjmp",
      "siglongjmp",
      "pthread_exit",
      "thrd_exit",
      // glibc and musl.
      "__assert_fail",
      "__assert_perror_fail",
      "__assert",
      "__chk_fail",
      "__fortify_fail",
      "__fortify_chk_fail",
      "__libc_fatal",
      "__libc_longjmp",
      "__libc_siglongjmp",
      "__libc_start_main",
      "__longjmp_chk",
      "__stack_chk_fail",
      "__pthread_unwind_next",
      "__pthread_unwind",
      "__cxa_pure_virtual",
      // The C++ runtime.
      "__cxa_bad_cast",
      "__cxa_bad_typeid",
      "__cxa_call_terminate",
      "__cxa_call_unexpected",
      "__cxa_deleted_virtual",
      "__cxa_rethrow",
      "__cxa_throw",
      "__cxa_throw_bad_array_new_length",
      "__cxa_throw_bad_array_length",
      "_Unwind_Resume",
      "_ZSt9terminatev",
      "_ZSt10unexpectedv",
      "_ZSt17__throw_bad_allocv",
      "_ZSt28__throw_bad_array_new_lengthv",
      "_ZSt16__throw_bad_castv",
      "_ZSt18__throw_bad_typeidv",
      "_ZSt21__throw_bad_exceptionv",
      "_ZSt19__throw_logic_errorPKc",
      "_ZSt20__throw_domain_errorPKc",
      "_ZSt24__throw_invalid_argumentPKc",
      "_ZSt20__throw_length_errorPKc",
      "_ZSt20__throw_out_of_rangePKc",
      "_ZSt24__throw_out_of_range_fmtPKcz",
      "_ZSt21__throw_runtime_errorPKc",
      "_ZSt19__throw_range_errorPKc",
      "_ZSt22__throw_overflow_errorPKc",
      "_ZSt23__throw_underflow_errorPKc",
      "_ZSt19__throw_ios_failurePKc",
      "_ZSt19__throw_ios_failurePKci",
      "_ZSt20__throw_system_errori",
      "_ZSt25__throw_bad_function_callv",
      "_ZSt19__throw_regex_errorNSt15regex_constants10error_typeE",
      "_ZSt20__throw_future_errori",
      "_ZSt21__glibcxx_assert_failPKciS0_S0_",
  };
  return kNames->contains(name);
}

bool ReturnsTwice(absl::string_view name) {
  static const auto* const kNames = new absl::flat_hash_set<absl::string_view>{
      "setjmp",  "_setjmp",    "sigsetjmp",   "__sigsetjmp",        "vfork",
      "__vfork", "getcontext", "swapcontext", "__sigsetjmp_cancel", "savectx",
  };
  return kNames->contains(name);
}

bool JumpsBack(absl::string_view name) {
  static const auto* const kNames = new absl::flat_hash_set<absl::string_view>{
      "longjmp",         "_longjmp",   "siglongjmp",  "__longjmp",
      "____longjmp_chk", "setcontext", "swapcontext",
  };
  return kNames->contains(name);
}

bool WritesAsDeclared(absl::string_view name) {
  static const auto* const kNames = new absl::flat_hash_set<absl::string_view>{
      // C and POSIX.
      "memcpy",
      "memmove",
      "memset",
      "setjmp",
      "_setjmp",
      "sigsetjmp",
      "fegetenv",
      "feholdexcept",
      // musl 1.2: the same under other names; the new thread's stack.
      "__memcpy_fwd_alias_1",
      "__setjmp",
      "__sigsetjmp",
      "__clone",
  };
  return kNames->contains(name);
}

unsigned WantedArguments(absl::string_view name) {
  constexpr unsigned kAll = 0x3f;
  static const auto* const kWanted =
      new absl::flat_hash_map<absl::string_view, unsigned>{
          {"syscall", kAll},
          {"__syscall_cancel", kAll},
          // Those that policies restrict.
          {"mmap", 1 << 2},
          {"mmap64", 1 << 2},
          {"__mmap", 1 << 2},
          {"mprotect", 1 << 2},
          {"__mprotect", 1 << 2},
          {"pkey_mprotect", 1 << 2},
          {"clone", 1 << 2},
          {"__clone", 1 << 2},
          {"__clone2", 1 << 2},
          {"fcntl", 1 << 1},
          {"fcntl64", 1 << 1},
          {"__fcntl", 1 << 1},
          {"__libc_fcntl64", 1 << 1},
          {"ioctl", 1 << 1},
          {"__ioctl", 1 << 1},
          {"socket", 1 << 0 | 1 << 1},
          {"__socket", 1 << 0 | 1 << 1},
          {"socketpair", 1 << 0 | 1 << 1},
          {"prctl", 1 << 0},
          {"__prctl", 1 << 0},
          // Which of the functions that old programs pass is main.
          {"__libc_start_main", 1 << 0},
          // What is loaded.
          {"dlopen", 1 << 0},
          {"dlmopen", 1 << 1},
          {"dlsym", 1 << 1},
          {"dlvsym", 1 << 1 | 1 << 2},
          {"__libc_dlopen_mode", 1 << 0},
          {"__libc_dlsym", 1 << 1},
          {"iconv_open", 1 << 0 | 1 << 1},
          // Which part of a large function is used.
          {"sysconf", 1 << 0},
          {"__sysconf", 1 << 0},
          {"confstr", 1 << 0},
          {"pthread_mutexattr_setprotocol", 1 << 1},
          {"pthread_mutexattr_setrobust", 1 << 1},
          {"posix_spawnattr_setflags", 1 << 1},
          {"setlocale", 1 << 1},
          {"personality", 1 << 0},
          {"arch_prctl", 1 << 0},
          {"unshare", 1 << 0},
          {"setns", 1 << 1},
          {"madvise", 1 << 2},
      };
  if (auto found = kWanted->find(name); found != kWanted->end()) {
    return found->second;
  }
  // What is executed.
  const int program = NameArgument(name);
  return program < 0 ? 0 : 1u << static_cast<unsigned>(program);
}

int NameArgument(absl::string_view name) {
  if (name == "dlopen" || name == "__libc_dlopen_mode") return 0;
  if (name == "dlmopen" || name == "dlsym" || name == "dlvsym" ||
      name == "__libc_dlsym") {
    return 1;
  }
  const auto executing = facts::FindExecutingFunction(name);
  return executing ? executing->argument : -1;
}

}  // namespace chestnut::binalyzer
