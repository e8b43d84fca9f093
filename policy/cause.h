#ifndef CHESTNUT_POLICY_CAUSE_H_
#define CHESTNUT_POLICY_CAUSE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/diff.h"
#include "policy/model.h"

// What made a policy change: the part of a commit, or of an upgrade, that a
// reviewer looks for.
namespace chestnut::policy {

// What is known of a program's code besides its policy.
struct Inventory {
  std::vector<std::string> functions;  // that can run; linkage names, sorted
  // Caller and callee, sorted.
  std::vector<std::pair<std::string, std::string>> edges;

  bool empty() const { return functions.empty(); }
};

struct Cause {
  enum class Kind {
    kNewLibrary,     // a module that was not loaded before
    kLibcChange,     // another build of the libc
    kLibraryChange,  // another build of another library
    kNewFunction,    // of the program itself
    kNewEdge,  // two functions that were there: one now leads to the other
    kNewSite,  // the function makes the call itself now
    kOtherArguments,  // the way was there, the values are others
    kByHand,          // somebody decided it: an overlay, refining
    kUnknown,         // the policies do not say
  };
  Kind kind = Kind::kUnknown;
  std::string subject;  // library, function, or "caller -> callee"
  std::string place;    // where it stands, as witnesses say it; may be empty
  std::string text;     // half a sentence

  bool operator==(const Cause&) const = default;
};

// "new-function" and so on: stable names, for programs.
absl::string_view ToString(Cause::Kind kind);
std::vector<Cause::Kind> AllCauseKinds();

// For each of `diff.calls` what made the change; of a call that was removed,
// what went away. `before` and `after` may be empty: then a function is new if
// no way of the other policy passes it.
std::vector<Cause> CausesOf(const Diff& diff, const Policy& was,
                            const Policy& is, const Inventory& before,
                            const Inventory& after);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_CAUSE_H_
