#include "finalyzer/core_file.h"

#include <elf.h>
#include <sys/procfs.h>
#include <sys/types.h>
#include <sys/user.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "finalyzer/target.h"

namespace chestnut::finalyzer {
namespace {

constexpr size_t kStackLooked = 16384;
constexpr size_t kCodeBefore = 16;  // of a return address
constexpr int kCauseSeccomp = 1;    // SYS_SECCOMP of asm-generic/siginfo.h

// False where the bytes end before.
template <typename T>
bool ReadAt(absl::string_view bytes, uint64_t offset, T& value) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return false;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return true;
}

absl::string_view Part(absl::string_view bytes, uint64_t offset,
                       uint64_t size) {
  if (offset > bytes.size()) return "";
  return bytes.substr(offset, size);
}

// The part of siginfo_t that the kernel fills for SIGSYS.
struct SystemCallSignal {
  int32_t signal, error, code, padding;
  uint64_t address;
  int32_t number;
  uint32_t architecture;
};

class CoreReader {
 public:
  CoreReader(absl::string_view bytes, absl::string_view origin)
      : bytes_(bytes), origin_(origin) {}

  absl::StatusOr<Violation> Run() {
    Elf64_Ehdr header;
    if (!ReadAt(bytes_, 0, header) || header.e_machine != EM_X86_64 ||
        header.e_phentsize != sizeof(Elf64_Phdr)) {
      return Broken("is no core file of an x86-64 program");
    }
    for (uint32_t i = 0; i < header.e_phnum; ++i) {
      Elf64_Phdr segment;
      if (!ReadAt(bytes_, header.e_phoff + i * sizeof(segment), segment)) {
        return Broken("is cut off");
      }
      if (segment.p_type == PT_NOTE) {
        ReadNotes(Part(bytes_, segment.p_offset, segment.p_filesz));
      } else if (segment.p_type == PT_LOAD) {
        segments_.push_back(segment);
      }
    }
    if (!registers_ || !cause_) {
      return Broken("is cut off, or has no notes of a process");
    }
    if (cause_->signal != SIGSYS || cause_->code != kCauseSeccomp) {
      return Broken(absl::StrCat("the process ended by signal ", cause_->signal,
                                 ", not because of a filter; a debugger says "
                                 "more about it"));
    }
    Fill();
    return std::move(violation_);
  }

 private:
  absl::Status Broken(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(origin_, ": ", what));
  }

  void ReadNotes(absl::string_view notes) {
    Elf64_Nhdr note;
    for (uint64_t at = 0; ReadAt(notes, at, note);) {
      auto aligned = [](uint64_t size) { return (size + 3) / 4 * 4; };
      const uint64_t content = at + sizeof(note) + aligned(note.n_namesz);
      ReadNote(note.n_type, Part(notes, content, note.n_descsz));
      at = content + aligned(note.n_descsz);
    }
  }

  // The first of each kind is of the thread that died.
  void ReadNote(uint32_t type, absl::string_view content) {
    if (type == NT_PRSTATUS && !registers_) {
      prstatus_t status;
      if (!ReadAt(content, 0, status)) return;
      user_regs_struct registers;
      static_assert(sizeof(registers) == sizeof(status.pr_reg));
      std::memcpy(&registers, &status.pr_reg, sizeof(registers));
      registers_ = registers;
      violation_.thread = static_cast<uint64_t>(status.pr_pid);
    } else if (type == NT_SIGINFO && !cause_) {
      SystemCallSignal cause;
      if (ReadAt(content, 0, cause)) cause_ = cause;
    } else if (type == NT_PRPSINFO) {
      prpsinfo_t info;
      if (!ReadAt(content, 0, info)) return;
      name_.assign(info.pr_fname,
                   strnlen(info.pr_fname, sizeof(info.pr_fname)));
    } else if (type == NT_FILE) {
      ReadMappings(content);
    }
  }

  // count, page size; per mapping first, end, offset in pages; then the names.
  void ReadMappings(absl::string_view content) {
    uint64_t count = 0;
    uint64_t page = 0;
    if (!ReadAt(content, 0, count) || !ReadAt(content, 8, page)) return;
    if (count > content.size() / 24) return;
    absl::string_view names = Part(content, 16 + count * 24, content.size());
    for (uint64_t i = 0; i < count; ++i) {
      uint64_t entry[3];
      if (!ReadAt(content, 16 + i * 24, entry)) return;
      const size_t end = names.find('\0');
      if (end == absl::string_view::npos) return;
      absl::string_view path = names.substr(0, end);
      absl::ConsumeSuffix(&path, " (deleted)");
      violation_.mappings.push_back({.first = entry[0],
                                     .end = entry[1],
                                     .file_offset = entry[2] * page,
                                     .executable = false,
                                     .path = std::string(path)});
      names.remove_prefix(end + 1);
    }
  }

  void Fill() {
    for (Mapping& mapping : violation_.mappings) {
      mapping.executable = std::any_of(
          segments_.begin(), segments_.end(), [&](const Elf64_Phdr& segment) {
            return segment.p_vaddr == mapping.first &&
                   (segment.p_flags & PF_X) != 0;
          });
    }
    violation_.source = Violation::Source::kCore;
    violation_.program = Program();
    violation_.data.number = static_cast<uint32_t>(cause_->number);
    violation_.data.architecture = cause_->architecture;
    violation_.data.arguments = {registers_->rdi, registers_->rsi,
                                 registers_->rdx, registers_->r10,
                                 registers_->r8,  registers_->r9};
    violation_.has_arguments = true;
    violation_.address = cause_->address;
    FindCallersOnStack();
  }

  // The kernel keeps 15 bytes of the name; the mapping has all of it.
  std::string Program() const {
    for (const Mapping& mapping : violation_.mappings) {
      const std::string base = mapping.path.substr(mapping.path.rfind('/') + 1);
      if (!name_.empty() && base.compare(0, name_.size(), name_) == 0) {
        return mapping.path;
      }
    }
    return name_;
  }

  absl::string_view Memory(uint64_t address, uint64_t size) const {
    for (const Elf64_Phdr& segment : segments_) {
      if (address < segment.p_vaddr ||
          address - segment.p_vaddr >= segment.p_filesz) {
        continue;
      }
      const uint64_t at = address - segment.p_vaddr;
      return Part(bytes_, segment.p_offset + at,
                  std::min(size, segment.p_filesz - at));
    }
    return "";
  }

  bool IsBehindCall(const Mapping& mapping, uint64_t address) {
    if (address - mapping.first < kCodeBefore) return false;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
        std::fopen(mapping.path.c_str(), "rbe"), &std::fclose);
    // Nobody can say; better one too many than one too few.
    if (file == nullptr) return true;
    char code[kCodeBefore];
    const uint64_t offset =
        mapping.file_offset + (address - mapping.first) - kCodeBefore;
    if (fseeko(file.get(), static_cast<off_t>(offset), SEEK_SET) != 0 ||
        std::fread(code, 1, sizeof(code), file.get()) != sizeof(code)) {
      return true;
    }
    return EndsInCall(std::string(code, sizeof(code)));
  }

  void FindCallersOnStack() {
    violation_.callers_may_be_old = true;
    const absl::string_view stack = Memory(registers_->rsp, kStackLooked);
    for (size_t at = 0; violation_.callers.size() < kMostFrames; at += 8) {
      uint64_t word = 0;
      if (!ReadAt(stack, at, word)) break;
      const Mapping* mapping = FindMapping(violation_.mappings, word);
      if (mapping == nullptr || !mapping->executable ||
          !IsBehindCall(*mapping, word)) {
        continue;
      }
      violation_.callers.push_back(word);
    }
  }

  const absl::string_view bytes_;
  const absl::string_view origin_;
  std::vector<Elf64_Phdr> segments_;
  std::optional<user_regs_struct> registers_;
  std::optional<SystemCallSignal> cause_;
  std::string name_;
  Violation violation_;
};

}  // namespace

bool IsCoreFile(absl::string_view bytes) {
  Elf64_Ehdr header;
  return ReadAt(bytes, 0, header) &&
         std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_type == ET_CORE;
}

absl::StatusOr<Violation> ReadCoreFile(absl::string_view bytes,
                                       absl::string_view origin) {
  return CoreReader(bytes, origin).Run();
}

}  // namespace chestnut::finalyzer
