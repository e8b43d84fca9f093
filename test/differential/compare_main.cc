// Compares facts with the compiler's IR and lists the edges that they lack.
//
//   ir_facts FACTS IR [FACTS IR]...
//
// Prints one line an edge, then a summary. Exit status: 0 all edges are there,
// 1 some are missing or none was compared, 2 wrong use or unreadable input.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "facts/container.h"
#include "support/file.h"
#include "test/differential/compare.h"
#include "test/differential/ir_edges.h"

namespace chestnut::differential {
namespace {

struct Totals {
  Comparison comparison;
  std::map<std::string, int> library_intrinsics;
};

absl::StatusOr<facts::UnitView> ReadUnit(const std::string& path) {
  absl::StatusOr<std::string> bytes = support::ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<std::vector<facts::UnitView>> units =
      facts::ParseUnits(*bytes, path);
  if (!units.ok()) return units.status();
  if (units->size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", units->size(), " units instead of one"));
  }
  const facts::Unit& unit = units->front().unit();
  if (unit.errors() != nullptr && unit.errors()->size() > 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": facts of a unit with errors: ",
        std::string(units->front().String(unit.errors()->Get(0)))));
  }
  return units->front();
}

absl::Status ComparePair(const std::string& facts_path,
                         const std::string& ir_path, Totals& totals) {
  absl::StatusOr<facts::UnitView> facts = ReadUnit(facts_path);
  if (!facts.ok()) return facts.status();
  absl::StatusOr<IrUnit> ir = ReadIr(ir_path);
  if (!ir.ok()) return ir.status();
  Comparison comparison = Compare(*ir, *facts);
  for (const Missing& missing : comparison.missing) {
    std::printf("%s: %s\n", std::string(facts->name()).c_str(),
                missing.Text().c_str());
  }
  totals.comparison.Merge(comparison);
  for (const auto& [function, count] : ir->library_intrinsics) {
    totals.library_intrinsics[function] += count;
  }
  return absl::OkStatus();
}

void PrintSummary(const Totals& totals, int units) {
  const Comparison& sum = totals.comparison;
  for (const auto& [reason, count] : sum.excepted) {
    std::printf("excepted %d: %s\n", count, reason.c_str());
  }
  for (const auto& [function, count] : totals.library_intrinsics) {
    std::printf("left to the relocation check %d: %s\n", count,
                function.c_str());
  }
  std::printf("units %d, functions %d, objects %d, edges %d, missing %zu\n",
              units, sum.functions, sum.objects, sum.edges, sum.missing.size());
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.size() % 2 != 0) {
    std::fprintf(stderr, "chestnut: usage: ir_facts FACTS IR [FACTS IR]...\n");
    return 2;
  }
  Totals totals;
  for (size_t i = 0; i < arguments.size(); i += 2) {
    absl::Status status = ComparePair(arguments[i], arguments[i + 1], totals);
    if (!status.ok()) {
      std::fprintf(stderr, "chestnut: %s\n",
                   std::string(status.message()).c_str());
      return 2;
    }
  }
  PrintSummary(totals, static_cast<int>(arguments.size() / 2));
  if (totals.comparison.edges == 0) {
    std::fprintf(stderr, "chestnut: no edge was compared; is the IR empty?\n");
    return 1;
  }
  return totals.comparison.missing.empty() ? 0 : 1;
}

}  // namespace
}  // namespace chestnut::differential

int main(int argc, char** argv) {
  return chestnut::differential::Main(
      std::vector<std::string>(argv + 1, argv + argc));
}
