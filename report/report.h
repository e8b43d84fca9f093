#ifndef CHESTNUT_REPORT_REPORT_H_
#define CHESTNUT_REPORT_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "policy/model.h"

namespace chestnut::report {

struct Subject {
  std::string name;  // for people: the program, else the policy's file
  policy::Policy policy;
  // What it was when it was last kept: the page says what changed.
  std::optional<policy::Policy> before;
  // The policy of the same program by the other analysis (of its binary, where
  // `policy` is of its source): the page says what only one of them allows.
  std::optional<policy::Policy> other;
};

// One HTML page that needs nothing else, of some policies: what each allows and
// blocks, by group and danger, why, and through which library. The same
// subjects give the same bytes.
std::string WritePage(const std::vector<Subject>& subjects);

}  // namespace chestnut::report

#endif  // CHESTNUT_REPORT_REPORT_H_
