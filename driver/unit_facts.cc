#include "driver/unit_facts.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "binalyzer/mapped_file.h"
#include "facts/container.h"
#include "support/file.h"

namespace chestnut::driver {

absl::StatusOr<UnitFacts> UnitFacts::Read(const std::string& list) {
  absl::StatusOr<std::string> text = support::ReadFile(list);
  if (!text.ok()) return text.status();
  const std::vector<std::string> lines =
      absl::StrSplit(*text, '\n', absl::SkipEmpty());
  if (lines.size() % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(list, ": '", lines.back(),
                     "' has no facts; a line with an object's path is followed "
                     "by one with the path of its facts"));
  }
  UnitFacts result;
  for (size_t i = 0; i < lines.size(); i += 2) {
    struct stat status;
    if (stat(lines[i].c_str(), &status) != 0) {
      return absl::NotFoundError(absl::StrCat(list, ": object '", lines[i],
                                              "': ", std::strerror(errno)));
    }
    result.units_[static_cast<size_t>(status.st_size)].push_back(
        {lines[i], lines[i + 1]});
  }
  return result;
}

absl::StatusOr<std::vector<facts::UnitView>> UnitFacts::Find(
    absl::string_view object) const {
  std::vector<facts::UnitView> result;
  auto same_size = units_.find(object.size());
  if (same_size == units_.end()) return result;
  for (const Unit& unit : same_size->second) {
    absl::StatusOr<binalyzer::MappedFile> file =
        binalyzer::MappedFile::Open(unit.object);
    if (!file.ok()) return file.status();
    if (file->bytes() != object) continue;
    absl::StatusOr<std::string> bytes = support::ReadFile(unit.facts);
    if (!bytes.ok()) return bytes.status();
    absl::StatusOr<std::vector<facts::UnitView>> units =
        facts::ParseUnits(*bytes, unit.facts);
    if (!units.ok()) return units.status();
    std::move(units->begin(), units->end(), std::back_inserter(result));
  }
  return result;
}

}  // namespace chestnut::driver
