// libFuzzer target: arbitrary bytes as a facts section. Whatever is accepted
// must be safe to walk.
#include <cstddef>
#include <cstdint>

#include "facts/container.h"

namespace {

uint64_t Walk(const chestnut::facts::UnitView& view) {
  uint64_t sum = view.name().size();
  const chestnut::facts::Unit& unit = view.unit();
  if (unit.functions() == nullptr) return sum;
  for (const chestnut::facts::Function* function : *unit.functions()) {
    sum += view.SymbolName(function->symbol()).size();
    if (function->calls() == nullptr) continue;
    for (const chestnut::facts::Call* call : *function->calls()) {
      sum += view.String(call->file()).size();
    }
  }
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto units = chestnut::facts::ParseUnits(bytes, "fuzz");
  if (!units.ok()) return 0;
  volatile uint64_t sum = 0;
  for (const auto& unit : *units) sum = sum + Walk(unit);
  return 0;
}
