#include "cli/facts_source.h"

#include <iterator>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/archive.h"
#include "binalyzer/elf.h"
#include "binalyzer/image.h"
#include "binalyzer/mapped_file.h"
#include "binalyzer/module_facts.h"
#include "facts/container.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

using facts::UnitView;

absl::StatusOr<std::vector<UnitView>> FromElf(absl::string_view bytes,
                                              const std::string& name) {
  absl::StatusOr<binalyzer::ElfFile> elf =
      binalyzer::ElfFile::Parse(bytes, name);
  if (!elf.ok()) return elf.status();
  const binalyzer::ElfSection* section = elf->FindSection(facts::kSectionName);
  if (section == nullptr) return std::vector<UnitView>();
  return facts::ParseUnits(section->bytes, name);
}

}  // namespace

absl::StatusOr<std::vector<UnitView>> LoadFacts(const std::string& path) {
  absl::StatusOr<std::string> bytes = support::ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<std::vector<UnitView>> units;
  if (binalyzer::ElfFile::IsElf(*bytes)) {
    units = FromElf(*bytes, path);
  } else if (binalyzer::IsArchive(*bytes)) {
    absl::StatusOr<binalyzer::Archive> archive =
        binalyzer::ReadArchive(*bytes, path);
    if (!archive.ok()) return archive.status();
    units.emplace();
    for (const binalyzer::ArchiveMember& member : archive->members) {
      if (!binalyzer::ElfFile::IsElf(member.bytes)) continue;
      absl::StatusOr<std::vector<UnitView>> more =
          FromElf(member.bytes, absl::StrCat(path, "(", member.name, ")"));
      if (!more.ok()) return more;
      std::move(more->begin(), more->end(), std::back_inserter(*units));
    }
  } else {
    units = facts::ParseUnits(*bytes, path);
  }
  if (units.ok() && units->empty()) {
    return absl::NotFoundError(
        absl::StrCat(path, ": no facts in it; compile it with chestnut cc"));
  }
  return units;
}

absl::StatusOr<std::vector<UnitView>> LoadOrMakeFacts(const std::string& path) {
  absl::StatusOr<std::vector<UnitView>> units = LoadFacts(path);
  if (!absl::IsNotFound(units.status())) return units;
  absl::StatusOr<binalyzer::MappedFile> file =
      binalyzer::MappedFile::Open(path);
  if (!file.ok()) return file.status();
  if (!binalyzer::ElfFile::IsElf(file->bytes())) return units;
  absl::StatusOr<binalyzer::Image> image =
      binalyzer::Image::Read(file->bytes(), path);
  if (!image.ok()) return image.status();
  absl::StatusOr<std::string> bytes = binalyzer::ModuleFacts(*image, {});
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<UnitView> unit = UnitView::Create(
      std::make_shared<const std::string>(*std::move(bytes)), path);
  if (!unit.ok()) return unit.status();
  return std::vector<UnitView>{*std::move(unit)};
}

}  // namespace chestnut::cli
