#ifndef CHESTNUT_POLICY_IMPORTS_H_
#define CHESTNUT_POLICY_IMPORTS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/model.h"

// Profiles that others wrote, as policies: to hold them against what a program
// needs. Calls have no witness.
namespace chestnut::policy {

struct Imported {
  // Install point `exec`. Where the profile's rules on an argument are not
  // "equal to one of these", the call stands without rules. Not to be
  // enforced: a profile that denies a list allows everything else here.
  Policy policy;
  // What was read in another way than the profile means it, for people.
  std::vector<std::string> notes;
};

// An OCI seccomp object, or Docker's superset of it. Of Docker's conditions
// `includes` and `excludes`: x86-64, the newest kernel, no capability is
// granted. Errors: kInvalidArgument that names `origin` and the field.
absl::StatusOr<Imported> ImportOci(absl::string_view text,
                                   absl::string_view origin);

// The calls of systemd's groups, by name ("@basic-io"); values may name groups.
using SystemdGroups = std::map<std::string, std::vector<std::string>>;

// What `systemd-analyze syscall-filter` prints: a group a paragraph, its
// members a line each, indented.
SystemdGroups ReadSystemdGroups(absl::string_view text);

// The [Service] settings SystemCallFilter= and SystemCallErrorNumber= of a unit
// or drop-in (systemd.exec(5)). Errors: kInvalidArgument that names `origin`
// and the line: no filter, a group that `groups` has not.
absl::StatusOr<Imported> ImportSystemd(absl::string_view text,
                                       absl::string_view origin,
                                       const SystemdGroups& groups);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_IMPORTS_H_
