#ifndef CHESTNUT_POLICY_DIFF_FORMATS_H_
#define CHESTNUT_POLICY_DIFF_FORMATS_H_

#include <string>
#include <vector>

#include "policy/cause.h"
#include "policy/diff.h"
#include "policy/model.h"

// Changes in the forms that code reviews and their tools read.
namespace chestnut::policy {

// A function that the code refers to and does not define. Of facts only:
// nobody knows yet what it does.
struct Reference {
  std::string symbol;
  std::string referrer;
  std::string place;
  bool removed = false;

  bool operator==(const Reference&) const = default;
};

struct ReviewedDiff {
  std::string program;  // for people
  std::string before;   // what was compared: paths as the user gave them
  std::string after;
  Diff diff;
  std::vector<Cause> causes;  // of diff.calls
  std::vector<Reference> references;

  // What was not there may be done now.
  bool grew() const;
  bool empty() const { return diff.empty() && references.empty(); }
};

// One object, docs/ci.md says its fields. Ends with a newline, as all of these.
std::string DiffJson(const ReviewedDiff& review);

// A log of the Static Analysis Results Interchange Format 2.1.0 (OASIS): a
// result for each change. Where the way to a call stands in source, that is the
// result's place, else the file that was compared.
std::string DiffSarif(const ReviewedDiff& review);

// For a comment at a pull request. Empty if nothing changed.
std::string DiffMarkdown(const ReviewedDiff& review);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_DIFF_FORMATS_H_
