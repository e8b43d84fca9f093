#include "binalyzer/archive.h"

#include <ar.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace chestnut::binalyzer {
namespace {

constexpr absl::string_view kOrdinary = "!<arch>\n";
constexpr absl::string_view kThin = "!<thin>\n";

absl::string_view Trimmed(const char* field, size_t size) {
  absl::string_view text(field, size);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "/123" is offset 123 in the table of long names, whose entries end in "/\n";
// a short name ends in "/".
bool ResolveName(absl::string_view raw, absl::string_view long_names,
                 absl::string_view* name) {
  if (raw.size() > 1 && raw[0] == '/') {
    uint64_t offset;
    if (!absl::SimpleAtoi(raw.substr(1), &offset) ||
        offset >= long_names.size()) {
      return false;
    }
    const size_t end = long_names.find('\n', offset);
    if (end == absl::string_view::npos) return false;
    *name = absl::StripSuffix(long_names.substr(offset, end - offset), "/");
    return true;
  }
  *name = absl::StripSuffix(raw, "/");
  return true;
}

}  // namespace

bool IsArchive(absl::string_view bytes) {
  return absl::StartsWith(bytes, kOrdinary) || absl::StartsWith(bytes, kThin);
}

absl::StatusOr<Archive> ReadArchive(absl::string_view bytes,
                                    absl::string_view origin) {
  if (!IsArchive(bytes)) {
    return absl::InvalidArgumentError(absl::StrCat(origin, ": not an archive"));
  }
  Archive archive;
  archive.thin = absl::StartsWith(bytes, kThin);
  absl::string_view long_names;
  uint64_t offset = kOrdinary.size();
  while (offset < bytes.size()) {
    absl::Status broken = absl::InvalidArgumentError(
        absl::StrCat(origin, ": broken archive member at offset ", offset));
    if (bytes.size() - offset < sizeof(ar_hdr)) return broken;
    ar_hdr header;
    std::memcpy(&header, bytes.data() + offset, sizeof(header));
    // Views point into the archive, not into the copy.
    const absl::string_view raw =
        Trimmed(bytes.data() + offset + offsetof(ar_hdr, ar_name),
                sizeof(header.ar_name));
    offset += sizeof(header);
    uint64_t size;
    if (std::memcmp(header.ar_fmag, ARFMAG, 2) != 0 ||
        !absl::SimpleAtoi(Trimmed(header.ar_size, sizeof(header.ar_size)),
                          &size)) {
      return broken;
    }
    const bool table = raw == "/" || raw == "//" || raw == "/SYM64/";
    const bool stored = table || !archive.thin;
    if (stored && size > bytes.size() - offset) return broken;
    const absl::string_view content =
        stored ? bytes.substr(offset, size) : absl::string_view();
    if (raw == "//") long_names = content;
    if (!table) {
      ArchiveMember member;
      if (!ResolveName(raw, long_names, &member.name)) return broken;
      member.bytes = content;
      archive.members.push_back(member);
    }
    if (stored) offset += size + size % 2;
  }
  return archive;
}

}  // namespace chestnut::binalyzer
