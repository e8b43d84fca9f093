#include "binalyzer/account.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace chestnut::binalyzer {
namespace {

// So many places are named; how many there are is always said.
constexpr size_t kMostPlaces = 20;

std::string Parts(const std::map<std::string, uint64_t>& counts) {
  std::vector<std::string> parts;
  parts.reserve(counts.size());
  for (const auto& [what, count] : counts) {
    parts.push_back(absl::StrCat(count, " ", what));
  }
  return parts.empty() ? "none" : absl::StrJoin(parts, "; ");
}

std::string Places(const std::vector<uint64_t>& addresses) {
  std::vector<std::string> places;
  for (uint64_t address : addresses) {
    if (places.size() == kMostPlaces) {
      places.push_back("...");
      break;
    }
    places.push_back(absl::StrFormat("+0x%x", address));
  }
  return absl::StrJoin(places, " ");
}

}  // namespace

uint64_t SumOf(const std::map<std::string, uint64_t>& counts) {
  uint64_t sum = 0;
  for (const auto& entry : counts) sum += entry.second;
  return sum;
}

std::vector<std::string> AccountLines(absl::string_view module,
                                      const ModuleStatistics& statistics) {
  std::vector<std::string> lines;
  auto add = [&](const auto&... parts) {
    lines.push_back(absl::StrCat(module, ": ", parts...));
  };
  add(statistics.code_bytes + statistics.padding_bytes,
      " bytes of code: ", Parts(statistics.function_bytes), "; ",
      statistics.padding_bytes, " padding");
  add(SumOf(statistics.functions),
      " ranges of functions: ", Parts(statistics.functions));
  add(SumOf(statistics.function_symbols),
      " function symbols: ", Parts(statistics.function_symbols));
  add(SumOf(statistics.symbols), " symbols: ", Parts(statistics.symbols));
  add(SumOf(statistics.relocations),
      " relocations: ", Parts(statistics.relocations));
  add(statistics.sites_constant + statistics.sites_parameter +
          statistics.sites_unknown,
      " system calls: ", statistics.sites_constant, " of a known number; ",
      statistics.sites_parameter, " of the caller's; ",
      statistics.sites_unknown, " unknown");
  if (!statistics.open_sites.empty()) {
    add("system calls without a number of their own: ",
        Places(statistics.open_sites));
  }
  if (!statistics.undecoded.empty()) {
    add(statistics.undecoded.size(), " places with bytes that are no ",
        "instruction: ", Places(statistics.undecoded));
  }
  return lines;
}

}  // namespace chestnut::binalyzer
