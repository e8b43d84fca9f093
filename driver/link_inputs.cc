#include "driver/link_inputs.h"

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "facts/container.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

using binalyzer::ElfFile;
using binalyzer::ElfSection;

bool IsBitcode(absl::string_view bytes) {
  return absl::StartsWith(bytes, "BC\xc0\xde") ||
         absl::StartsWith(bytes, "\xde\xc0\x17\x0b");
}

bool IsGccBitcode(const ElfFile& elf) {
  return std::any_of(elf.sections().begin(), elf.sections().end(),
                     [](const ElfSection& section) {
                       return absl::StartsWith(section.name, ".gnu.lto_");
                     });
}

absl::StatusOr<std::vector<facts::UnitView>> UnitsOf(const ElfFile& elf,
                                                     const std::string& name) {
  std::vector<facts::UnitView> result;
  for (const ElfSection& section : elf.sections()) {
    if (section.name != facts::kSectionName) continue;
    absl::StatusOr<std::vector<facts::UnitView>> units =
        facts::ParseUnits(section.bytes, name);
    if (!units.ok()) return units.status();
    std::move(units->begin(), units->end(), std::back_inserter(result));
  }
  return result;
}

}  // namespace

absl::StatusOr<LinkInputs::File*> LinkInputs::Open(const std::string& path) {
  auto it = files_.find(path);
  if (it != files_.end()) return &it->second;
  absl::StatusOr<binalyzer::MappedFile> mapped =
      binalyzer::MappedFile::Open(path);
  if (!mapped.ok()) return mapped.status();
  File file = {*std::move(mapped), {}, {}};
  if (binalyzer::IsArchive(file.mapped.bytes())) {
    absl::StatusOr<binalyzer::Archive> archive =
        binalyzer::ReadArchive(file.mapped.bytes(), path);
    if (!archive.ok()) return archive.status();
    file.archive = *std::move(archive);
    for (size_t i = 0; i < file.archive.members.size(); ++i) {
      const absl::string_view name = file.archive.members[i].name;
      file.members.emplace(name, i);
      if (const auto base = support::BaseName(name); base != name) {
        file.members.emplace(base, i);
      }
    }
  }
  return &files_.emplace(path, std::move(file)).first->second;
}

absl::Status LinkInputs::ReadTrace(absl::string_view trace) {
  for (absl::string_view line :
       absl::StrSplit(trace, '\n', absl::SkipEmpty())) {
    if (absl::Status status = AddLine(line); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status LinkInputs::AddLine(absl::string_view line) {
  // GNU ld repeats the libraries of a group.
  if (!seen_.try_emplace(std::string(line), true).second) {
    return absl::OkStatus();
  }
  const std::string path(line);
  if (access(path.c_str(), F_OK) == 0) return AddFile(path);
  // "(archive)member" by GNU ld, "archive(member)" by the others.
  const size_t close = line.rfind(')');
  const size_t open = line.front() == '(' ? 0 : line.rfind('(');
  if (open == 0 && close != absl::string_view::npos) {
    return AddMember(std::string(line.substr(1, close - 1)),
                     line.substr(close + 1));
  }
  if (open != absl::string_view::npos && close + 1 == line.size()) {
    return AddMember(std::string(line.substr(0, open)),
                     line.substr(open + 1, close - open - 1));
  }
  // What an optimiser made at link time is gone by now; the output has it.
  if (lto_) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the linker read '", line, "', which is no file that can be analysed; ",
      "with -flto, link with -fuse-ld=bfd or -fuse-ld=lld"));
}

absl::Status LinkInputs::AddFile(const std::string& path) {
  named_.push_back(path);
  absl::StatusOr<File*> file = Open(path);
  if (!file.ok()) return file.status();
  // Members that were taken have lines of their own.
  if (binalyzer::IsArchive((*file)->mapped.bytes())) return absl::OkStatus();
  return AddBytes((*file)->mapped.bytes(), path,
                  std::string(support::BaseName(path)));
}

absl::Status LinkInputs::AddMember(const std::string& archive,
                                   absl::string_view member) {
  absl::StatusOr<File*> file = Open(archive);
  if (!file.ok()) return file.status();
  // An archive may hold several members of one name; which of them was meant is
  // not said, so all count.
  const auto [begin, end] = (*file)->members.equal_range(member);
  for (auto it = begin; it != end; ++it) {
    const binalyzer::ArchiveMember& entry =
        (*file)->archive.members[it->second];
    std::string name =
        absl::StrCat(support::BaseName(archive), "(", member, ")");
    absl::Status status;
    if ((*file)->archive.thin) {
      const size_t slash = archive.rfind('/');
      std::string path(entry.name);
      if (path[0] != '/' && slash != std::string::npos) {
        path = absl::StrCat(archive.substr(0, slash + 1), path);
      }
      absl::StatusOr<File*> object = Open(path);
      if (!object.ok()) return object.status();
      status = AddBytes((*object)->mapped.bytes(), path, std::move(name));
    } else {
      status = AddBytes(entry.bytes, archive, std::move(name));
    }
    if (!status.ok()) return status;
  }
  if (begin != end) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("'", archive, "' has no member '",
                                          member, "', which the linker took"));
}

absl::Status LinkInputs::AddBytes(absl::string_view bytes,
                                  const std::string& path, std::string name) {
  if (IsBitcode(bytes)) {
    lto_ = true;
    bitcode_.push_back(std::move(name));
    return absl::OkStatus();
  }
  // Linker scripts name files that have lines of their own.
  if (!ElfFile::IsElf(bytes)) {
    scripts_.push_back(path);
    return absl::OkStatus();
  }
  absl::StatusOr<ElfFile> elf = ElfFile::Parse(bytes, name);
  if (!elf.ok()) return elf.status();
  if (elf->type() == ET_DYN) {
    // The program says itself which of them it needs.
    if (analysed_libc_.empty()) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        "'", path,
        "' is a shared library; programs with "
        "--chestnut-libc=musl are static, link the library's archive"));
  }
  if (elf->type() != ET_REL) {
    return absl::FailedPreconditionError(
        absl::StrCat("'", path, "' is an ELF file, but not an object"));
  }
  absl::StatusOr<std::vector<facts::UnitView>> units = UnitsOf(*elf, name);
  if (units.ok() && units->empty() && beside_ != nullptr) {
    units = beside_->Find(bytes);
  }
  if (!units.ok()) return units.status();
  if (IsGccBitcode(*elf)) {
    lto_ = true;
    // The linker takes the intermediate code only, without the facts.
    if (units->empty()) bitcode_.push_back(std::move(name));
    lto_units_.insert(lto_units_.end(), units->begin(), units->end());
    return absl::OkStatus();
  }
  objects_.push_back(
      {std::move(name), path, *std::move(elf), *std::move(units), bytes});
  return absl::OkStatus();
}

absl::Status LinkInputs::AddOutput(const std::string& path) {
  absl::StatusOr<File*> file = Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<ElfFile> elf = ElfFile::Parse((*file)->mapped.bytes(), path);
  if (!elf.ok()) return elf.status();
  absl::StatusOr<std::vector<facts::UnitView>> units = UnitsOf(*elf, path);
  if (!units.ok()) return units.status();
  absl::flat_hash_set<absl::string_view> known;
  for (const binalyzer::LinkedObject& object : objects_) {
    for (const facts::UnitView& unit : object.units) known.insert(unit.bytes());
  }
  std::vector<facts::UnitView> rest;
  for (facts::UnitView& unit : *units) {
    if (!known.contains(unit.bytes())) rest.push_back(std::move(unit));
  }
  if (rest.size() < bitcode_.size()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "only ", rest.size(), " of these have facts: ",
        absl::StrJoin(bitcode_, ", "), "; compile all with chestnut cc"));
  }
  rest.insert(rest.end(), lto_units_.begin(), lto_units_.end());
  objects_.push_back({"link-time optimised code", path, *std::move(elf),
                      std::move(rest), (*file)->mapped.bytes()});
  return absl::OkStatus();
}

std::vector<facts::UnitView> LinkInputs::Units() const {
  std::vector<facts::UnitView> result;
  for (const binalyzer::LinkedObject& object : objects_) {
    result.insert(result.end(), object.units.begin(), object.units.end());
  }
  return result;
}

bool LinkInputs::HasStartFile() const {
  return std::any_of(
      named_.begin(), named_.end(), [this](absl::string_view path) {
        // Of the other libc they may have the same names.
        if (!analysed_libc_.empty() &&
            !absl::StartsWith(path, analysed_libc_ + "/lib/")) {
          return false;
        }
        const absl::string_view name = support::BaseName(path);
        return name == "crt1.o" || name == "Scrt1.o" || name == "rcrt1.o" ||
               name == "gcrt1.o" || name == "grcrt1.o";
      });
}

}  // namespace chestnut::driver
