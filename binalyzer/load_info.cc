#include "binalyzer/load_info.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/elf.h"

namespace chestnut::binalyzer {
namespace {

// More than any linker writes; a bound for files that lie.
constexpr size_t kMaxNeeded = 4096;
constexpr size_t kMaxString = 4096;

class LoadInfoReader {
 public:
  LoadInfoReader(absl::string_view bytes, absl::string_view origin)
      : bytes_(bytes), origin_(origin) {}

  absl::StatusOr<LoadInfo> Read() {
    absl::Status header = ElfFile::CheckHeader(bytes_, origin_);
    if (!header.ok()) return header;
    if (!Get(0, header_)) return Corrupt("its header is cut off");
    if (header_.e_type != ET_EXEC && header_.e_type != ET_DYN) {
      return Corrupt("it is no program and no shared object");
    }
    if (absl::Status status = ReadProgramHeaders(); !status.ok()) return status;
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type == PT_INTERP) ReadInterpreter(segment);
      if (segment.p_type == PT_NOTE) ReadNotes(segment);
    }
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type != PT_DYNAMIC) continue;
      if (absl::Status status = ReadDynamic(segment); !status.ok()) {
        return status;
      }
    }
    info_.executable = header_.e_type == ET_EXEC || pie_ ||
                       !info_.interpreter.empty() || !info_.dynamic;
    return std::move(info_);
  }

 private:
  absl::Status Corrupt(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(origin_, ": not a file that can be loaded: ", what));
  }

  template <typename T>
  bool Get(uint64_t offset, T& out) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) {
      return false;
    }
    std::memcpy(&out, bytes_.data() + offset, sizeof(T));
    return true;
  }

  // A part of the file; what lies beyond its end is left out.
  absl::string_view Part(uint64_t offset, uint64_t size) const {
    if (offset > bytes_.size()) return {};
    return bytes_.substr(offset, size);
  }

  absl::Status ReadProgramHeaders() {
    if (header_.e_phnum == 0) return Corrupt("it has no program headers");
    if (header_.e_phentsize != sizeof(Elf64_Phdr)) {
      return Corrupt("its program headers have an unknown size");
    }
    for (uint64_t i = 0; i < header_.e_phnum; ++i) {
      Elf64_Phdr segment;
      if (!Get(header_.e_phoff + i * sizeof(segment), segment) ||
          header_.e_phoff > bytes_.size()) {
        return Corrupt("its program headers are cut off");
      }
      segments_.push_back(segment);
    }
    return absl::OkStatus();
  }

  void ReadInterpreter(const Elf64_Phdr& segment) {
    absl::string_view text = Part(segment.p_offset, segment.p_filesz);
    info_.interpreter = std::string(text.substr(0, text.find('\0')));
  }

  void ReadNotes(const Elf64_Phdr& segment) {
    absl::string_view notes = Part(segment.p_offset, segment.p_filesz);
    const uint64_t align = segment.p_align == 8 ? 8 : 4;
    auto padded = [align](uint64_t n) {
      return (n + align - 1) & ~(align - 1);
    };
    while (notes.size() >= sizeof(Elf64_Nhdr)) {
      Elf64_Nhdr note;
      std::memcpy(&note, notes.data(), sizeof(note));
      const uint64_t name = sizeof(note);
      const uint64_t content = padded(name + note.n_namesz);
      if (content > notes.size() || notes.size() - content < note.n_descsz) {
        return;
      }
      if (note.n_type == NT_GNU_BUILD_ID &&
          notes.substr(name, note.n_namesz) == absl::string_view("GNU", 4) &&
          info_.build_id.empty()) {
        info_.build_id =
            absl::BytesToHexString(notes.substr(content, note.n_descsz));
      }
      const uint64_t next = padded(content + note.n_descsz);
      if (next >= notes.size()) return;
      notes.remove_prefix(next);
    }
  }

  // The file's bytes from a virtual address to the end of its segment.
  absl::string_view At(uint64_t address) const {
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
          address - segment.p_vaddr < segment.p_filesz) {
        const uint64_t skip = address - segment.p_vaddr;
        if (segment.p_offset > bytes_.size()) return {};
        return Part(segment.p_offset + skip, segment.p_filesz - skip);
      }
    }
    return {};
  }

  absl::Status ReadDynamic(const Elf64_Phdr& segment) {
    info_.dynamic = true;
    std::vector<Elf64_Dyn> entries;
    uint64_t strings = 0;
    for (uint64_t offset = 0; offset + sizeof(Elf64_Dyn) <= segment.p_filesz;
         offset += sizeof(Elf64_Dyn)) {
      Elf64_Dyn entry;
      if (segment.p_offset > bytes_.size() ||
          !Get(segment.p_offset + offset, entry)) {
        return Corrupt("its dynamic section is cut off");
      }
      if (entry.d_tag == DT_NULL) break;
      if (entry.d_tag == DT_STRTAB) strings = entry.d_un.d_ptr;
      entries.push_back(entry);
    }
    const absl::string_view table = At(strings);
    for (const Elf64_Dyn& entry : entries) {
      if (absl::Status status = AddEntry(entry, table); !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddEntry(const Elf64_Dyn& entry, absl::string_view table) {
    switch (entry.d_tag) {
      case DT_NEEDED:
        if (info_.needed.size() >= kMaxNeeded) {
          return Corrupt("it needs too many libraries");
        }
        return Take(entry, table, info_.needed.emplace_back());
      case DT_FILTER:
      case DT_AUXILIARY:
        return Take(entry, table, info_.filters.emplace_back());
      case DT_SONAME:
        return Take(entry, table, info_.soname);
      case DT_RPATH:
        return Take(entry, table, info_.rpath);
      case DT_RUNPATH:
        return Take(entry, table, info_.runpath);
      case DT_BIND_NOW:
        info_.bind_now = true;
        break;
      case DT_FLAGS:
        info_.bind_now |= (entry.d_un.d_val & DF_BIND_NOW) != 0;
        break;
      case DT_FLAGS_1:
        info_.bind_now |= (entry.d_un.d_val & DF_1_NOW) != 0;
        info_.no_default_folders |= (entry.d_un.d_val & DF_1_NODEFLIB) != 0;
        pie_ |= (entry.d_un.d_val & DF_1_PIE) != 0;
        break;
      default:
        break;  // of no concern here
    }
    return absl::OkStatus();
  }

  absl::Status Take(const Elf64_Dyn& entry, absl::string_view table,
                    std::string& out) const {
    if (entry.d_un.d_val >= table.size()) {
      return Corrupt("a name in its dynamic section is out of range");
    }
    absl::string_view text = table.substr(entry.d_un.d_val, kMaxString);
    const size_t end = text.find('\0');
    if (end == absl::string_view::npos) {
      return Corrupt("a name in its dynamic section has no end");
    }
    out = std::string(text.substr(0, end));
    return absl::OkStatus();
  }

  const absl::string_view bytes_;
  const absl::string_view origin_;
  Elf64_Ehdr header_ = {};
  std::vector<Elf64_Phdr> segments_;
  LoadInfo info_;
  bool pie_ = false;
};

}  // namespace

absl::StatusOr<LoadInfo> ReadLoadInfo(absl::string_view bytes,
                                      absl::string_view origin) {
  return LoadInfoReader(bytes, origin).Read();
}

}  // namespace chestnut::binalyzer
