#ifndef CHESTNUT_POLICY_FIT_H_
#define CHESTNUT_POLICY_FIT_H_

#include <string>
#include <vector>

#include "policy/model.h"

namespace chestnut::policy {

// A module that is not what the policy was made for. Build ids in hexadecimal.
struct ModuleChange {
  enum class Kind {
    kChanged,  // another build id
    kAdded,    // the policy does not know it
    kGone,     // it is not loaded any more
    kUnknown   // it has no build id, or had none: nobody can tell
  };
  std::string name;
  Kind kind = Kind::kChanged;
  std::string was;
  std::string is;

  bool operator==(const ModuleChange&) const = default;
};

// A call that is needed and that the policy does not allow as it is needed.
struct MissingCall {
  Call needed;
  // The call is allowed, but not with every argument.
  bool by_arguments = false;

  bool operator==(const MissingCall&) const = default;
};

// How a policy fits what is needed now.
struct Fit {
  std::vector<ModuleChange> modules;  // by name
  std::vector<MissingCall> missing;   // by number
  // What is needed now could not be found out here.
  std::vector<Incomplete> incomplete;
};

// What `needed` allows from its install point on and `policy` does not.
std::vector<MissingCall> MissingFrom(const Policy& policy,
                                     const Policy& needed);

// Holds `policy` against `now`, the policy of the same program for the same
// install point, made from what is installed. A program's own module counts
// only if `policy` lists it: a program that carries its policy cannot list
// itself. Where no module changed nothing else is compared: what was needed
// then is needed now, and `policy` may know more of the program (its source, a
// decision) than `now` does.
Fit CompareFit(const Policy& policy, const Policy& now);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_FIT_H_
