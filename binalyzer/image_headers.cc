// Program headers: what the kernel and the loader map, and what they point to.
#include <algorithm>
#include <limits>

#include "absl/strings/escaping.h"
#include "binalyzer/image_builder.h"

namespace chestnut::binalyzer {
namespace {

absl::Status AddSegment(const Elf64_Phdr& header, ImageContents* image) {
  if (header.p_memsz == 0) return absl::OkStatus();
  ImageSegment segment;
  segment.address = header.p_vaddr;
  segment.size = header.p_memsz;
  segment.readable = (header.p_flags & PF_R) != 0;
  segment.writable = (header.p_flags & PF_W) != 0;
  segment.executable = (header.p_flags & PF_X) != 0;
  if (header.p_filesz > header.p_memsz) {
    return ImageError(*image, "segment with more bytes than memory");
  }
  // Addresses above 2^47 are not a process's.
  constexpr uint64_t kLimit = uint64_t{1} << 47;
  if (segment.address >= kLimit || segment.size > kLimit - segment.address) {
    return ImageError(*image, "segment beyond the address space");
  }
  if (!FileSlice(*image, header.p_offset, header.p_filesz, &segment.bytes)) {
    return ImageError(*image, "segment beyond the end of the file");
  }
  image->segments.push_back(segment);
  return absl::OkStatus();
}

absl::Status SortSegments(ImageContents* image) {
  auto& all = image->segments;
  std::sort(all.begin(), all.end(),
            [](const ImageSegment& a, const ImageSegment& b) {
              return a.address < b.address;
            });
  for (size_t i = 1; i < all.size(); ++i) {
    if (all[i].address < all[i - 1].end()) {
      return ImageError(*image, "segments overlap");
    }
  }
  if (all.empty()) return ImageError(*image, "no segment to load");
  // Neighbours share a page at most; whoever maps everything many times wants
  // the memory of those who read it.
  uint64_t bytes = 0;
  for (const ImageSegment& segment : all) bytes += segment.bytes.size();
  if (bytes / 4 > image->file_bytes.size()) {
    return ImageError(*image, "segments share their bytes");
  }
  return absl::OkStatus();
}

void ReadNotes(absl::string_view notes, uint64_t alignment,
               ImageContents* image) {
  const uint64_t align = alignment == 8 ? 8 : 4;
  auto padded = [align](uint64_t n) { return (n + align - 1) / align * align; };
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    const auto header = LoadAs<Elf64_Nhdr>(notes);
    const uint64_t name = sizeof(header);
    const uint64_t data = padded(name + header.n_namesz);
    if (data > notes.size() || header.n_descsz > notes.size() - data) return;
    if (header.n_type == NT_GNU_BUILD_ID && header.n_descsz > 0 &&
        notes.substr(name, header.n_namesz) == absl::string_view("GNU", 4)) {
      image->build_id =
          absl::BytesToHexString(notes.substr(data, header.n_descsz));
      return;
    }
    notes.remove_prefix(
        std::min<uint64_t>(notes.size(), padded(data + header.n_descsz)));
  }
}

absl::Status ReadInterpreter(absl::string_view bytes, ImageContents* image) {
  if (!TableString(bytes, 0, &image->interpreter) ||
      image->interpreter.empty()) {
    return ImageError(*image, "interpreter name without end");
  }
  return absl::OkStatus();
}

absl::Status ReadOther(const Elf64_Phdr& header, ImageContents* image) {
  const uint64_t size = std::min(
      header.p_memsz, std::numeric_limits<uint64_t>::max() - header.p_vaddr);
  const AddressRange range = {header.p_vaddr, header.p_vaddr + size};
  absl::string_view bytes;
  switch (header.p_type) {
    case PT_INTERP:
    case PT_NOTE:
      if (!FileSlice(*image, header.p_offset, header.p_filesz, &bytes)) {
        return ImageError(*image, "program header beyond the end of the file");
      }
      if (header.p_type == PT_INTERP) return ReadInterpreter(bytes, image);
      if (image->build_id.empty()) ReadNotes(bytes, header.p_align, image);
      break;
    case PT_TLS:
      // What follows in memory is a place of each thread, not of the file.
      image->thread_local_image = {
          range.begin, range.begin + std::min(size, header.p_filesz)};
      break;
    case PT_GNU_RELRO:
      image->relro = range;
      break;
    case PT_GNU_EH_FRAME:
      image->eh_frame_header = range;
      break;
    case PT_GNU_STACK:
      image->executable_stack = (header.p_flags & PF_X) != 0;
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

}  // namespace

bool FileSlice(const ImageContents& image, uint64_t offset, uint64_t size,
               absl::string_view* out) {
  const absl::string_view all = image.file_bytes;
  if (offset > all.size() || size > all.size() - offset) return false;
  *out = all.substr(offset, size);
  return true;
}

bool TableString(absl::string_view table, uint64_t offset,
                 absl::string_view* out) {
  if (offset >= table.size()) return false;
  const size_t end = table.find('\0', offset);
  if (end == absl::string_view::npos) return false;
  *out = table.substr(offset, end - offset);
  return true;
}

absl::Status ReadProgramHeaders(const Elf64_Ehdr& header,
                                ImageContents* image) {
  if (header.e_phnum == 0 || header.e_phentsize != sizeof(Elf64_Phdr)) {
    return ImageError(*image, "no usable program headers");
  }
  absl::string_view table;
  if (header.e_phnum == PN_XNUM ||
      !FileSlice(*image, header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr),
                 &table)) {
    return ImageError(*image, "program headers beyond the end of the file");
  }
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = LoadAs<Elf64_Phdr>(table, i);
    absl::Status status = segment.p_type == PT_LOAD ? AddSegment(segment, image)
                                                    : ReadOther(segment, image);
    if (!status.ok()) return status;
  }
  return SortSegments(image);
}

}  // namespace chestnut::binalyzer
