// The functions that the loader or a static program's start-up calls.
#include <algorithm>

#include "absl/strings/match.h"
#include "binalyzer/image_builder.h"

namespace chestnut::binalyzer {
namespace {

void AddFunction(const ImageContents& image, uint64_t address,
                 std::vector<StartupFunction>* out) {
  if (address != 0 && FindSegment(image, address) != nullptr) {
    out->push_back({address, kNoSymbol});
  }
}

// GCC of old: .ctors runs backwards, -1 and 0 frame it.
bool IsOldArray(absl::string_view name, absl::string_view which) {
  return name == which || absl::StartsWith(name, absl::StrCat(which, "."));
}

void ReadArrayOfSection(const ImageContents& image, const ImageSection& section,
                        ImageContents* out) {
  const absl::string_view name = section.name;
  auto is = [&](uint32_t type, absl::string_view prefix) {
    return section.type == type || IsOldArray(name, prefix);
  };
  if (is(SHT_PREINIT_ARRAY, ".preinit_array")) {
    ReadFunctionArray(image, section.range, &out->preinit);
  } else if (is(SHT_INIT_ARRAY, ".init_array") || IsOldArray(name, ".ctors")) {
    ReadFunctionArray(image, section.range, &out->init);
  } else if (is(SHT_FINI_ARRAY, ".fini_array") || IsOldArray(name, ".dtors")) {
    ReadFunctionArray(image, section.range, &out->fini);
  }
}

// Without PT_DYNAMIC the C library walks the arrays by symbols of the linker;
// the sections say as much. Without those, the code that walks them refers to
// them as to any data.
void ReadStaticArrays(ImageContents* image) {
  for (const ImageSection& section : image->sections) {
    // The pieces of _init and _fini in objects of crti.o and crtn.o.
    if (section.name == ".init") {
      AddFunction(*image, section.range.begin, &image->init);
    }
    ReadArrayOfSection(*image, section, image);
  }
  std::reverse(image->fini.begin(), image->fini.end());
  for (const ImageSection& section : image->sections) {
    if (section.name == ".fini") {
      AddFunction(*image, section.range.begin, &image->fini);
    }
  }
}

}  // namespace

void ReadFunctionArray(const ImageContents& image, AddressRange range,
                       std::vector<StartupFunction>* out) {
  auto add = [&](const ImageRelocation& relocation) {
    out->push_back(
        {RelocationTarget(image, relocation).value_or(0), relocation.symbol});
  };
  const uint64_t bytes =
      std::min<uint64_t>(MemoryFrom(image, range.begin).size(), range.size());
  const uint64_t end = range.begin + bytes / 8 * 8;
  for (uint64_t at = range.begin; at < end; at += 8) {
    if (const ImageRelocation* relocation = FindRelocation(image, at)) {
      add(*relocation);
    } else {
      AddFunction(image, MemoryWord(image, at, 8).value_or(0), out);
    }
  }
  // Zero-filled memory, of whatever size, holds what relocations put there.
  const auto& all = image.relocations;
  for (auto it = std::lower_bound(
           all.begin(), all.end(), end,
           [](const ImageRelocation& r, uint64_t a) { return r.address < a; });
       it != all.end() && it->address < range.end; ++it) {
    add(*it);
  }
}

void ReadArrays(ImageContents* image) {
  if (!image->dynamic.present) {
    ReadStaticArrays(image);
    return;
  }
  const StartupTags& tags = image->startup;
  ReadFunctionArray(*image, tags.preinit_array, &image->preinit);
  AddFunction(*image, tags.init, &image->init);
  ReadFunctionArray(*image, tags.init_array, &image->init);
  ReadFunctionArray(*image, tags.fini_array, &image->fini);
  std::reverse(image->fini.begin(), image->fini.end());
  AddFunction(*image, tags.fini, &image->fini);
}

}  // namespace chestnut::binalyzer
