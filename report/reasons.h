// The ways to the calls of policies, as trees on the page.
#ifndef CHESTNUT_REPORT_REASONS_H_
#define CHESTNUT_REPORT_REASONS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "policy/model.h"
#include "report/witness_tree.h"

namespace chestnut::report {

class Reasons {
 public:
  // `shared`: trees are data, of which the page's script makes trees when a
  // reader opens them, and what they name stands once on the page. Programs
  // with the same libraries name the same functions: a page of many policies
  // has a fifth of the size so.
  explicit Reasons(bool shared) : shared_(shared) {}

  // The tree of a policy; `id` is its section's.
  std::string Tree(const policy::Policy& policy, absl::string_view id);

  // Where the page says why a call is allowed: the end of a link.
  std::string Anchor(absl::string_view id, absl::string_view call) const;

  // What the shared trees name, for the end of the page. Empty if there is
  // nothing.
  std::string Names() const;

 private:
  void AddNode(const WitnessNode& start, absl::string_view id,
               std::string& out) const;
  void AddData(const WitnessNode& node, std::string& out);
  size_t IndexOf(absl::string_view name);

  const bool shared_;
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, size_t> indices_;
};

}  // namespace chestnut::report

#endif  // CHESTNUT_REPORT_REASONS_H_
