#include "callgraph/linker_symbols.h"

#include <algorithm>
#include <array>

namespace chestnut::callgraph {
namespace {

// Sorted.
constexpr std::array<absl::string_view, 32> kLinkerDefined = {
    "_DYNAMIC",
    "_GLOBAL_OFFSET_TABLE_",
    "_TLS_MODULE_BASE_",
    "__GNU_EH_FRAME_HDR",
    "__TMC_END__",
    "__bss_start",
    "__bss_start__",
    "__dso_handle",
    "__ehdr_start",
    "__etext",
    "__executable_start",
    "__fini_array_end",
    "__fini_array_start",
    "__init_array_end",
    "__init_array_start",
    "__preinit_array_end",
    "__preinit_array_start",
    "__rel_iplt_end",
    "__rel_iplt_start",
    "__rela_iplt_end",
    "__rela_iplt_start",
    "_begin",
    "_bss_end__",
    "_edata",
    "_end",
    "_etext",
    "_fbss",
    "_fdata",
    "_ftext",
    "edata",
    "end",
    "etext",
};

// `section` is `name` or `name.` and a priority.
bool IsSection(absl::string_view section, absl::string_view name) {
  if (section.substr(0, name.size()) != name) return false;
  return section.size() == name.size() || section[name.size()] == '.';
}

}  // namespace

bool IsLinkerDefined(absl::string_view name) {
  return std::binary_search(kLinkerDefined.begin(), kLinkerDefined.end(), name);
}

bool IsStartupArray(absl::string_view section) {
  return IsSection(section, ".preinit_array") ||
         IsSection(section, ".init_array") || IsSection(section, ".ctors");
}

bool IsExitArray(absl::string_view section) {
  return IsSection(section, ".fini_array") || IsSection(section, ".dtors");
}

}  // namespace chestnut::callgraph
