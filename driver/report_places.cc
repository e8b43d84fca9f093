#include "driver/report_places.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "binalyzer/image.h"
#include "binalyzer/loading.h"
#include "driver/module_cache.h"
#include "driver/program_analysis.h"
#include "facts/reader.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

using finalyzer::Mapping;
using finalyzer::Violation;

constexpr uint64_t kPage = 4096;
constexpr uint64_t kInstruction = 2;  // bytes of `syscall`

struct Extent {
  bool fixed = false;  // linked to one address
  uint64_t begin = 0;
  uint64_t size = 0;
};

std::optional<Extent> ExtentOf(const std::string& file) {
  absl::StatusOr<std::string> bytes = support::ReadFile(file);
  if (!bytes.ok()) return std::nullopt;
  absl::StatusOr<binalyzer::Image> image = binalyzer::Image::Read(*bytes, file);
  if (!image.ok() || image->segments().empty()) return std::nullopt;
  Extent extent;
  extent.fixed = image->kind() == binalyzer::ImageKind::kExecutable;
  extent.begin = image->segments().front().address / kPage * kPage;
  extent.size = image->segments().back().end() - extent.begin;
  return extent;
}

void Add(const std::string& file, uint64_t begin, uint64_t size,
         std::vector<Mapping>& mappings) {
  mappings.push_back({.first = begin,
                      .end = begin + size,
                      .file_offset = 0,
                      .executable = true,
                      .path = file});
}

void AddExecutable(const std::string& file, const Violation& violation,
                   std::vector<Mapping>& mappings) {
  const std::optional<Extent> extent = ExtentOf(file);
  if (!extent) return;
  if (extent->fixed) {
    Add(file, extent->begin, extent->size, mappings);
  } else if (violation.program_begin) {
    Add(file, *violation.program_begin, extent->size, mappings);
  }
}

// Whether the site may have made the call from that address.
bool MayBe(const facts::UnitView& unit, const facts::SyscallSite& site,
           const Violation& violation) {
  if ((site.line() + kInstruction) % kPage != violation.address % kPage) {
    return false;
  }
  const facts::Value& number = *unit.unit().values()->Get(site.number());
  return number.kind() != facts::ValueKind::constant ||
         static_cast<uint32_t>(number.constant()) == violation.data.number;
}

absl::Status AddCaller(const std::vector<binalyzer::LoadedFile>& files,
                       const Violation& violation,
                       std::vector<Mapping>& mappings) {
  absl::StatusOr<std::vector<facts::UnitView>> units =
      ReadModules(files, ModuleCache(true), false);
  if (!units.ok()) return units.status();
  size_t matches = 0;
  const std::string* file = nullptr;
  uint64_t begin = 0;
  for (size_t i = 0; i < units->size(); ++i) {
    const facts::UnitView& unit = (*units)[i];
    if (unit.unit().functions() == nullptr) continue;
    for (const facts::Function* function : *unit.unit().functions()) {
      if (function->sites() == nullptr) continue;
      for (const facts::SyscallSite* site : *function->sites()) {
        if (!MayBe(unit, *site, violation)) continue;
        ++matches;
        file = &files[i].file;
        begin = violation.address - kInstruction - site->line();
      }
    }
  }
  if (matches != 1) return absl::OkStatus();
  const std::optional<Extent> extent = ExtentOf(*file);
  if (extent && !extent->fixed) Add(*file, begin, extent->size, mappings);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Mapping>> MappingsOfReport(
    const Violation& violation, const std::string& program) {
  if (!violation.mappings.empty()) return violation.mappings;
  absl::StatusOr<binalyzer::Loading> loading = binalyzer::Loading::OfProgram(
      program, {.root = "",
                .hwcaps = binalyzer::MachineHwcaps(),
                .legacy_hwcaps = binalyzer::MachineLegacyHwcaps(),
                .platform = binalyzer::MachinePlatform()});
  if (!loading.ok()) return loading.status();
  std::vector<Mapping> mappings;
  AddExecutable(loading->files().front().file, violation, mappings);
  if (violation.address != 0 &&
      finalyzer::FindMapping(mappings, violation.address) == nullptr) {
    absl::Status status = AddCaller(loading->files(), violation, mappings);
    if (!status.ok()) return status;
  }
  std::sort(
      mappings.begin(), mappings.end(),
      [](const Mapping& a, const Mapping& b) { return a.first < b.first; });
  return mappings;
}

}  // namespace chestnut::driver
