#ifndef CHESTNUT_FINALYZER_OBSERVATION_H_
#define CHESTNUT_FINALYZER_OBSERVATION_H_

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "policy/bpf.h"
#include "policy/model.h"

// What was seen of a program's calls.
namespace chestnut::finalyzer {

// A place in code: a file's base name and how far it is from where the file
// begins in memory. Without a module it is code that no file holds, or nobody
// could tell.
struct Place {
  std::string module;
  uint64_t offset = 0;

  auto operator<=>(const Place&) const = default;
};

// "libc.so.6+0xf7e40", or "unknown code".
std::string ToString(const Place& place);

// The way by which a call came in. Policies speak of the first only.
enum class Abi { kX86_64, kX32, kI386, kOther };
Abi AbiOf(const policy::SeccompData& data);
absl::string_view ToString(Abi abi);

// All that was seen of one argument. Values are kept where a policy may have a
// rule (syscalls::IsRuled), at most kMostValues of them; of the others only
// what kind they are.
struct ArgumentSeen {
  std::set<std::string> kinds;  // "zero", "positive", "negative", "address"
  std::set<uint64_t> values;
  bool any = false;  // more values than are kept

  bool operator==(const ArgumentSeen&) const = default;
};
inline constexpr size_t kMostValues = 256;

// How it was answered.
enum class Answer {
  kAllowed,    // the policy allows it
  kContinued,  // the policy lacks it, it was let through
  kDenied,     // the policy lacks it, it was refused
};
absl::string_view ToString(Answer answer);

// What makes two calls the same observation.
struct CallSite {
  // The policy's name for its program, else the executable's base name.
  std::string program;
  Abi abi = Abi::kX86_64;
  int number = 0;
  Answer answer = Answer::kContinued;
  Place place;  // behind the instruction that made the call

  auto operator<=>(const CallSite&) const = default;
};

struct Seen {
  std::map<int, ArgumentSeen> arguments;  // by index
  std::vector<Place> stack;               // callers, the nearest first
  uint64_t count = 0;

  bool operator==(const Seen&) const = default;
};

// Which calls were looked at.
enum class Recorded { kMissing, kAll };

struct Observations {
  std::string program;        // the policy's
  std::string policy_digest;  // ObservedDigest of the policy
  Recorded recorded = Recorded::kMissing;
  uint64_t runs = 0;
  // Everything was written down until the program and all that it started
  // ended. Without that, there may be more.
  bool complete = false;
  std::map<CallSite, Seen> calls;

  bool operator==(const Observations&) const = default;
};

// What binds observations to a policy: the digest of what it allows, whatever
// its mode, so that what was seen of a program built in mode notify counts for
// the same program in mode kill.
std::string ObservedDigest(const policy::Policy& policy);

// None yet.
Observations ObservationsOf(const policy::Policy& policy, Recorded recorded);

// Notes the values of a call's arguments.
void NoteArguments(const policy::SeccompData& data, Seen& seen);

// Adds what `more` holds to `all`. kInvalidArgument if they are of another
// program or policy, which the message names with `origin`.
absl::Status Merge(const Observations& more, absl::string_view origin,
                   Observations& all);

// kInvalidArgument, naming `origin`, if they are not of this policy.
absl::Status CheckBelongs(const Observations& observations,
                          const policy::Policy& policy,
                          absl::string_view origin);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_OBSERVATION_H_
