#include "binalyzer/loader_cache.h"

#include <cstdint>
#include <cstring>
#include <utility>

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
// are of its older scheme.
constexpr uint64_t kExtension = uint64_t{1} << 62;
// Bits of that scheme (sysdeps/x86/dl-hwcap.h, dl-procinfo.c).
struct LegacyBit {
  int bit;
  absl::string_view folder;
};
constexpr LegacyBit kLegacyBits[] = {{1, "x86_64"},
                                     {2, "avx512_1"},
                                     {50, "haswell"},
                                     {51, "xeon_phi"},
                                     {63, "tls"}};

template <typename T>
T Load(absl::string_view bytes, uint64_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// False: it has a bit that we do not know.
bool ReadLegacyBits(uint64_t hwcap, std::vector<std::string>* folders) {
  for (const LegacyBit& legacy : kLegacyBits) {
    const uint64_t bit = uint64_t{1} << legacy.bit;
    if ((hwcap & bit) != 0) folders->emplace_back(legacy.folder);
    hwcap &= ~bit;
  }
  return hwcap == 0;
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
    Entry found;
    if (Load<uint32_t>(bytes, entry) != kX8664 ||
        ((hwcap & kExtension) == 0 &&
         !ReadLegacyBits(hwcap, &found.legacy_hwcaps))) {
      continue;
    }
    absl::string_view key = string_at(Load<uint32_t>(bytes, entry + 4));
    absl::string_view path = string_at(Load<uint32_t>(bytes, entry + 8));
    if (key.empty() || path.empty()) return error("a name is out of range");
    found.path = std::string(path);
    cache.entries_[key].push_back(std::move(found));
  }
  return cache;
}

const std::vector<LoaderCache::Entry>& LoaderCache::Find(
    absl::string_view soname) const {
  static const auto* const kNone = new std::vector<Entry>();
  auto it = entries_.find(soname);
  return it == entries_.end() ? *kNone : it->second;
}

}  // namespace chestnut::binalyzer
