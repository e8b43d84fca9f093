// How policies are shown to people.
#ifndef CHESTNUT_CLI_TEXT_H_
#define CHESTNUT_CLI_TEXT_H_

#include <string>
#include <vector>

#include "policy/diff.h"
#include "policy/diff_formats.h"
#include "policy/model.h"

namespace chestnut::cli {

// The name that the policy has for its program, "the program" if none.
std::string ProgramName(const policy::Policy& policy);

// "kill (SIGSYS)", "fail with errno 1": what a call outside the policy does.
std::string ModeText(const policy::Policy& policy);

// The rules on a call's arguments in one line, empty if there are none.
std::string RulesText(const policy::Call& call);

// "/bin/sh -c 'ls' by system at watch.c:7".
std::string ExecutionText(const policy::Execution& execution);

// What is chosen for programs that it executes, then one a line; empty where
// there is nothing to say.
std::string ExecutionsText(const policy::Policy& policy);

// The whole policy: what it is, then one call a line, then what it executes.
std::string PolicyText(const policy::Policy& policy,
                       const std::vector<policy::Call>& calls);

// The chain from a root to the call, one step a line.
std::string WitnessText(const policy::Call& call);
std::string WitnessText(const std::vector<policy::WitnessStep>& witness);

// What changed, one change a line, each new call with its chain. Empty if
// nothing did.
std::string DiffText(const policy::Diff& diff);

// The same with what made each change.
std::string ReviewText(const policy::ReviewedDiff& review);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_TEXT_H_
