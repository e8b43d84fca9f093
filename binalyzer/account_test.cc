// The account of a module against what tools say that we did not write.
#include "binalyzer/account.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "binalyzer/archive.h"
#include "binalyzer/elf_testing.h"
#include "binalyzer/image.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::StartsWith;

ModuleStatistics StatisticsOf(absl::string_view bytes,
                              const std::string& name) {
  ModuleStatistics statistics;
  absl::StatusOr<Image> image = Image::Read(bytes, name);
  EXPECT_TRUE(image.ok()) << image.status();
  if (!image.ok()) return statistics;
  auto facts = ModuleFacts(*image, {.statistics = &statistics});
  EXPECT_TRUE(facts.ok()) << facts.status();
  return statistics;
}

uint64_t Number(const std::string& command) {
  uint64_t number = 0;
  const std::string output = OutputOf(command);
  EXPECT_TRUE(absl::SimpleAtoi(output, &number)) << command << ": " << output;
  return number;
}

// How many lines of readelf's tables there are. Symbol 0 is none.
uint64_t Symbols(const std::string& option, const std::string& path) {
  return Number(absl::StrCat("readelf -W ", option, " ", path,
                             " | grep -cE '^ +[1-9][0-9]*: '"));
}
uint64_t Functions(const std::string& option, const std::string& path) {
  return Number(absl::StrCat(
      "readelf -W ", option, " ", path,
      " | awk '($4 == \"FUNC\" || $4 == \"IFUNC\") && $7 != \"UND\"' | wc -l"));
}
// Those that are packed as offsets it lists by address, after their number.
uint64_t Relocations(const std::string& path) {
  return Number(absl::StrCat("readelf -W -r ", path,
                             " | awk '/R_X86_64_/ {n++} / offsets$/ {n += $1} "
                             "END {print n + 0}'"));
}
// Bytes in executable sections.
uint64_t CodeBytes(const std::string& path) {
  uint64_t sum = 0;
  for (absl::string_view size :
       absl::StrSplit(OutputOf(absl::StrCat("readelf -W -S ", path,
                                            " | sed 's/^ *\\[ *[0-9]*\\]//' | "
                                            "awk '$7 ~ /AX/ {print $5}'")),
                      '\n', absl::SkipEmpty())) {
    uint64_t bytes = 0;
    EXPECT_TRUE(absl::SimpleHexAtoi(size, &bytes)) << size;
    sum += bytes;
  }
  return sum;
}

void ExpectCovered(const ModuleStatistics& statistics) {
  EXPECT_THAT(statistics.function_symbols, Each(Key("in a function")));
  EXPECT_THAT(statistics.symbols, Not(Contains(Key("outside of the image"))));
  EXPECT_THAT(statistics.relocations, Each(Key(Not(StartsWith("unknown")))));
  EXPECT_EQ(SumOf(statistics.function_bytes), statistics.code_bytes);
}

void ExpectAccountOf(const std::string& path) {
  SCOPED_TRACE(path);
  const ModuleStatistics statistics = StatisticsOf(FileBytes(path), path);
  EXPECT_EQ(SumOf(statistics.symbols), Symbols("--dyn-syms", path));
  EXPECT_EQ(SumOf(statistics.function_symbols), Functions("--dyn-syms", path));
  EXPECT_EQ(SumOf(statistics.relocations), Relocations(path));
  EXPECT_EQ(statistics.code_bytes + statistics.padding_bytes, CodeBytes(path));
  ExpectCovered(statistics);
}

std::string PathOfLibrary(const std::string& name) {
  return std::string(absl::StripSuffix(
      OutputOf(absl::StrCat("realpath $(g++ -print-file-name=", name, ")")),
      "\n"));
}

TEST(Account, OfLibc) { ExpectAccountOf(PathOfLibc()); }

TEST(Account, OfLibstdcxx) { ExpectAccountOf(PathOfLibrary("libstdc++.so")); }

TEST(Account, OfAStrippedProgram) {
  const TemporaryFile program(
      Compile("g++", "c++",
              "#include <iostream>\n#include <map>\n"
              "struct A { virtual ~A() {} virtual int f() { return 1; } };\n"
              "struct B : A { int f() override { throw 2; } };\n"
              "int main(int c, char**) { A* a = c > 1 ? new A : new B;\n"
              "  try { std::cout << a->f(); } catch (int) { return 3; }\n"
              "  std::map<int, int> m; m[c] = 1; return m.size() - 1; }\n",
              "-O1 -s"));
  ExpectAccountOf(program.path());
}

TEST(Account, OfTheObjectsOfAnArchive) {
  for (const char* name : {"libgcc.a", "libc_nonshared.a"}) {
    const std::string path = PathOfLibrary(name);
    SCOPED_TRACE(path);
    const std::string bytes = FileBytes(path);
    absl::StatusOr<Archive> archive = ReadArchive(bytes, path);
    ASSERT_TRUE(archive.ok()) << archive.status();
    uint64_t symbols = 0;
    uint64_t functions = 0;
    uint64_t relocations = 0;
    for (const ArchiveMember& member : archive->members) {
      SCOPED_TRACE(member.name);
      const ModuleStatistics statistics =
          StatisticsOf(member.bytes, std::string(member.name));
      ExpectCovered(statistics);
      symbols += SumOf(statistics.symbols);
      functions += SumOf(statistics.function_symbols);
      relocations += SumOf(statistics.relocations);
    }
    EXPECT_EQ(symbols, Symbols("-s", path));
    EXPECT_EQ(functions, Functions("-s", path));
    EXPECT_EQ(relocations, Relocations(path));
  }
}

TEST(Account, SaysWhatIsUnknown) {
  const std::string bytes =
      Compile("gcc", "assembler",
              ".globl f\n.type f,@function\nf: mov (%rdi),%rax\nsyscall\nret\n"
              ".size f,.-f\n",
              "-c");
  const std::vector<std::string> lines =
      AccountLines("f.o", StatisticsOf(bytes, "f.o"));
  EXPECT_THAT(lines, Each(StartsWith("f.o: ")));
  EXPECT_THAT(lines,
              Contains(HasSubstr("1 function symbols: 1 in a function")));
  EXPECT_THAT(lines,
              Contains(HasSubstr("1 system calls: 0 of a known number; 0 "
                                 "of the caller's; 1 unknown")));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("without a number of their own"),
                                    HasSubstr(": +0x"))));
}

}  // namespace
}  // namespace chestnut::binalyzer
