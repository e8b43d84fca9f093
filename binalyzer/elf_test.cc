#include "binalyzer/elf.h"

#include <elf.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A small object by hand: .text with one relocation against a function symbol.
std::string SmallObject() {
  const std::string names("\0.text\0.rela.text\0.symtab\0.strtab\0", 34);
  const std::string strings("\0f\0", 3);
  const std::string code("\xe8\0\0\0\0\xc3\0\0", 8);
  const Elf64_Rela relocation = {1, ELF64_R_INFO(1, R_X86_64_PLT32), -4};
  Elf64_Sym symbols[2] = {};
  symbols[1].st_name = 1;
  symbols[1].st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
  symbols[1].st_shndx = 1;
  symbols[1].st_size = 6;

  std::string out(sizeof(Elf64_Ehdr), '\0');
  Elf64_Shdr headers[5] = {};
  auto place = [&](int index, uint32_t type, uint32_t name, const void* data,
                   size_t size) {
    out.resize((out.size() + 7) / 8 * 8);
    headers[index].sh_type = type;
    headers[index].sh_name = name;
    headers[index].sh_offset = out.size();
    headers[index].sh_size = size;
    out.append(static_cast<const char*>(data), size);
  };
  place(1, SHT_PROGBITS, 1, code.data(), code.size());
  headers[1].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
  place(2, SHT_RELA, 7, &relocation, sizeof(relocation));
  headers[2].sh_link = 3;
  headers[2].sh_info = 1;
  place(3, SHT_SYMTAB, 18, symbols, sizeof(symbols));
  headers[3].sh_link = 4;
  place(4, SHT_STRTAB, 26, (strings + names).data(),
        strings.size() + names.size());
  // One table for both: the section names begin behind the symbols'.
  for (int i = 1; i < 5; ++i) headers[i].sh_name += strings.size();
  out.resize((out.size() + 7) / 8 * 8);
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_REL;
  header.e_machine = EM_X86_64;
  header.e_shoff = out.size();
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 5;
  header.e_shstrndx = 4;
  std::memcpy(out.data(), &header, sizeof(header));
  out.append(reinterpret_cast<const char*>(headers), sizeof(headers));
  return out;
}

TEST(ElfTest, ReadsSectionsSymbolsAndRelocations) {
  const std::string bytes = SmallObject();
  const auto elf = ElfFile::Parse(bytes, "small.o");
  ASSERT_TRUE(elf.ok()) << elf.status();
  const ElfSection* text = elf->FindSection(".text");
  ASSERT_NE(text, nullptr);
  EXPECT_TRUE(text->executable());
  EXPECT_EQ(text->bytes.size(), 8);
  ASSERT_THAT(elf->symbols(), SizeIs(2));
  EXPECT_EQ(elf->symbols()[1].name, "f");
  EXPECT_FALSE(elf->symbols()[1].local());
  const auto& relocations = elf->relocations(elf->IndexOf(*text));
  ASSERT_THAT(relocations, SizeIs(1));
  EXPECT_EQ(relocations[0].symbol, 1);
  EXPECT_EQ(relocations[0].addend, -4);
}

// A static program keeps relocations of its start-up code when it is stripped.
TEST(ElfTest, AStrippedProgramHasRelocationsWithoutSymbols) {
  std::string bytes = SmallObject();
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  auto change = [&](int section, size_t member, uint32_t value) {
    std::memcpy(
        bytes.data() + header.e_shoff + section * sizeof(Elf64_Shdr) + member,
        &value, sizeof(value));
  };
  change(2, offsetof(Elf64_Shdr, sh_link), 0);
  change(3, offsetof(Elf64_Shdr, sh_type), SHT_PROGBITS);
  EXPECT_FALSE(ElfFile::Parse(bytes, "object.o").ok());
  header.e_type = ET_EXEC;
  std::memcpy(bytes.data(), &header, sizeof(header));
  const auto elf = ElfFile::Parse(bytes, "program");
  ASSERT_TRUE(elf.ok()) << elf.status();
  EXPECT_THAT(elf->relocations(1), IsEmpty());
}

// However short the file is cut, the answer is an error and never a crash.
TEST(ElfTest, RefusesEveryTruncation) {
  const std::string bytes = SmallObject();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::string cut = bytes.substr(0, size);
    EXPECT_FALSE(ElfFile::Parse(cut, "cut.o").ok()) << size;
  }
}

// Any byte may be wrong; what is read stays inside the file (a sanitizer would
// say otherwise).
TEST(ElfTest, SurvivesEveryChangedByte) {
  const std::string bytes = SmallObject();
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
      std::string changed = bytes;
      changed[i] = value;
      const auto elf = ElfFile::Parse(changed, "changed.o");
      if (!elf.ok()) continue;
      for (const ElfSymbol& symbol : elf->symbols()) {
        EXPECT_LE(symbol.name.size(), changed.size());
      }
    }
  }
}

TEST(ElfTest, NamesTheFileAndWhatIsWrong) {
  EXPECT_THAT(std::string(ElfFile::Parse("no", "x.o").status().message()),
              HasSubstr("x.o: not an ELF file"));
  std::string other = SmallObject();
  other[EI_CLASS] = ELFCLASS32;
  EXPECT_THAT(std::string(ElfFile::Parse(other, "x.o").status().message()),
              HasSubstr("only 64-bit x86-64"));
}

}  // namespace
}  // namespace chestnut::binalyzer
