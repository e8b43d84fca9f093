// What the loader wants to know of an ELF file before it maps it. Much cheaper
// than an Image: nothing but program headers, dynamic section and notes is
// read.
#ifndef CHESTNUT_BINALYZER_LOAD_INFO_H_
#define CHESTNUT_BINALYZER_LOAD_INFO_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

struct LoadInfo {
  bool executable = false;  // ET_EXEC, or ET_DYN that is a program (PIE)
  bool dynamic = false;     // has PT_DYNAMIC
  std::string interpreter;  // PT_INTERP; empty if none
  std::string soname;       // all empty where there is none
  std::string rpath;
  std::string runpath;
  std::vector<std::string> needed;   // DT_NEEDED in order
  std::vector<std::string> filters;  // DT_FILTER, DT_AUXILIARY
  std::string build_id;              // lower-case hexadecimal
  bool bind_now = false;
  bool no_default_folders = false;  // DF_1_NODEFLIB
};

// `origin` names the file in errors. InvalidArgument: not an ELF file of
// x86-64 that can be loaded, or out of bounds somewhere.
absl::StatusOr<LoadInfo> ReadLoadInfo(absl::string_view bytes,
                                      absl::string_view origin);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_LOAD_INFO_H_
