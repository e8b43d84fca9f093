#ifndef CHESTNUT_POLICY_DIFF_H_
#define CHESTNUT_POLICY_DIFF_H_

#include <string>
#include <vector>

#include "policy/model.h"

// What changed between two policies of a program.
namespace chestnut::policy {

struct CallChange {
  enum class Kind {
    kAdded,
    kRemoved,
    kRules  // allowed by both, with other arguments
  };
  Kind kind = Kind::kAdded;
  bool startup = false;  // of startup_calls
  // The rules let more through than before; also true of every added call.
  bool grew = false;
  Call was;  // of a call that was added: empty
  Call is;   // of a call that was removed: empty

  bool operator==(const CallChange&) const = default;
};

// A field of the policy as a whole, in the words of its JSON form.
struct FieldChange {
  std::string field;
  std::string was;
  std::string is;

  bool operator==(const FieldChange&) const = default;
};

struct Diff {
  std::vector<FieldChange> fields;    // mode, install_point, ...
  std::vector<CallChange> calls;      // by startup, then number
  std::vector<Incomplete> undecided;  // places that are new
  std::vector<Incomplete> decided;    // places that are gone
  // Libraries of which there is another build. By itself that changes nothing
  // that is allowed.
  std::vector<FieldChange> modules;

  // Whether both say the same to the kernel. Witnesses and modules do not
  // count.
  bool empty() const {
    return fields.empty() && calls.empty() && undecided.empty() &&
           decided.empty();
  }
  // Whether the second allows something that the first does not. A change of
  // mode or install point counts: it decides what the others are worth.
  bool grew() const;
};

// Both policies are in normal form.
Diff ComparePolicies(const Policy& was, const Policy& is);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_DIFF_H_
