// Symbol versions (LSB: .gnu.version, .gnu.version_d, .gnu.version_r).
#include <algorithm>
#include <vector>

#include "binalyzer/image_builder.h"

namespace chestnut::binalyzer {
namespace {

// What an index of .gnu.version means.
struct Version {
  absl::string_view name;
  absl::string_view file;  // empty: defined here
};

class VersionReader {
 public:
  VersionReader(const VersionTables& tables, ImageContents* image)
      : tables_(tables), image_(*image) {}

  absl::Status Read() {
    if (tables_.versym == 0) return absl::OkStatus();
    if (tables_.verdef != 0 && !ReadDefinitions()) {
      return ImageError(image_, "broken version definitions");
    }
    if (tables_.verneed != 0 && !ReadNeeds()) {
      return ImageError(image_, "broken version needs");
    }
    absl::string_view indices;
    if (!MemorySlice(image_, tables_.versym, tables_.symbols * 2, &indices)) {
      return ImageError(image_, "symbol versions outside of the segments");
    }
    for (uint64_t i = 0; i < tables_.symbols; ++i) {
      const auto index = LoadAs<uint16_t>(indices, i);
      ImageSymbol& symbol = image_.symbols[i];
      symbol.version_hidden = symbol.defined && (index & 0x8000) != 0;
      const uint16_t number = index & 0x7fff;
      // 0 is local, 1 global without a version.
      if (number < 2) continue;
      if (number >= versions_.size()) {
        return ImageError(
            image_, absl::StrCat("symbol '", symbol.name, "' has version ",
                                 number, ", which there is not"));
      }
      symbol.version = versions_[number].name;
      symbol.version_file = versions_[number].file;
    }
    return absl::OkStatus();
  }

 private:
  bool Add(uint16_t index, Version version) {
    const uint16_t number = index & 0x7fff;
    if (number >= versions_.size()) versions_.resize(number + 1);
    versions_[number] = version;
    return true;
  }

  // Records are linked by offsets, which a hostile file may make tiny: no more
  // records than fit side by side.
  bool ReadDefinitions() {
    absl::string_view at = MemoryFrom(image_, tables_.verdef);
    uint64_t budget = at.size() / sizeof(Elf64_Verdaux);
    while (true) {
      if (at.size() < sizeof(Elf64_Verdef)) return false;
      const auto record = LoadAs<Elf64_Verdef>(at);
      if (record.vd_version != VER_DEF_CURRENT ||
          !ReadDefinition(record, at, &budget)) {
        return false;
      }
      if (record.vd_next == 0) return true;
      if (record.vd_next > at.size()) return false;
      at.remove_prefix(record.vd_next);
    }
  }

  bool ReadDefinition(const Elf64_Verdef& record, absl::string_view at,
                      uint64_t* budget) {
    VersionDefinition definition;
    definition.base = (record.vd_flags & VER_FLG_BASE) != 0;
    uint64_t offset = record.vd_aux;
    for (uint32_t i = 0; i < record.vd_cnt; ++i) {
      if (offset > at.size() || at.size() - offset < sizeof(Elf64_Verdaux) ||
          (*budget)-- == 0) {
        return false;
      }
      const auto aux = LoadAs<Elf64_Verdaux>(at.substr(offset));
      absl::string_view name;
      if (!TableString(tables_.strings, aux.vda_name, &name)) return false;
      if (i == 0) {
        definition.name = name;
      } else {
        definition.parents.push_back(name);
      }
      offset += aux.vda_next;
    }
    // The base version is the file itself; its symbols have index 1.
    if (!definition.base) Add(record.vd_ndx, {definition.name, {}});
    image_.version_definitions.push_back(std::move(definition));
    return true;
  }

  bool ReadNeeds() {
    absl::string_view at = MemoryFrom(image_, tables_.verneed);
    uint64_t budget = at.size() / sizeof(Elf64_Vernaux);
    while (true) {
      if (at.size() < sizeof(Elf64_Verneed) || budget-- == 0) return false;
      const auto record = LoadAs<Elf64_Verneed>(at);
      absl::string_view file;
      if (record.vn_version != VER_NEED_CURRENT ||
          !TableString(tables_.strings, record.vn_file, &file) ||
          !ReadNeed(record, file, at, &budget)) {
        return false;
      }
      if (record.vn_next == 0) return true;
      if (record.vn_next > at.size()) return false;
      at.remove_prefix(record.vn_next);
    }
  }

  bool ReadNeed(const Elf64_Verneed& record, absl::string_view file,
                absl::string_view at, uint64_t* budget) {
    uint64_t offset = record.vn_aux;
    for (uint32_t i = 0; i < record.vn_cnt; ++i) {
      if (offset > at.size() || at.size() - offset < sizeof(Elf64_Vernaux) ||
          (*budget)-- == 0) {
        return false;
      }
      const auto aux = LoadAs<Elf64_Vernaux>(at.substr(offset));
      absl::string_view name;
      if (!TableString(tables_.strings, aux.vna_name, &name)) return false;
      Add(aux.vna_other, {name, file});
      image_.version_needs.push_back(
          {file, name, (aux.vna_flags & VER_FLG_WEAK) != 0});
      offset += aux.vna_next;
    }
    return true;
  }

  const VersionTables& tables_;
  ImageContents& image_;
  std::vector<Version> versions_;
};

}  // namespace

absl::Status ReadVersions(const VersionTables& tables, ImageContents* image) {
  return VersionReader(tables, image).Read();
}

}  // namespace chestnut::binalyzer
