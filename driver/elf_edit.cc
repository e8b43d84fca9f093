#include "driver/elf_edit.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "binalyzer/elf.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

uint64_t AlignUp(uint64_t offset, uint64_t alignment) {
  if (alignment <= 1) return offset;
  return (offset + alignment - 1) / alignment * alignment;
}

// The file without the dropped sections: everything up to the first of them as
// it is, then the other unloaded sections moved up, then the headers.
std::string Rewrite(const std::string& bytes, std::vector<Elf64_Shdr> headers,
                    const std::vector<bool>& dropped, uint64_t cut) {
  std::string out = bytes.substr(0, cut);
  std::vector<size_t> order;
  for (size_t i = 0; i < headers.size(); ++i) {
    if (dropped[i]) {
      headers[i] = {};
    } else if (headers[i].sh_offset >= cut && headers[i].sh_type != SHT_NULL) {
      order.push_back(i);
    }
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return headers[a].sh_offset < headers[b].sh_offset;
  });
  for (const size_t i : order) {
    Elf64_Shdr& header = headers[i];
    const uint64_t offset = AlignUp(out.size(), header.sh_addralign);
    if (header.sh_type != SHT_NOBITS) {
      out.resize(offset);
      out.append(bytes, header.sh_offset, header.sh_size);
    }
    header.sh_offset = offset;
  }
  const uint64_t table = AlignUp(out.size(), 8);
  out.resize(table);
  out.append(reinterpret_cast<const char*>(headers.data()),
             headers.size() * sizeof(Elf64_Shdr));
  Elf64_Ehdr header;
  std::memcpy(&header, out.data(), sizeof(header));
  header.e_shoff = table;
  std::memcpy(out.data(), &header, sizeof(header));
  return out;
}

absl::Status WriteTail(const std::string& path, const std::string& out,
                       uint64_t from) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  auto fail = [&]() {
    const int error = errno;
    if (fd >= 0) close(fd);
    return absl::UnavailableError(
        absl::StrCat("cannot write '", path, "': ", std::strerror(error)));
  };
  if (fd < 0) return fail();
  if (pwrite(fd, out.data(), sizeof(Elf64_Ehdr), 0) !=
      static_cast<ssize_t>(sizeof(Elf64_Ehdr))) {
    return fail();
  }
  for (uint64_t done = from; done < out.size();) {
    const ssize_t count = pwrite(fd, out.data() + done, out.size() - done,
                                 static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail();
    done += static_cast<uint64_t>(count);
  }
  if (ftruncate(fd, static_cast<off_t>(out.size())) != 0) return fail();
  close(fd);
  return absl::OkStatus();
}

}  // namespace

absl::Status DropSection(const std::string& path, absl::string_view name) {
  absl::StatusOr<std::string> bytes = support::ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  // Checks every bound that is used below.
  absl::StatusOr<binalyzer::ElfFile> elf =
      binalyzer::ElfFile::Parse(*bytes, path);
  if (!elf.ok()) return elf.status();
  const size_t count = elf->sections().size();
  if (elf->FindSection(name) == nullptr) return absl::OkStatus();
  Elf64_Ehdr header;
  std::memcpy(&header, bytes->data(), sizeof(header));
  std::vector<Elf64_Shdr> headers(count);
  std::memcpy(headers.data(), bytes->data() + header.e_shoff,
              count * sizeof(Elf64_Shdr));
  std::vector<bool> dropped(count);
  uint64_t cut = bytes->size();
  uint64_t loaded_end = 0;
  for (size_t i = 0; i < count; ++i) {
    const binalyzer::ElfSection& section = elf->sections()[i];
    dropped[i] = section.name == name;
    if (dropped[i]) cut = std::min<uint64_t>(cut, headers[i].sh_offset);
    if (section.allocated() && section.type != SHT_NOBITS) {
      loaded_end =
          std::max(loaded_end, headers[i].sh_offset + headers[i].sh_size);
    }
  }
  if (cut < loaded_end) {
    return absl::FailedPreconditionError(absl::StrCat(
        "'", path, "': section ", name, " lies among what is loaded"));
  }
  return WriteTail(path, Rewrite(*bytes, std::move(headers), dropped, cut),
                   cut);
}

absl::Status AddSection(const std::string& path, absl::string_view name,
                        absl::string_view content) {
  absl::StatusOr<std::string> bytes = support::ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<binalyzer::ElfFile> elf =
      binalyzer::ElfFile::Parse(*bytes, path);
  if (!elf.ok()) return elf.status();
  Elf64_Ehdr header;
  std::memcpy(&header, bytes->data(), sizeof(header));
  const size_t count = elf->sections().size();
  if (header.e_type != ET_REL || header.e_shnum == 0 ||
      header.e_shstrndx >= count || count + 1 >= SHN_LORESERVE) {
    return absl::FailedPreconditionError(
        absl::StrCat("'", path, "' is no object that a section can join"));
  }
  std::vector<Elf64_Shdr> headers(count + 1);
  std::memcpy(headers.data(), bytes->data() + header.e_shoff,
              count * sizeof(Elf64_Shdr));
  std::string out = *std::move(bytes);
  auto append = [&out](absl::string_view text, uint64_t alignment) {
    out.resize(AlignUp(out.size(), alignment));
    const uint64_t offset = out.size();
    out.append(text.data(), text.size());
    return offset;
  };
  Elf64_Shdr& names = headers[header.e_shstrndx];
  std::string table = out.substr(names.sh_offset, names.sh_size);
  Elf64_Shdr& added = headers[count];
  added.sh_name = static_cast<uint32_t>(table.size());
  added.sh_type = SHT_PROGBITS;
  added.sh_addralign = 8;
  added.sh_size = content.size();
  added.sh_offset = append(content, 8);
  absl::StrAppend(&table, name, absl::string_view("\0", 1));
  names.sh_size = table.size();
  names.sh_offset = append(table, 1);
  header.e_shoff =
      append(absl::string_view(reinterpret_cast<const char*>(headers.data()),
                               headers.size() * sizeof(Elf64_Shdr)),
             8);
  header.e_shnum = static_cast<uint16_t>(headers.size());
  std::memcpy(out.data(), &header, sizeof(header));
  return support::WriteFileAtomically(path, out);
}

}  // namespace chestnut::driver
