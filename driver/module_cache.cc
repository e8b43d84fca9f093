#include "driver/module_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/image.h"
#include "binalyzer/mapped_file.h"
#include "binalyzer/module_facts.h"
#include "driver/cache.h"
#include "facts/builder.h"
#include "support/digest.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kExtension = ".facts";
constexpr absl::string_view kTextExtension = ".text";
// Facts of a usual system's libraries take a few hundred megabytes.
constexpr uint64_t kLimit = uint64_t{1} << 30;
// How long an entry's time of use is left as it is, so that reading writes
// nothing most of the time.
constexpr time_t kTouchAfter = time_t{24} * 60 * 60;

absl::StatusOr<std::string> Folder() {
  absl::StatusOr<std::string> folder = CacheFolder();
  if (!folder.ok()) return folder.status();
  return absl::StrCat(*folder, "/facts");
}

// Facts depend on the code that makes them, and there is no version of it that
// nobody could forget to raise: each build of this program has its own.
std::string Analyzer() {
  struct stat self;
  if (stat("/proc/self/exe", &self) != 0) return "";
  return absl::StrCat(facts::kSchemaMajor, ".", facts::kSchemaMinor, "-",
                      self.st_size, "-", self.st_mtim.tv_sec, ".",
                      self.st_mtim.tv_nsec);
}

struct Entry {
  std::string path;
  uint64_t size = 0;
  timespec used = {};
};

std::vector<Entry> List(const std::string& folder) {
  std::vector<Entry> entries;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    struct stat info;
    const std::string path = entry.path().string();
    const bool own = absl::EndsWith(path, kExtension) ||
                     absl::EndsWith(path, kTextExtension);
    if (!own || stat(path.c_str(), &info) != 0) continue;
    entries.push_back({.path = path,
                       .size = static_cast<uint64_t>(info.st_size),
                       .used = info.st_mtim});
  }
  return entries;
}

void Touch(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return;
  if (time(nullptr) - info.st_mtim.tv_sec > kTouchAfter) {
    utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
  }
}

}  // namespace

ModuleCache::ModuleCache(bool enabled) : analyzer_(Analyzer()) {
  if (!enabled || analyzer_.empty()) return;
  absl::StatusOr<std::string> folder = Folder();
  if (folder.ok() && MakeFolders(*folder).ok()) folder_ = *std::move(folder);
}

// A stripped copy has the build id of the
// whole file, so the size counts, too.
absl::StatusOr<std::string> ModuleCache::Identity(
    const binalyzer::LoadedFile& file) {
  if (file.info.build_id.empty()) {
    absl::StatusOr<binalyzer::MappedFile> mapped =
        binalyzer::MappedFile::Open(file.file);
    if (!mapped.ok()) return mapped.status();
    return absl::StrCat("sha256:", support::Sha256Hex(mapped->bytes()), "-",
                        file.name);
  }
  struct stat info;
  if (stat(file.file.c_str(), &info) != 0) {
    return absl::NotFoundError(absl::StrCat(file.file, ": ", strerror(errno)));
  }
  return absl::StrCat(file.info.build_id, "-", info.st_size, "-", file.name);
}

std::string ModuleCache::EntryOf(absl::string_view key,
                                 absl::string_view extension) const {
  return absl::StrCat(
      folder_, "/",
      support::Sha256Hex(absl::StrCat(analyzer_, "-", key)).substr(0, 40),
      extension);
}

absl::StatusOr<std::string> ModuleCache::Recall(absl::string_view key) const {
  if (folder_.empty()) return absl::NotFoundError("no cache folder");
  const std::string entry = EntryOf(key, kTextExtension);
  absl::StatusOr<std::string> text = support::ReadFile(entry);
  if (text.ok()) Touch(entry);
  return text;
}

void ModuleCache::Remember(absl::string_view key,
                           absl::string_view text) const {
  if (folder_.empty()) return;
  support::WriteFileAtomically(EntryOf(key, kTextExtension), text, 0600)
      .IgnoreError();
}

absl::StatusOr<facts::UnitView> ModuleCache::Facts(
    const binalyzer::LoadedFile& file) const {
  if (folder_.empty()) return Make(file, "");
  absl::StatusOr<std::string> identity = Identity(file);
  if (!identity.ok()) return identity.status();
  const std::string entry = EntryOf(*identity, kExtension);
  absl::StatusOr<std::string> bytes = support::ReadFile(entry);
  if (bytes.ok()) {
    absl::StatusOr<facts::UnitView> unit = facts::UnitView::Create(
        std::make_shared<const std::string>(*std::move(bytes)), entry);
    if (unit.ok() && unit->IsModule() && unit->name() == file.name) {
      Touch(entry);
      return unit;
    }
  }
  return Make(file, entry);
}

absl::StatusOr<facts::UnitView> ModuleCache::Make(
    const binalyzer::LoadedFile& file, const std::string& entry) const {
  absl::StatusOr<binalyzer::MappedFile> mapped =
      binalyzer::MappedFile::Open(file.file);
  if (!mapped.ok()) return mapped.status();
  absl::StatusOr<binalyzer::Image> image =
      binalyzer::Image::Read(mapped->bytes(), file.path);
  if (!image.ok()) return image.status();
  absl::StatusOr<std::string> bytes = binalyzer::ModuleFacts(*image, {});
  if (!bytes.ok()) return bytes.status();
  // A full disk makes it slower, not wrong.
  if (!entry.empty()) {
    support::WriteFileAtomically(entry, *bytes, 0600).IgnoreError();
  }
  return facts::UnitView::Create(
      std::make_shared<const std::string>(*std::move(bytes)), file.path);
}

void ModuleCache::Trim() const {
  if (folder_.empty()) return;
  std::vector<Entry> entries = List(folder_);
  uint64_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.size;
  if (bytes <= kLimit) return;
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.used.tv_sec, a.used.tv_nsec) <
           std::pair(b.used.tv_sec, b.used.tv_nsec);
  });
  // Somewhat more than must go, so that not every run has to trim.
  for (const Entry& entry : entries) {
    if (bytes <= kLimit / 4 * 3) break;
    unlink(entry.path.c_str());
    bytes -= entry.size;
  }
}

absl::StatusOr<CacheUsage> ModuleCache::Usage() {
  absl::StatusOr<std::string> folder = Folder();
  if (!folder.ok()) return folder.status();
  CacheUsage usage;
  usage.folder = *folder;
  usage.limit = kLimit;
  for (const Entry& entry : List(*folder)) {
    ++usage.entries;
    usage.bytes += entry.size;
  }
  return usage;
}

absl::Status ModuleCache::Clear() {
  absl::StatusOr<std::string> folder = Folder();
  if (!folder.ok()) return folder.status();
  for (const Entry& entry : List(*folder)) {
    if (unlink(entry.path.c_str()) != 0 && errno != ENOENT) {
      return absl::UnavailableError(
          absl::StrCat(entry.path, ": ", strerror(errno)));
    }
  }
  return absl::OkStatus();
}

}  // namespace chestnut::driver
