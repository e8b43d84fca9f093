#include "binalyzer/loader_cache.h"

#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace chestnut::binalyzer {
namespace {

constexpr absl::string_view kOldMagic = "ld.so-1.7.0";
constexpr uint64_t kOldHeaderSize = 16;
constexpr uint64_t kOldEntrySize = 12;

constexpr absl::string_view kMagic = "glibc-ld.so.cache1.1";
constexpr uint64_t kHeaderSize = 48;
constexpr uint64_t kEntrySize = 24;

// FLAG_ELF_LIBC6 | FLAG_X8664_LIB64: a 64-bit library for x86-64.
constexpr uint32_t kX8664 = 0x0303;
// Entries of the hwcaps folders that glibc 2.33 brought; others with a hwcap
// are of its older scheme, which no distribution has used since.
constexpr uint64_t kExtension = uint64_t{1} << 62;

template <typename T>
T Load(absl::string_view bytes, uint64_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

}  // namespace

absl::StatusOr<LoaderCache> LoaderCache::Parse(absl::string_view bytes,
                                               absl::string_view origin) {
  auto error = [origin](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat(origin, ": not the loader's cache: ", what,
                     "; make it anew with ldconfig"));
  };
  if (absl::StartsWith(bytes, kOldMagic)) {
    if (bytes.size() < kOldHeaderSize) return error("its header is cut off");
    const uint64_t old =
        kOldHeaderSize + kOldEntrySize * Load<uint32_t>(bytes, 12);
    // The new format follows, aligned to 8 bytes.
    const uint64_t skip = (old + 7) / 8 * 8;
    if (skip > bytes.size()) return error("it has the old format only");
    bytes.remove_prefix(skip);
  }
  if (!absl::StartsWith(bytes, kMagic)) return error("another format");
  if (bytes.size() < kHeaderSize) return error("its header is cut off");
  const uint64_t count = Load<uint32_t>(bytes, 20);
  if (count > (bytes.size() - kHeaderSize) / kEntrySize) {
    return error("it has fewer entries than it says");
  }
  auto string_at = [bytes](uint32_t offset) {
    if (offset >= bytes.size()) return absl::string_view();
    absl::string_view text = bytes.substr(offset);
    const size_t end = text.find('\0');
    return end == absl::string_view::npos ? absl::string_view()
                                          : text.substr(0, end);
  };
  LoaderCache cache;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t entry = kHeaderSize + i * kEntrySize;
    const auto hwcap = Load<uint64_t>(bytes, entry + 16);
    if (Load<uint32_t>(bytes, entry) != kX8664 ||
        (hwcap != 0 && (hwcap & kExtension) == 0)) {
      continue;
    }
    absl::string_view key = string_at(Load<uint32_t>(bytes, entry + 4));
    absl::string_view path = string_at(Load<uint32_t>(bytes, entry + 8));
    if (key.empty() || path.empty()) return error("a name is out of range");
    cache.paths_[key].emplace_back(path);
  }
  return cache;
}

const std::vector<std::string>& LoaderCache::Find(
    absl::string_view soname) const {
  static const auto* const kNone = new std::vector<std::string>();
  auto it = paths_.find(soname);
  return it == paths_.end() ? *kNone : it->second;
}

}  // namespace chestnut::binalyzer
