#include "binalyzer/functions.h"

#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "binalyzer/elf_testing.h"
#include "binalyzer/padding.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// A file with its image and functions; both keep views of the bytes.
struct Read {
  explicit Read(std::string file) : bytes(std::move(file)) {
    auto read = Image::Read(bytes, "file");
    EXPECT_TRUE(read.ok()) << read.status();
    if (!read.ok()) return;
    image.emplace(*std::move(read));
    auto found = FunctionTable::Find(*image);
    EXPECT_TRUE(found.ok()) << found.status();
    if (found.ok()) table.emplace(*std::move(found));
  }

  const FunctionRange* Named(absl::string_view name) const {
    for (const FunctionRange& function : table->functions()) {
      if (function.name == name) return &function;
    }
    ADD_FAILURE() << "no function " << name;
    return nullptr;
  }

  std::string bytes;
  std::optional<Image> image;
  std::optional<FunctionTable> table;
};

TEST(PaddingTest, KnowsWhatAssemblersWrite) {
  for (const absl::string_view padding :
       {absl::string_view(""), absl::string_view("\x90"),
        absl::string_view("\xcc\xcc"), absl::string_view("\0\0", 2),
        absl::string_view("\x66\x90"), absl::string_view("\x0f\x1f\0", 3),
        absl::string_view("\x0f\x1f\x40\0", 4),
        absl::string_view("\x0f\x1f\x44\0\0", 5),
        absl::string_view("\x0f\x1f\x80\0\0\0\0", 7),
        absl::string_view("\x66\x2e\x0f\x1f\x84\0\0\0\0\0\x90", 11),
        absl::string_view("\x66\x66\x2e\x0f\x1f\x84\0\0\0\0\0", 11)}) {
    EXPECT_TRUE(IsPadding(padding)) << testing::PrintToString(padding);
  }
  for (const absl::string_view code :
       {absl::string_view("\xc3"), absl::string_view("\x0f\x05"),
        absl::string_view("\x90\xf3\x0f\x1e\xfa"),
        absl::string_view("\x0f\x1f\x80\0\0", 5), absl::string_view("\x0f"),
        absl::string_view("\x66"), absl::string_view("\x66\xcc")}) {
    EXPECT_FALSE(IsPadding(code)) << testing::PrintToString(code);
  }
}

class SharedFunctionsTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Headers, SharedFunctionsTest, testing::Bool());

TEST_P(SharedFunctionsTest, AreCutAtStubsSymbolsAndStartup) {
  std::string bytes = FromYaml("shared.yaml");
  const Read read(GetParam() ? WithoutSectionHeaders(bytes) : bytes);
  std::vector<std::pair<uint64_t, FunctionSource>> found;
  for (const FunctionRange& f : read.table->functions()) {
    found.emplace_back(f.range.begin, f.source);
  }
  EXPECT_THAT(found, ElementsAre(std::pair(0x2000, FunctionSource::kPlt),
                                 std::pair(0x2010, FunctionSource::kPlt),
                                 std::pair(0x2020, FunctionSource::kPlt),
                                 std::pair(0x2060, FunctionSource::kStartup),
                                 std::pair(0x2070, FunctionSource::kSymbol),
                                 std::pair(0x2080, FunctionSource::kSymbol)));
  EXPECT_EQ(read.table->FunctionAt(0x2072)->name, "choose");
  EXPECT_EQ(read.table->FunctionAt(0x2078), nullptr);
  EXPECT_TRUE(read.table->StartsAt(0x2080));
  EXPECT_FALSE(read.table->StartsAt(0x2081));
  EXPECT_EQ(read.table->IndexAt(0x5000), -1);
  EXPECT_FALSE(read.table->IsCode(0x3280));
}

TEST(FunctionsTest, OfObjectsWithoutUnwindTables) {
  const Read read(FromYaml("object.yaml"));
  ASSERT_THAT(read.table->functions(), SizeIs(2));
  EXPECT_EQ(read.table->functions()[0].name, "first");
  EXPECT_EQ(read.table->functions()[0].range.size(), 20);
  // Without a type or a size, but global: to the end of the section.
  EXPECT_EQ(read.table->functions()[1].name, "second");
  EXPECT_EQ(read.table->functions()[1].range.size(), 3);
}

// ---- .eh_frame by hand ----

// Version 1, "zR", pc-relative 4-byte pointers.
constexpr char kCommon[] = "1400000000000000017a5200017810011b0c070890010000";
// 0x1010, 3 bytes; the record stands at 0x2018.
constexpr char kEntry[] = "140000001c000000f0efffff030000000000000000000000";

std::string Frames(absl::string_view frames) {
  return FromYaml("frames.yaml", {{"FRAMES", std::string(frames)}});
}

TEST(FramesTest, DescribeFunctionsAndLeaveGapsVisible) {
  const Read read(Frames(absl::StrCat(kCommon, kEntry, "00000000")));
  ASSERT_THAT(read.table->frames(), SizeIs(1));
  EXPECT_EQ(read.table->frames()[0].range, (AddressRange{0x1010, 0x1013}));
  EXPECT_EQ(read.table->frames()[0].record, 0x2018);
  // What is in front, the function, and code behind its end.
  ASSERT_THAT(read.table->functions(), SizeIs(3));
  EXPECT_EQ(read.table->functions()[0].source, FunctionSource::kGap);
  EXPECT_EQ(read.table->functions()[1].source, FunctionSource::kFrame);
  EXPECT_EQ(read.table->functions()[1].frame, 0);
  EXPECT_EQ(read.table->functions()[2].source, FunctionSource::kGap);
  EXPECT_EQ(read.table->functions()[2].range.begin, 0x1013);
  EXPECT_EQ(read.table->functions()[2].frame, kNoFrame);
}

TEST(FramesTest, OfSignalTrampolinesBeginOneByteEarly) {
  // "zRS"; 0x1000, 11 bytes; the record at 0x2018.
  const Read read(
      Frames("1400000000000000017a52530001781001"
             "1b0c0708900100"
             "140000001c000000e0efffff0b0000000000000000000000"
             "00000000"));
  ASSERT_THAT(read.table->frames(), SizeIs(1));
  EXPECT_TRUE(read.table->frames()[0].signal_frame);
  EXPECT_FALSE(read.table->StartsAt(0x1000));
  EXPECT_TRUE(read.table->StartsAt(0x1001));
}

TEST(FramesTest, OfDiscardedCodeAreLeftOut) {
  // Size 0, and an address that is in no segment.
  const Read read(Frames(
      absl::StrCat(kCommon, "140000001c000000f0efffff000000000000000000000000",
                   "1400000034000000f0ef0fff030000000000000000000000")));
  EXPECT_THAT(read.table->frames(), IsEmpty());
  EXPECT_THAT(read.table->functions(), SizeIs(1));  // the whole as a gap
}

struct BrokenFrames {
  const char* frames;
  const char* error;
};

class BrokenFramesTest : public testing::TestWithParam<BrokenFrames> {};

TEST_P(BrokenFramesTest, AreRefused) {
  const std::string bytes = Frames(GetParam().frames);
  const auto image = Image::Read(bytes, "broken.so");
  ASSERT_TRUE(image.ok()) << image.status();
  const auto table = FunctionTable::Find(*image);
  ASSERT_FALSE(table.ok());
  EXPECT_THAT(std::string(table.status().message()),
              testing::AllOf(testing::StartsWith("broken.so: "),
                             HasSubstr(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    Records, BrokenFramesTest,
    testing::Values(
        BrokenFrames{"ff000000000000000000000000000000", "beyond the end"},
        BrokenFrames{"ffffffffffffffffffffff7f00000000", "beyond the end"},
        BrokenFrames{"0200000000000000", "short record"},
        // A common part outside, and one that is an entry itself.
        BrokenFrames{"140000001c000000f0efffff030000000000000000000000",
                     "without common part"},
        BrokenFrames{"1400000000000000017a5200017810011b0c070890010000"
                     "140000001c000000f0efffff030000000000000000000000"
                     "140000001c000000f0efffff030000000000000000000000",
                     "broken common part"},
        // Version 9; augmentation "xR"; no end of the augmentation.
        BrokenFrames{"1400000000000000097a5200017810011b0c070890010000"
                     "140000001c000000f0efffff030000000000000000000000",
                     "broken common part"},
        BrokenFrames{"140000000000000001785200017810011b0c070890010000"
                     "140000001c000000f0efffff030000000000000000000000",
                     "broken common part"},
        BrokenFrames{"140000000000000001414141414141414141414141414141"
                     "140000001c000000f0efffff030000000000000000000000",
                     "broken common part"},
        // Pointers relative to the text, and of no known format.
        BrokenFrames{"1400000000000000017a5200017810012b0c070890010000"
                     "140000001c000000f0efffff030000000000000000000000",
                     "short record"},
        BrokenFrames{"1400000000000000017a520001781001070c070890010000"
                     "140000001c000000f0efffff030000000000000000000000",
                     "short record"},
        // A function larger than its segment.
        BrokenFrames{"1400000000000000017a5200017810011b0c070890010000"
                     "140000001c000000f0efffffffffff7f0000000000000000",
                     "beyond its segment"}));

// ---- Language-specific data ----

class TableTest : public testing::Test {
 protected:
  absl::StatusOr<LanguageData> ReadTable(absl::string_view table) {
    bytes_ = FromYaml("frames.yaml", {{"TABLE", std::string(table)}});
    auto image = Image::Read(bytes_, "table.so");
    EXPECT_TRUE(image.ok()) << image.status();
    image_.emplace(*std::move(image));
    FrameEntry entry;
    entry.range = {0x1010, 0x1020};
    entry.language_data = 0x3000;
    return ReadLanguageData(*image_, entry);
  }

  std::string bytes_;
  std::optional<Image> image_;
};

TEST_F(TableTest, NamesLandingPadsAndTypes) {
  // No base; types pc-relative, 21 bytes on; sites: [0,4) to 8 with action 1,
  // [4,8) to nothing, [8,9) to 8 without action. One action: type 1.
  const auto data = ReadTable(
      "ff1b15010c"
      "000408010404000008010800"
      "010000"
      "ecefffff");
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_THAT(data->landing_pads, ElementsAre(0x1018));
  ASSERT_THAT(data->types, SizeIs(1));
  EXPECT_EQ(data->types[0].address, 0x2000);
}

TEST_F(TableTest, BrokenOnesAreRefused) {
  for (const char* table :
       {// Sites beyond the end; a landing pad outside; numbers without end.
        "ffff01ff7f0000", "ffff010600048080400000", "ffff0104000180808010",
        "ffff01048080808080",
        // A type without a table; types beyond the end.
        "ffff0104000408010100", "ff1bffff7f0100",
        // An action behind the end.
        "ffff0105000408ff7f"}) {
    EXPECT_FALSE(ReadTable(table).ok()) << table;
  }
}

// A chain of actions that comes back to itself ends.
TEST_F(TableTest, CircularActionsEnd) {
  // Action at offset 0: filter 0, next at -1 from its own place: itself.
  const auto data = ReadTable("ffff010400040801007f");
  EXPECT_TRUE(data.ok()) << data.status();
}

// ---- Real files ----

constexpr char kThrows[] = R"(
#include <stdexcept>
#include <string>
struct Guard { ~Guard(); };
void act(int);
int main(int argc, char** argv) {
  Guard guard;
  try {
    act(argc);
    if (argc > 3) throw std::runtime_error(argv[0]);
  } catch (const std::runtime_error& error) {
    return std::string(error.what()).size();
  } catch (int) {
    return 1;
  }
  return 0;
}
#ifdef WHOLE
Guard::~Guard() {}
__attribute__((noinline)) void act(int i) { if (i == 7) throw 7; }
#endif
)";

class ThrowTest
    : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ThrowTest, PersonalityPadsAndTypesAreFound) {
  const Read read(Compile(GetParam().first, "c++", kThrows, GetParam().second));
  const FunctionRange* main = read.Named("main");
  ASSERT_NE(main, nullptr);
  ASSERT_NE(main->frame, kNoFrame);
  const FrameEntry& frame = read.table->frames()[main->frame];
  auto name_of = [&](const Image::Pointer& pointer) -> absl::string_view {
    if (pointer.symbol != kNoSymbol) {
      return read.image->symbols()[pointer.symbol].name;
    }
    // At fixed addresses a stub stands for a function of another module.
    if (const PltStub* stub = read.image->PltStubAt(pointer.address)) {
      return read.image->symbols()[stub->symbol].name;
    }
    const auto symbols = read.table->SymbolsAt(pointer.address);
    return symbols.empty() ? "" : read.image->symbols()[symbols[0]].name;
  };
  EXPECT_EQ(name_of(frame.personality), "__gxx_personality_v0");
  const auto data = ReadLanguageData(*read.image, frame);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_THAT(data->landing_pads, Not(IsEmpty()));
  for (const uint64_t pad : data->landing_pads) {
    // In main or in main.cold.
    const FunctionRange* holder = read.table->FunctionAt(pad);
    ASSERT_NE(holder, nullptr);
    EXPECT_TRUE(absl::StartsWith(holder->name, "main")) << holder->name;
  }
  std::set<std::string> types;
  for (const Image::Pointer& type : data->types) {
    types.insert(std::string(name_of(type)));
  }
  EXPECT_EQ(types, (std::set<std::string>{"_ZTISt13runtime_error", "_ZTIi"}));
}

INSTANTIATE_TEST_SUITE_P(
    Models, ThrowTest,
    testing::Values(std::pair("g++", "-O2 -DWHOLE"),
                    std::pair("g++", "-O2 -DWHOLE -no-pie -fno-pie"),
                    std::pair("g++", "-O2 -DWHOLE -static"),
                    std::pair("g++", "-O2 -c -fPIC"),
                    std::pair("g++", "-O2 -c -fno-pie -ffunction-sections"),
                    std::pair("clang++-19", "-O2 -DWHOLE -fuse-ld=lld"),
                    std::pair("clang++-19", "-O2 -c -fPIC")));

class LibcFunctionsTest : public testing::Test {
 protected:
  LibcFunctionsTest() : path_(PathOfLibc()), read_(FileBytes(path_)) {}

  const std::string path_;
  const Read read_;
};

// ... FDE cie=... pc=0000000000026660..0000000000026686
TEST_F(LibcFunctionsTest, FramesAreThoseOfObjdump) {
  std::set<std::string> expected;
  std::istringstream lines(
      OutputOf(absl::StrCat("objdump --dwarf=frames '", path_, "'")));
  for (std::string line; std::getline(lines, line);) {
    const size_t at = line.find(" pc=");
    if (at != std::string::npos) expected.insert(line.substr(at + 4));
  }
  std::set<std::string> found;
  for (const FrameEntry& frame : read_.table->frames()) {
    const uint64_t begin = frame.range.begin - (frame.signal_frame ? 1 : 0);
    found.insert(absl::StrFormat("%016x..%016x", begin, frame.range.end));
  }
  EXPECT_GT(found.size(), 1000);
  EXPECT_EQ(found, expected);
}

TEST_F(LibcFunctionsTest, SectionHeadersDecideNothing) {
  const Read bare(WithoutSectionHeaders(read_.bytes));
  ASSERT_EQ(bare.table->frames().size(), read_.table->frames().size());
  for (const FunctionRange& function : read_.table->functions()) {
    EXPECT_TRUE(bare.table->StartsAt(function.range.begin))
        << std::hex << function.range.begin;
  }
}

// The entry of clone3 ends before its system call, which must not get lost.
TEST_F(LibcFunctionsTest, CloneGoesOnBehindItsEntry) {
  int continuations = 0;
  const auto functions = read_.table->functions();
  for (size_t i = 1; i < functions.size(); ++i) {
    if (functions[i].source != FunctionSource::kGap ||
        read_.image->BytesAt(functions[i].range.begin, 2) != "\x0f\x05") {
      continue;
    }
    ++continuations;
    EXPECT_EQ(functions[i - 1].range.end, functions[i].range.begin);
  }
  EXPECT_GE(continuations, 1);
  // Of clone itself the symbol says how far it goes.
  for (const ImageSymbol& symbol : read_.image->symbols()) {
    if (symbol.name != "clone") continue;
    const FunctionRange* clone = read_.table->FunctionAt(symbol.address);
    ASSERT_NE(clone, nullptr);
    const absl::string_view code =
        *read_.image->BytesAt(clone->range.begin, clone->range.size());
    EXPECT_TRUE(absl::StrContains(code, "\x0f\x05"));
  }
}

TEST_F(LibcFunctionsTest, SignalReturnBeginsWithItsCode) {
  int trampolines = 0;
  for (const FrameEntry& frame : read_.table->frames()) {
    if (!frame.signal_frame) continue;
    // mov $15, %rax
    if (read_.image->BytesAt(frame.range.begin, 7) ==
        absl::string_view("\x48\xc7\xc0\x0f\0\0\0", 7)) {
      ++trampolines;
      EXPECT_TRUE(read_.table->StartsAt(frame.range.begin));
    }
  }
  EXPECT_EQ(trampolines, 1);
}

// Ranges do not overlap, and what is in none is filler.
void ExpectWhole(const Read& read) {
  uint64_t last = 0;
  std::vector<AddressRange> holes;
  for (const FunctionRange& function : read.table->functions()) {
    EXPECT_GE(function.range.begin, last);
    EXPECT_LT(function.range.begin, function.range.end);
    last = function.range.end;
  }
  const std::set<uint8_t> filler = {0x00, 0x0f, 0x1f, 0x2e, 0x40, 0x44,
                                    0x66, 0x80, 0x84, 0x90, 0xcc};
  for (const AddressRange& code : read.table->code()) {
    for (uint64_t at = code.begin; at < code.end; ++at) {
      const FunctionRange* function = read.table->FunctionAt(at);
      if (function != nullptr) {
        at = function->range.end - 1;
        continue;
      }
      const auto byte = static_cast<uint8_t>((*read.image->BytesAt(at, 1))[0]);
      EXPECT_TRUE(filler.count(byte) != 0) << std::hex << at;
    }
  }
}

TEST_F(LibcFunctionsTest, NothingIsLeftOut) {
  ExpectWhole(read_);
  for (const ImageSymbol& symbol : read_.image->symbols()) {
    if (!symbol.defined || (symbol.kind != SymbolKind::kFunction &&
                            symbol.kind != SymbolKind::kIndirectFunction)) {
      continue;
    }
    EXPECT_TRUE(read_.table->StartsAt(symbol.address)) << symbol.name;
  }
}

class WholeTest : public testing::TestWithParam<const char*> {};

TEST_P(WholeTest, NothingIsLeftOut) {
  const Read read(
      Compile("g++", "c++", kThrows, absl::StrCat("-O2 -DWHOLE ", GetParam())));
  ExpectWhole(read);
  EXPECT_TRUE(read.table->StartsAt(read.image->entry()));
  for (const PltStub& stub : read.image->plt()) {
    EXPECT_TRUE(read.table->StartsAt(stub.range.begin));
  }
  for (const ImageSymbol& symbol : read.image->symbols()) {
    if (symbol.defined && symbol.kind == SymbolKind::kFunction &&
        symbol.size > 0) {
      EXPECT_TRUE(read.table->StartsAt(symbol.address)) << symbol.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, WholeTest,
                         testing::Values("-pie", "-no-pie", "-static",
                                         "-static-pie", "-fuse-ld=gold",
                                         "-fno-asynchronous-unwind-tables"));

// A tail call through the GOT in the middle of a function is no stub.
TEST(FunctionsTest, JumpsThroughTheGotDoNotSplitFunctions) {
  const Read read(WithoutSectionHeaders(Compile("gcc", "c", R"(
    #include <stdlib.h>
    #include <string.h>
    __attribute__((noinline)) int pick(const char* a, char* b) {
      if (a[0] == 1) return atoi(a + 1);
      if (a[0] == 2) return atoi(strcpy(b, a + 2));
      if (a[0] == 3) return (int)strlen(a) * atoi(a + 7);
      return atoi(a + 3);
    }
    int main(int argc, char** argv) { return pick(argv[0], argv[1]); })",
                                                "-O2 -fno-plt")));
  // The program's start-up files have a stub of their own.
  std::set<std::string> stubs;
  for (const FunctionRange& function : read.table->functions()) {
    const PltStub* stub = read.image->PltStubAt(function.range.begin);
    if (function.source != FunctionSource::kPlt || stub == nullptr ||
        stub->symbol == kNoSymbol) {
      continue;
    }
    stubs.insert(std::string(read.image->symbols()[stub->symbol].name));
  }
  EXPECT_THAT(stubs, ElementsAre("__cxa_finalize"));
}

}  // namespace
}  // namespace chestnut::binalyzer
