// Real files, and what tools that we did not write say of them.
#include <elf.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "binalyzer/elf_testing.h"
#include "binalyzer/image.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> Words(absl::string_view line) {
  return absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipWhitespace());
}

class LibcTest : public testing::Test {
 protected:
  LibcTest() : path_(PathOfLibc()), bytes_(FileBytes(path_)) {
    auto image = Image::Read(bytes_, path_);
    EXPECT_TRUE(image.ok()) << image.status();
    if (image.ok()) image_.emplace(*std::move(image));
  }

  // The lines that readelf prints, as words.
  std::vector<std::vector<std::string>> Readelf(absl::string_view options) {
    std::vector<std::vector<std::string>> lines;
    const std::string output =
        OutputOf(absl::StrCat("readelf -W ", options, " '", path_, "'"));
    for (absl::string_view line : absl::StrSplit(output, '\n')) {
      lines.push_back(Words(line));
    }
    return lines;
  }

  const std::string path_;
  const std::string bytes_;
  std::optional<Image> image_;
};

std::string VersionedName(const ImageSymbol& symbol) {
  // The name of a version itself is a symbol of that version.
  if (symbol.version.empty() || symbol.version == symbol.name) {
    return std::string(symbol.name);
  }
  const char* at = symbol.defined && !symbol.version_hidden ? "@@" : "@";
  return absl::StrCat(symbol.name, at, symbol.version);
}

// Num: Value Size Type Bind Vis Ndx Name
TEST_F(LibcTest, SymbolsAreThoseOfReadelf) {
  std::multiset<std::string> expected;
  for (const auto& words : Readelf("--dyn-syms")) {
    if (words.size() < 8 || words[0].back() != ':' || words[0] == "Num:" ||
        words[3] == "TLS") {
      continue;
    }
    uint64_t address = 0;
    ASSERT_TRUE(absl::SimpleHexAtoi(words[1], &address));
    // Sizes above 99999 are printed in hexadecimal.
    uint64_t size = 0;
    ASSERT_TRUE(absl::SimpleAtoi(words[2], &size) ||
                absl::SimpleHexAtoi(words[2], &size));
    expected.insert(
        absl::StrFormat("%x %d %s %s", address, size, words[4], words[7]));
  }
  std::multiset<std::string> found;
  for (const ImageSymbol& symbol : image_->symbols()) {
    if (symbol.name.empty() || symbol.kind == SymbolKind::kThreadLocal) {
      continue;
    }
    if (!symbol.dynamic) continue;
    const char* binding = symbol.binding == SymbolBinding::kWeak     ? "WEAK"
                          : symbol.binding == SymbolBinding::kGlobal ? "GLOBAL"
                                                                     : "?";
    found.insert(absl::StrFormat("%x %d %s %s", symbol.address, symbol.size,
                                 binding, VersionedName(symbol)));
  }
  EXPECT_GT(found.size(), 2000);
  EXPECT_EQ(found, expected);
}

TEST_F(LibcTest, ExportsAreThoseOfNm) {
  std::set<std::string> expected;
  std::istringstream lines(
      OutputOf(absl::StrCat("nm -D --defined-only '", path_, "'")));
  for (std::string line; std::getline(lines, line);) {
    expected.insert(Words(line).back());
  }
  std::set<std::string> found;
  for (const ImageSymbol& symbol : image_->symbols()) {
    if (symbol.exported) found.insert(VersionedName(symbol));
  }
  EXPECT_EQ(found, expected);
}

// Offset Info Type [Symbol's value, name] + Addend
TEST_F(LibcTest, RelocationsAreThoseOfReadelf) {
  std::multiset<std::string> expected;
  for (const auto& words : Readelf("-r")) {
    uint64_t relative = 0;
    // An address alone: of DT_RELR.
    if (words.size() == 1 && words[0].size() == 16 &&
        absl::SimpleHexAtoi(words[0], &relative)) {
      expected.insert(absl::StrFormat("%x %d 0", relative, R_X86_64_RELATIVE));
    }
    if (words.size() < 3 || words[2].rfind("R_X86_64", 0) != 0) continue;
    uint64_t place = 0;
    uint64_t info = 0;
    ASSERT_TRUE(absl::SimpleHexAtoi(words[0], &place));
    ASSERT_TRUE(absl::SimpleHexAtoi(words[1], &info));
    expected.insert(
        absl::StrFormat("%x %d %d", place, info & 0xffffffff, info >> 32));
  }
  std::multiset<std::string> found;
  for (const ImageRelocation& r : image_->relocations()) {
    found.insert(absl::StrFormat("%x %d %d", r.address, r.type,
                                 r.symbol == kNoSymbol ? 0 : r.symbol));
  }
  EXPECT_GT(found.size(), 500);
  EXPECT_EQ(found, expected);
}

TEST_F(LibcTest, DynamicSectionIsThatOfReadelf) {
  std::string id;
  for (const auto& words : Readelf("-n")) {
    if (words.size() > 2 && words[words.size() - 2] == "ID:") id = words.back();
  }
  EXPECT_EQ(image_->build_id(), id);
  EXPECT_EQ(image_->ModuleName(), "libc.so.6");
  EXPECT_THAT(image_->dynamic().needed, Contains("ld-linux-x86-64.so.2"));
  EXPECT_NE(image_->interpreter(), "");
  EXPECT_THAT(image_->version_definitions(),
              Contains(testing::Field(&VersionDefinition::name, "GLIBC_2.34")));
}

// Everything that the loader needs is found without section headers, too.
TEST_F(LibcTest, SectionHeadersChangeNothing) {
  const std::string stripped = WithoutSectionHeaders(bytes_);
  const auto bare = Image::Read(stripped, path_);
  ASSERT_TRUE(bare.ok()) << bare.status();
  EXPECT_EQ(bare->symbols().size(), image_->symbols().size());
  EXPECT_EQ(bare->relocations().size(), image_->relocations().size());
  EXPECT_EQ(bare->init().size(), image_->init().size());
  for (const PltStub& stub : image_->plt()) {
    const PltStub* same = bare->PltStubAt(stub.range.begin);
    ASSERT_NE(same, nullptr) << stub.range.begin;
    EXPECT_EQ(same->range, stub.range);
    EXPECT_EQ(same->slot, stub.slot);
  }
}

// ---- Linkers and models ----

constexpr char kProgram[] = R"(
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__attribute__((constructor)) static void begin(void) { puts("begin"); }
__attribute__((destructor)) static void end(void) { puts("end"); }
static __thread int counter = 7;
int (*volatile compare)(const char*, const char*) = strcmp;
int main(int argc, char** argv) {
  char* copy = strdup(argv[0]);
  counter += compare(copy, "x");
  free(copy);
  return counter + getenv("X")[0];
}
)";

struct Model {
  const char* name;
  const char* compiler;
  const char* flags;
  ImageKind kind;
  bool dynamic;
};

class ModelTest : public testing::TestWithParam<Model> {
 protected:
  ModelTest()
      : bytes_(Compile(GetParam().compiler, "c", kProgram, GetParam().flags)) {}

  static std::set<std::string> StubNames(const Image& image) {
    std::set<std::string> names;
    for (const PltStub& stub : image.plt()) {
      if (stub.symbol != kNoSymbol) {
        names.insert(std::string(image.symbols()[stub.symbol].name));
      }
    }
    return names;
  }

  const std::string bytes_;
};

TEST_P(ModelTest, IsRead) {
  for (const bool stripped : {false, true}) {
    const std::string bytes = stripped ? WithoutSectionHeaders(bytes_) : bytes_;
    const auto image = Image::Read(bytes, GetParam().name);
    ASSERT_TRUE(image.ok()) << image.status();
    EXPECT_EQ(image->kind(), GetParam().kind);
    EXPECT_TRUE(image->IsExecutable(image->entry()));
    EXPECT_EQ(image->dynamic().needed.empty(), !GetParam().dynamic);
    EXPECT_EQ(image->interpreter().empty(), !GetParam().dynamic);
    // Of static programs without PT_DYNAMIC only sections say it.
    if (!stripped || image->dynamic().present) {
      EXPECT_THAT(image->init(), Not(SizeIs(0)));
      EXPECT_THAT(image->fini(), Not(SizeIs(0)));
    }
    for (const StartupFunction& f : image->init()) {
      EXPECT_TRUE(image->IsExecutable(f.address));
    }
    if (GetParam().dynamic) {
      EXPECT_THAT(StubNames(*image), Contains("strdup"));
    } else {
      // The C library's own choice of string functions.
      const auto& r = image->relocations();
      EXPECT_GT(std::count_if(r.begin(), r.end(),
                              [](const ImageRelocation& relocation) {
                                return relocation.kind ==
                                       RelocationKind::kIndirectRelative;
                              }),
                5);
      const auto& plt = image->plt();
      EXPECT_TRUE(std::all_of(plt.begin(), plt.end(), [&](const PltStub& s) {
        return s.kind != PltStubKind::kJump || image->IsExecutable(s.target);
      }));
    }
  }
}

// Until it is bound, a lazy slot leads back to where its stub goes on.
TEST_P(ModelTest, LazySlotsLeadToStubsOfTheirSymbol) {
  const auto image = Image::Read(bytes_, GetParam().name);
  ASSERT_TRUE(image.ok()) << image.status();
  int lazy = 0;
  for (const ImageRelocation& r : image->relocations()) {
    if (r.kind != RelocationKind::kJumpSlot) continue;
    const uint64_t first = image->Word64At(r.address).value_or(0);
    if (first == 0) continue;
    ++lazy;
    const PltStub* stub = image->PltStubAt(first);
    ASSERT_NE(stub, nullptr);
    EXPECT_EQ(stub->symbol, r.symbol);
    // Under IBT the slot leads to a stub that only pushes.
    EXPECT_EQ(stub->kind, stub->range.begin == first ? PltStubKind::kLazyEntry
                                                     : PltStubKind::kJump);
  }
  const std::string name = GetParam().name;
  if (name == "lazy" || name == "ibt") EXPECT_GT(lazy, 2);
}

// Every stub that objdump names is found, with the same symbol.
TEST_P(ModelTest, StubsAreThoseOfObjdump) {
  const auto image = Image::Read(bytes_, GetParam().name);
  ASSERT_TRUE(image.ok()) << image.status();
  const TemporaryFile file(bytes_);
  std::istringstream lines(
      OutputOf(absl::StrCat("objdump -d '", file.path(), "'")));
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    // 0000000000001030 <strdup@plt>:
    const size_t plt = line.find("@plt>:");
    const size_t open = line.find('<');
    if (plt == std::string::npos || open == std::string::npos ||
        line[open + 1] == '*') {
      continue;
    }
    uint64_t address = 0;
    ASSERT_TRUE(absl::SimpleHexAtoi(line.substr(0, open - 1), &address));
    const std::string name = line.substr(open + 1, plt - open - 1);
    const PltStub* stub = image->PltStubAt(address);
    ASSERT_NE(stub, nullptr) << line;
    EXPECT_EQ(stub->range.begin, address) << line;
    EXPECT_EQ(image->symbols()[stub->symbol].name, name);
    ++count;
  }
  if (GetParam().dynamic) EXPECT_GT(count, 2);
}

INSTANTIATE_TEST_SUITE_P(
    Models, ModelTest,
    testing::Values(
        Model{"pie", "gcc", "-O1 -pie -fPIE", ImageKind::kShared, true},
        Model{"lazy", "gcc", "-O1 -pie -fPIE -Wl,-z,lazy", ImageKind::kShared,
              true},
        Model{"ibt", "gcc",
              "-O1 -pie -fPIE -fcf-protection -Wl,-z,ibtplt,-z,lazy",
              ImageKind::kShared, true},
        Model{"fixed", "gcc", "-O1 -no-pie -fno-pie", ImageKind::kExecutable,
              true},
        Model{"relr", "clang-19", "-O1 -fuse-ld=lld -Wl,--pack-dyn-relocs=relr",
              ImageKind::kShared, true},
        Model{"gold", "gcc", "-O1 -fuse-ld=gold", ImageKind::kShared, true},
        Model{"oldhash", "gcc", "-O1 -Wl,--hash-style=sysv", ImageKind::kShared,
              true},
        Model{"static", "gcc", "-O1 -static", ImageKind::kExecutable, false},
        Model{"staticpie", "gcc", "-O1 -static-pie", ImageKind::kShared,
              false}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(SystemTest, CanonicalPltAddressesAndCopies) {
  const std::string bytes = Compile("gcc", "c", R"(
    #include <stdio.h>
    #include <string.h>
    int main(void) {
      int (*volatile f)(const char*) = puts;
      fputs("x", stdout);
      return f("y");
    })",
                                    "-O1 -no-pie -fno-pie");
  const auto image = Image::Read(bytes, "fixed");
  ASSERT_TRUE(image.ok()) << image.status();
  bool copied = false;
  for (const ImageRelocation& r : image->relocations()) {
    if (r.kind != RelocationKind::kCopy) continue;
    copied = true;
    EXPECT_EQ(image->symbols()[r.symbol].name, "stdout");
    EXPECT_TRUE(image->symbols()[r.symbol].defined);
  }
  EXPECT_TRUE(copied);
  uint64_t puts = 0;
  for (const ImageSymbol& symbol : image->symbols()) {
    if (symbol.name == "puts" && symbol.dynamic) puts = symbol.plt_address;
  }
  const PltStub* stub = image->PltStubAt(puts);
  ASSERT_NE(stub, nullptr);
  EXPECT_EQ(image->symbols()[stub->symbol].name, "puts");
}

TEST(SystemTest, VersionsThatAssemblersWrite) {
  const std::string bytes = Compile("gcc", "assembler", R"(
    .globl impl_old
    .type impl_old, @function
    impl_old: ret
    .symver impl_old, api@V_1
    .globl impl_new
    .type impl_new, @function
    impl_new: jmp outside
    .symver impl_new, api@@V_2
    .symver outside, outside@V_3
    )",
                                    "-c");
  const auto image = Image::Read(bytes, "versions.o");
  ASSERT_TRUE(image.ok()) << image.status();
  std::set<std::string> names;
  for (const ImageSymbol& symbol : image->symbols()) {
    if (!symbol.version.empty()) names.insert(VersionedName(symbol));
  }
  EXPECT_EQ(names,
            (std::set<std::string>{"api@V_1", "api@@V_2", "outside@V_3"}));
}

}  // namespace
}  // namespace chestnut::binalyzer
