// Files that lie. Each is refused with a line that names it, or read without
// harm; never with more memory than a small multiple of its size.
#include <elf.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "binalyzer/elf_testing.h"
#include "binalyzer/image.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Asks for everything; a sanitizer would say if something is out of bounds.
uint64_t Walk(const Image& image) {
  uint64_t sum = image.Identity().size();
  for (const ImageSymbol& symbol : image.symbols()) {
    sum += symbol.name.size() + symbol.version.size();
    sum += image.Word64At(symbol.address).value_or(1);
  }
  for (const ImageRelocation& relocation : image.relocations()) {
    sum += image.TargetOf(relocation).value_or(0);
    sum += image.PointerAt(relocation.address)->address;
  }
  for (const ImageSegment& segment : image.segments()) {
    sum += image.BytesFrom(segment.address).size();
  }
  return sum;
}

// Lets `change` have its way with each section header but the first.
template <typename Change>
void ForEachSection(std::string* bytes, Change change) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes->data(), sizeof(header));
  for (uint64_t i = 1; i < header.e_shnum; ++i) {
    Elf64_Shdr section;
    char* place = bytes->data() + header.e_shoff + i * sizeof(section);
    std::memcpy(&section, place, sizeof(section));
    change(&section);
    std::memcpy(place, &section, sizeof(section));
  }
}

struct Lie {
  const char* macro;
  const char* value;
  const char* error;  // what the line must say
};

class LyingSharedTest : public testing::TestWithParam<Lie> {};

TEST_P(LyingSharedTest, IsRefused) {
  for (const bool stripped : {false, true}) {
    std::string bytes =
        FromYaml("shared.yaml", {{GetParam().macro, GetParam().value}});
    if (stripped) bytes = WithoutSectionHeaders(bytes);
    const auto image = Image::Read(bytes, "liar.so");
    ASSERT_FALSE(image.ok());
    EXPECT_THAT(std::string(image.status().message()),
                AllOf(StartsWith("liar.so: "), HasSubstr(GetParam().error)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Lies, LyingSharedTest,
    testing::Values(
        Lie{"TABLES_SIZE", "0x7fffffffffff", "more bytes than memory"},
        Lie{"TABLES_SIZE", "0x600", "more bytes than memory"},
        Lie{"TABLES_MEMORY", "0xffffffffffffff00", "address space"},
        Lie{"TABLES_MEMORY", "0x1001", "overlap"},
        Lie{"CODE_ADDRESS", "0x1400", "overlap"},
        Lie{"CODE_ADDRESS", "0xfffffffffffff000", "address space"},
        Lie{"DYNAMIC", "0x4000", "dynamic section outside"},
        Lie{"DYNAMIC", "0x32c0", "dynamic section outside"},
        Lie{"STRSZ", "0xffffffffffffffff", "dynamic strings outside"},
        Lie{"STRSZ", "8", "no valid name"},
        Lie{"NEEDED", "82", "no valid name"},
        Lie{"SONAME", "0xffffffffffffffff", "no valid name"},
        Lie{"SYMTAB", "0x3300", "room for 0"},
        Lie{"SYMENT", "23", "unknown size"}, Lie{"HASH", "0x2082", "hash"},
        Lie{"HASH", "0x14fc", "hash"}, Lie{"BUCKETS", "0xffffffff", "hash"},
        Lie{"MASK_WORDS", "0xffffffff", "hash"},
        Lie{"BUCKET", "0xffffffff", "hash"}, Lie{"BUCKET", "1", "hash"},
        Lie{"VERSION", "77", "version 77, which there is not"},
        Lie{"VERSYM", "0x14ff", "symbol versions outside"},
        Lie{"VERDEF_VERSION", "2", "broken version definitions"},
        Lie{"RELASZ", "0xffffffffffffffe8", "relocations outside"},
        Lie{"RELASZ", "0x2000", "relocations outside"},
        Lie{"RELAENT", "12", "unknown size"},
        Lie{"PLTREL", "17", "unknown kind"},
        Lie{"RELRSZ", "0x7fffffff", "relative relocations outside"},
        Lie{"RELR", "0x5000", "relative relocation outside"},
        Lie{"PLACE", "0x2fff0000", "relocation outside"},
        Lie{"SYMBOL", "200", "symbol"}, Lie{"SYMBOL", "0xffffff", "room for"},
        Lie{"INIT_ARRAY", "0x5000", "array of functions outside"},
        Lie{"INIT_ARRAYSZ", "0xfffffffffffffff8",
            "array of functions outside"}));

// Lies that the loader would not notice, or not at once.
class HarmlessSharedTest
    : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(HarmlessSharedTest, IsRead) {
  const std::string bytes =
      FromYaml("shared.yaml", {{GetParam().first, GetParam().second}});
  const auto image = Image::Read(bytes, "odd.so");
  ASSERT_TRUE(image.ok()) << image.status();
  Walk(*image);
  for (const ImageSymbol& symbol : image->symbols()) {
    const ImageSegment* segment = image->SegmentAt(symbol.address);
    const uint64_t room =
        segment == nullptr ? 0 : segment->end() - symbol.address;
    EXPECT_LE(symbol.size, room) << symbol.name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Lies, HarmlessSharedTest,
    testing::Values(std::pair("HOOK_SIZE", "0xffffffffffffffff"),
                    std::pair("HOOK_SIZE", "0x1000"), std::pair("RELRSZ", "0"),
                    std::pair("RELASZ", "0"), std::pair("GLOBAL", "0")));

// An array of functions in terabytes of zeros is no work.
TEST(HostileTest, ArraysOfZerosAreEmpty) {
  const std::string bytes = FromYaml(
      "shared.yaml",
      {{"DATA_MEMORY", "0x400000000000"}, {"INIT_ARRAYSZ", "0x3fffffffff00"}});
  const auto image = Image::Read(bytes, "zeros.so");
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_LT(image->init().size(), 100);
  EXPECT_EQ(image->init()[0].address, 0x2060);
}

TEST(HostileTest, CircularVersionNeedsEnd) {
  std::string bytes = FromYaml("shared.yaml");
  // vn_next leads back by wrapping around; vna_next stays where it is.
  Elf64_Verneed need;
  std::memcpy(&need, bytes.data() + 0x1360, sizeof(need));
  need.vn_cnt = 0xffff;
  std::memcpy(bytes.data() + 0x1360, &need, sizeof(need));
  EXPECT_FALSE(Image::Read(bytes, "circle.so").ok());
  need.vn_cnt = 1;
  need.vn_next = 0xfffffff0;
  std::memcpy(bytes.data() + 0x1360, &need, sizeof(need));
  EXPECT_FALSE(Image::Read(bytes, "circle.so").ok());
}

TEST(HostileTest, UnusableSectionHeadersCountAsNone) {
  std::string bytes = FromYaml("shared.yaml");
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.e_shoff = bytes.size() - 8;
  std::memcpy(bytes.data(), &header, sizeof(header));
  const auto image = Image::Read(bytes, "odd.so");
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_TRUE(image->sections().empty());
  EXPECT_EQ(image->relocations().size(), 8);
}

TEST(HostileTest, ManySegmentsOfTheSameBytesAreRefused) {
  // Each of 60000 headers maps the whole file.
  constexpr size_t kSegments = 60000;
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_machine = EM_X86_64;
  header.e_phoff = sizeof(header);
  header.e_phnum = kSegments;
  header.e_phentsize = sizeof(Elf64_Phdr);
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  const uint64_t size = sizeof(header) + kSegments * sizeof(Elf64_Phdr);
  for (size_t i = 0; i < kSegments; ++i) {
    Elf64_Phdr segment = {};
    segment.p_type = PT_LOAD;
    segment.p_flags = PF_R | PF_X;
    segment.p_vaddr = i * 0x1000000;
    segment.p_filesz = size;
    segment.p_memsz = size;
    bytes.append(reinterpret_cast<const char*>(&segment), sizeof(segment));
  }
  const auto image = Image::Read(bytes, "many.so");
  ASSERT_FALSE(image.ok());
  EXPECT_THAT(std::string(image.status().message()),
              HasSubstr("share their bytes"));
}

// However short the file is cut: an error while something that is loaded is
// missing, and never a crash.
TEST(HostileTest, EveryTruncationIsSafe) {
  const std::string bytes = FromYaml("shared.yaml");
  constexpr size_t kLoaded = 0x32c0;
  ASSERT_GT(bytes.size(), kLoaded);
  for (size_t size = 0; size < bytes.size(); size += size < 0x200 ? 1 : 7) {
    // A copy of exactly that size, so that a sanitizer sees the end.
    const std::vector<char> cut(bytes.data(), bytes.data() + size);
    const auto image =
        Image::Read(absl::string_view(cut.data(), cut.size()), "cut.so");
    EXPECT_EQ(image.ok(), size >= kLoaded) << size;
  }
}

TEST(HostileTest, EveryTruncationOfAnObjectIsSafe) {
  const std::string bytes = FromYaml("object.yaml");
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<char> cut(bytes.data(), bytes.data() + size);
    EXPECT_FALSE(
        Image::Read(absl::string_view(cut.data(), cut.size()), "cut.o").ok())
        << size;
  }
}

class ChangedByteTest : public testing::TestWithParam<const char*> {};

TEST_P(ChangedByteTest, IsSafe) {
  const std::string bytes = FromYaml(GetParam());
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
      if (bytes[i] == value) continue;
      std::string changed = bytes;
      changed[i] = value;
      const auto image = Image::Read(changed, "changed");
      if (image.ok()) Walk(*image);
    }
    // Padding between the segments is not worth the time.
    if (bytes[i] == 0 && i % 8 == 0 && bytes.size() > 0x1000) i += 3;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, ChangedByteTest,
                         testing::Values("shared.yaml", "object.yaml"));

class LyingObjectTest : public testing::TestWithParam<Lie> {};

TEST_P(LyingObjectTest, IsRefused) {
  const std::string bytes =
      FromYaml("object.yaml", {{GetParam().macro, GetParam().value}});
  const auto image = Image::Read(bytes, "liar.o");
  ASSERT_FALSE(image.ok());
  EXPECT_THAT(std::string(image.status().message()),
              AllOf(StartsWith("liar.o: "), HasSubstr(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    Lies, LyingObjectTest,
    testing::Values(Lie{"BAD_OFFSET", "0x40", "behind the end of section"},
                    Lie{"BAD_OFFSET", "0xffffffffffffffff",
                        "behind the end of section"},
                    Lie{"BAD_SYMBOL", "99", "symbol 99"},
                    Lie{"BSS_SIZE", "0x7fffffffffffffff", "more than"},
                    Lie{"BSS_SIZE", "0xfffffffffffffff8", "more than"}));

TEST(HostileTest, SymbolsBehindTheirSectionAreNoPlace) {
  std::string bytes =
      FromYaml("object.yaml", {{"BAD_VALUE", "0xfffffffffffffff0"},
                               {"TABLE_SIZE", "0xffffffffffffffff"}});
  ForEachSection(&bytes, [](Elf64_Shdr* section) {
    section->sh_addralign = uint64_t{1} << 63;
  });
  const auto image = Image::Read(bytes, "liar.o");
  ASSERT_TRUE(image.ok()) << image.status();
  Walk(*image);
}

TEST(HostileTest, RelocationsThatShareTheirBytesAreRefused) {
  std::string bytes = FromYaml("object.yaml");
  const uint64_t size = bytes.size() / 24 * 24;
  ForEachSection(&bytes, [size](Elf64_Shdr* section) {
    if (section->sh_type != SHT_RELA) return;
    section->sh_offset = 0;
    section->sh_size = size;
  });
  EXPECT_FALSE(Image::Read(bytes, "liar.o").ok());
}

TEST(HostileTest, SectionsThatShareTheirBytesAreRefused) {
  std::string bytes = FromYaml("object.yaml");
  const uint64_t size = bytes.size();
  ForEachSection(&bytes, [size](Elf64_Shdr* section) {
    if ((section->sh_flags & SHF_ALLOC) == 0) return;
    section->sh_type = SHT_PROGBITS;
    section->sh_offset = 0;
    section->sh_size = size;
  });
  const auto image = Image::Read(bytes, "liar.o");
  ASSERT_FALSE(image.ok());
  EXPECT_THAT(std::string(image.status().message()), HasSubstr("overlap"));
}

}  // namespace
}  // namespace chestnut::binalyzer
