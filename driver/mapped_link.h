// The policy of a program that another build linked, from the linker's map.
#ifndef CHESTNUT_DRIVER_MAPPED_LINK_H_
#define CHESTNUT_DRIVER_MAPPED_LINK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "driver/options.h"
#include "policy/model.h"

namespace chestnut::driver {

struct MappedLink {
  std::string program;  // as the linker wrote it, with its symbol table
  std::string map;      // of the same link
  // What relative names in the map are relative to; empty: the map's folder.
  std::string folder;
  std::vector<std::string> wrapped;  // symbols given to that linker with --wrap
  // Every object below `folder` must have facts of its source.
  bool fail_on_missing = false;
  policy::InstallPoint install_point = policy::InstallPoint::kEntry;
  // mode, exact, overlay, unit_facts, policy_out and facts_out count.
  Options options;
};

struct MappedPolicy {
  policy::Policy policy;
  // Objects below the folder that have no facts of their source, and so were
  // read as machine code; for people, sorted.
  std::vector<std::string> missing;
};

// Objects and archive members are those of the map, libraries what the program
// needs. Errors name the file: one that is not there, a map of another link, a
// program without symbols, a symbol that looks wrapped and is not in `wrapped`.
absl::StatusOr<MappedPolicy> AnalyzeMappedLink(const MappedLink& link);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_MAPPED_LINK_H_
