#include "driver/symbols.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/image.h"
#include "support/file.h"

namespace chestnut::driver {

std::vector<Symbols::Function> Symbols::Read(const std::string& path) {
  std::vector<Function> functions;
  // Not mapped: a file that shrinks must not end whoever asks.
  absl::StatusOr<std::string> bytes = support::ReadFile(path);
  if (!bytes.ok()) return functions;
  absl::StatusOr<binalyzer::Image> image = binalyzer::Image::Read(*bytes, path);
  if (!image.ok() || image->segments().empty()) return functions;
  constexpr uint64_t kPage = 4096;
  const uint64_t base = image->segments().front().address / kPage * kPage;
  for (const binalyzer::ImageSymbol& symbol : image->symbols()) {
    const bool is_code =
        symbol.kind == binalyzer::SymbolKind::kFunction ||
        symbol.kind == binalyzer::SymbolKind::kIndirectFunction;
    if (!symbol.defined || !is_code || symbol.address < base) continue;
    const uint64_t begin = symbol.address - base;
    functions.push_back({begin, begin + std::max<uint64_t>(symbol.size, 1),
                         std::string(symbol.name)});
  }
  std::sort(functions.begin(), functions.end(),
            [](const Function& a, const Function& b) {
              return a.begin != b.begin ? a.begin < b.begin : a.name < b.name;
            });
  return functions;
}

std::string Symbols::Find(const std::string& path, uint64_t offset) {
  auto [file, is_new] = files_.try_emplace(path);
  if (is_new) file->second = Read(path);
  const std::vector<Function>& functions = file->second;
  auto after = std::upper_bound(functions.begin(), functions.end(), offset,
                                [](uint64_t at, const Function& function) {
                                  return at < function.begin;
                                });
  if (after == functions.begin()) return "";
  const uint64_t begin = (--after)->begin;
  // The first by name of those that begin at one place.
  while (after != functions.begin() && std::prev(after)->begin == begin) {
    --after;
  }
  // Behind a call that does not return stands the next function's first byte.
  if (offset > after->end) return "";
  return absl::StrCat(after->name, "+0x", absl::Hex(offset - begin));
}

}  // namespace chestnut::driver
