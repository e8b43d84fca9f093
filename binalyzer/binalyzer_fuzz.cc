// libFuzzer target: arbitrary bytes as an ELF file or an archive of such.
// Whatever is accepted must be safe to walk, by everything that reads the
// file's structure, and the facts made of it must be facts.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "binalyzer/archive.h"
#include "binalyzer/data_objects.h"
#include "binalyzer/eh_frame.h"
#include "binalyzer/functions.h"
#include "binalyzer/image.h"
#include "binalyzer/module_facts.h"
#include "facts/reader.h"

namespace chestnut::binalyzer {
namespace {

uint64_t Walk(const Image& image) {
  uint64_t sum = image.ModuleName().size() + image.Identity().size();
  for (const ImageSymbol& symbol : image.symbols()) {
    sum +=
        symbol.name.size() + symbol.version.size() + symbol.version_file.size();
    sum += image.Word64At(symbol.address).value_or(0);
    sum += image.ExternAt(symbol.address);
  }
  for (const ImageRelocation& relocation : image.relocations()) {
    sum += image.TargetOf(relocation).value_or(0);
    sum += image.PointerAt(relocation.address)->address;
  }
  for (const PltStub& stub : image.plt()) {
    sum += image.BytesAt(stub.range.begin, stub.range.size())->size();
  }
  return sum;
}

uint64_t Walk(const Image& image, const FunctionTable& functions) {
  uint64_t sum = 0;
  uint64_t last = 0;
  for (const FunctionRange& function : functions.functions()) {
    // What callers rely on.
    if (function.range.begin < last ||
        function.range.end <= function.range.begin) {
      __builtin_trap();
    }
    last = function.range.end;
    sum += image.BytesAt(function.range.begin, function.range.size())->size();
    sum += functions.SymbolsAt(function.range.begin).size();
  }
  for (const FrameEntry& frame : functions.frames()) {
    const auto data = ReadLanguageData(image, frame);
    if (data.ok()) sum += data->landing_pads.size() + data->types.size();
  }
  return sum;
}

uint64_t Walk(const DataObjects& data) {
  uint64_t sum = 0;
  uint64_t last = 0;
  for (uint32_t i = 0; i < data.objects().size(); ++i) {
    const AddressRange range = data.objects()[i].range;
    if (range.begin < last || range.end <= range.begin) __builtin_trap();
    last = range.end;
    sum += data.ObjectsFor(range.begin).size();
    for (const DataReference& reference : data.References(i)) {
      sum += reference.target;
    }
  }
  return sum;
}

uint64_t WalkFacts(const Image& image) {
  ModuleStatistics statistics;
  auto bytes = ModuleFacts(image, {.statistics = &statistics});
  if (!bytes.ok()) return 0;
  // Every reader of the cache checks them so.
  const auto unit = facts::UnitView::Create(
      std::make_shared<const std::string>(*std::move(bytes)), "fuzz");
  if (!unit.ok()) __builtin_trap();
  return statistics.instructions + unit->bytes().size();
}

uint64_t ReadFile(absl::string_view bytes) {
  const auto image = Image::Read(bytes, "fuzz");
  if (!image.ok()) return 0;
  uint64_t sum = Walk(*image);
  const auto functions = FunctionTable::Find(*image);
  if (!functions.ok()) return sum;
  sum += Walk(*image, *functions);
  // Some references that code might have.
  std::vector<uint64_t> references;
  for (const ImageSegment& segment : image->segments()) {
    for (uint64_t i = 0; i < 4; ++i) {
      references.push_back(segment.address + segment.size / 4 * i);
    }
  }
  sum += Walk(DataObjects::Find(*image, *functions, references));
  return sum + WalkFacts(*image);
}

}  // namespace
}  // namespace chestnut::binalyzer

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace b = chestnut::binalyzer;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!b::IsArchive(bytes)) {
    volatile uint64_t sum = b::ReadFile(bytes);
    (void)sum;
    return 0;
  }
  const auto archive = b::ReadArchive(bytes, "fuzz");
  if (!archive.ok()) return 0;
  for (const b::ArchiveMember& member : archive->members) {
    volatile uint64_t sum = b::ReadFile(member.bytes);
    (void)sum;
  }
  return 0;
}
