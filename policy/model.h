#ifndef CHESTNUT_POLICY_MODEL_H_
#define CHESTNUT_POLICY_MODEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// What a program may ask of the kernel, and why. docs/policy.schema.json says
// the same of the JSON form (policy/json.h).
namespace chestnut::policy {

// What is written; of two minor versions the older one if it can say all.
inline constexpr absl::string_view kSchemaVersion = "1.0";
// With exec_choice and executes.
inline constexpr absl::string_view kSchemaVersionOfExecs = "1.1";
inline constexpr absl::string_view kArchitecture = "x86_64";

// When the filter goes on.
enum class InstallPoint {
  kMain,    // before main, by the wrapper the link puts around it
  kEntry,   // at the ELF entry point
  kExec,    // before execve
  kManual,  // where the program calls chestnut_install()
};

// What happens at a call that is known and not allowed.
enum class Mode {
  kKill,   // the process dies of SIGSYS
  kErrno,  // the call fails with Policy::errno_value
  kTrap,   // a message that names the call, then exit status 159
  kLog,    // nothing but a line in the kernel's log
  kNotify  // a supervisor decides
};

// One link of the chain from a root to a system call.
struct WitnessStep {
  std::string function;
  std::string place;   // "cp.c:7", "libc.so.6+0xf7e40"; may be empty
  std::string reason;  // why the step before reaches this one, where it is not
                       // a plain call ("call by pointer field ops.open")

  bool operator==(const WitnessStep&) const = default;
};

// The argument must have one of `values`. All rules of a call hold together.
struct ArgumentRule {
  int index = 0;                 // 0 to 5
  int width = 64;                // bits compared: 32 or 64
  std::vector<uint64_t> values;  // ascending, without repetition, never empty

  bool operator==(const ArgumentRule&) const = default;
};

struct Call {
  std::string name;
  int number = 0;
  std::vector<ArgumentRule> arguments;  // by index, at most one each
  std::vector<WitnessStep> witness;     // from the root to the site

  bool operator==(const Call&) const = default;
};

// A place where the analysis does not know what can happen.
struct Incomplete {
  std::string place;
  std::string reason;
  // Of a call whose number is not known: the function that makes it. For who
  // knows such functions; no part of the file.
  std::string function = {};

  bool operator==(const Incomplete&) const = default;
};

// A file whose code the policy speaks of.
struct Module {
  std::string name;
  std::string build_id;  // hexadecimal; empty if it has none

  bool operator==(const Module&) const = default;
};

// A place that executes a program. A help for people who choose what those
// programs may do, no limit: the kernel does not look at file names.
struct Execution {
  std::string function;              // of libc, "execl"; "execve" for the call
  std::string program;               // as it is named there; empty: not known
  std::string command;               // for the shell; empty: none or not known
  std::vector<WitnessStep> witness;  // from the root to the place

  bool operator==(const Execution&) const = default;
};

// Of the program's filter and the programs that it executes. A filter stays on
// in those, whatever they put on besides.
enum class ExecChoice {
  kInherited,   // nobody has chosen: they run under the program's filter as is
  kBlock,       // none is executed
  kShared,      // the filter allows what they need
  kPerProgram,  // the same, and each has a narrower filter of its own
  kSupervised   // chestnut run asks a supervisor, which knows who calls
};

struct Policy {
  std::string schema_version = std::string(kSchemaVersion);
  std::string architecture = std::string(kArchitecture);
  std::string program;
  InstallPoint install_point = InstallPoint::kMain;
  Mode mode = Mode::kKill;
  int errno_value = 1;  // only of kErrno; EPERM unless given
  int max_known = 0;    // calls with larger numbers get ENOSYS; 0 is no policy
  std::vector<Incomplete> incomplete;
  std::vector<Module> modules;
  std::vector<Call> calls;          // after the install point, by number
  std::vector<Call> startup_calls;  // before it, by number
  ExecChoice exec_choice = ExecChoice::kInherited;
  std::vector<Execution> executes;  // under the filter; sorted

  bool operator==(const Policy&) const = default;
};

// A policy for the running table, with nothing allowed but what every program
// needs (policy/always.h).
Policy EmptyPolicy(absl::string_view program, InstallPoint install_point,
                   Mode mode);

// Brings a policy that was put together in any order into the one form that is
// written: calls by number, each once (of two entries for a call the rules are
// joined, a missing rule wins, the first witness stays), values masked to their
// width and sorted, `incomplete` and `executes` sorted, the latter with one
// entry for each function, program and command (the first with the shortest
// witness); modules keep the load order.
void Normalize(Policy& policy);

// Whether the policy can be compiled and written: normal form, numbers and
// names that fit, widths that the kernel reads, the always-needed calls there.
// The message says which call or field is wrong.
absl::Status Validate(const Policy& policy);

// The entry of `calls` with this number, or null.
const Call* FindCall(const std::vector<Call>& calls, int number);
// The entry would be gone with the calls.
const Call* FindCall(std::vector<Call>&& calls, int number) = delete;

absl::string_view ToString(InstallPoint install_point);
absl::string_view ToString(Mode mode);
absl::string_view ToString(ExecChoice choice);
std::optional<InstallPoint> ParseInstallPoint(absl::string_view text);
std::optional<Mode> ParseMode(absl::string_view text);
std::optional<ExecChoice> ParseExecChoice(absl::string_view text);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_MODEL_H_
