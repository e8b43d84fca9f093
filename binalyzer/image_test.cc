#include "binalyzer/image.h"

#include <elf.h>

#include <cstddef>
#include <optional>
#include <string>

#include "binalyzer/elf_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const ImageSymbol& Named(const Image& image, absl::string_view name) {
  for (const ImageSymbol& symbol : image.symbols()) {
    if (symbol.name == name) return symbol;
  }
  ADD_FAILURE() << "no symbol " << name;
  static const ImageSymbol none;
  return none;
}

// With section headers and without: the loader does not read them.
class SharedTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    bytes_ = FromYaml("shared.yaml");
    if (GetParam()) bytes_ = WithoutSectionHeaders(bytes_);
    auto image = Image::Read(bytes_, "lib/some.so");
    ASSERT_TRUE(image.ok()) << image.status();
    image_.emplace(*std::move(image));
  }

  std::string bytes_;
  std::optional<Image> image_;
};

INSTANTIATE_TEST_SUITE_P(Headers, SharedTest, testing::Bool());

TEST_P(SharedTest, KnowsWhatTheFileIs) {
  EXPECT_EQ(image_->kind(), ImageKind::kShared);
  EXPECT_EQ(image_->entry(), 0x2060);
  EXPECT_EQ(image_->ModuleName(), "self.so.1");
  EXPECT_EQ(image_->Identity(), "0123456789abcdef");
  const DynamicInfo& dynamic = image_->dynamic();
  EXPECT_THAT(dynamic.needed, ElementsAre("bind.so.6"));
  EXPECT_EQ(dynamic.runpath, "maybe");
  EXPECT_TRUE(dynamic.bind_now);
  EXPECT_FALSE(dynamic.symbolic);
  EXPECT_EQ(image_->relro(), (AddressRange{0x3000, 0x31c0}));
}

TEST_P(SharedTest, ReadsMemoryInsideOfTheFileOnly) {
  ASSERT_THAT(image_->segments(), SizeIs(3));
  EXPECT_TRUE(image_->IsExecutable(0x2060));
  EXPECT_FALSE(image_->IsExecutable(0x2083));
  EXPECT_TRUE(image_->SegmentAt(0x3280)->writable);
  EXPECT_EQ(image_->BytesAt(0x2060, 1), "\xb8");
  EXPECT_EQ(image_->BytesAt(0x2060, 0x100), std::nullopt);
  EXPECT_EQ(image_->Word64At(0x32a0), 0x2060);
  // .bss, and behind it.
  EXPECT_EQ(image_->BytesAt(0x32c0, 1), std::nullopt);
  EXPECT_EQ(image_->Word64At(0x32c0), 0);
  EXPECT_EQ(image_->Word64At(0x32fc), std::nullopt);
  EXPECT_EQ(image_->SegmentAt(0), nullptr);
  EXPECT_EQ(image_->SegmentAt(~uint64_t{0}), nullptr);
}

TEST_P(SharedTest, ReadsSymbolsWithTheirVersions) {
  const ImageSymbol& imported = Named(*image_, "imported");
  EXPECT_FALSE(imported.defined);
  EXPECT_FALSE(imported.exported);
  EXPECT_EQ(imported.version, "BIND_6");
  EXPECT_EQ(imported.version_file, "bind.so.6");
  EXPECT_EQ(Named(*image_, "maybe").binding, SymbolBinding::kWeak);
  const ImageSymbol& hook = Named(*image_, "hook");
  EXPECT_EQ(hook.address, 0x3280);
  EXPECT_EQ(hook.size, 0x10);
  EXPECT_EQ(hook.version, "NEW_2.0");
  EXPECT_FALSE(hook.version_hidden);
  EXPECT_TRUE(hook.exported);
  const ImageSymbol& choose = Named(*image_, "choose");
  EXPECT_EQ(choose.kind, SymbolKind::kIndirectFunction);
  EXPECT_EQ(choose.version, "OLD_1.0");
  EXPECT_TRUE(choose.version_hidden);
  const ImageSymbol& secret = Named(*image_, "secret");
  EXPECT_EQ(secret.version, "");
  EXPECT_EQ(secret.visibility, SymbolVisibility::kProtected);
  EXPECT_TRUE(secret.exported);
  EXPECT_EQ(Named(*image_, "end").size, 0);

  ASSERT_THAT(image_->version_definitions(), SizeIs(3));
  EXPECT_TRUE(image_->version_definitions()[0].base);
  EXPECT_THAT(image_->version_definitions()[2].parents, ElementsAre("OLD_1.0"));
  ASSERT_THAT(image_->version_needs(), SizeIs(1));
  EXPECT_TRUE(image_->version_needs()[0].weak);
}

TEST_P(SharedTest, FindsRelocationsOfAllTables) {
  std::vector<uint64_t> places;
  for (const ImageRelocation& r : image_->relocations()) {
    places.push_back(r.address);
  }
  EXPECT_THAT(places, ElementsAre(0x3000, 0x3200, 0x3220, 0x3280, 0x3288,
                                  0x32a0, 0x32a8, 0x32b8));
  const ImageRelocation* absolute = image_->RelocationAt(0x3280);
  EXPECT_EQ(absolute->kind, RelocationKind::kAbsolute64);
  EXPECT_EQ(image_->TargetOf(*absolute), 0x3288);
  EXPECT_EQ(image_->RelocationAt(0x3200)->kind, RelocationKind::kGlobDat);
  EXPECT_EQ(image_->TargetOf(*image_->RelocationAt(0x3200)), std::nullopt);
  EXPECT_EQ(image_->RelocationAt(0x3220)->kind, RelocationKind::kJumpSlot);
  // DT_RELR: the addend is the word.
  EXPECT_EQ(image_->RelocationAt(0x32b8)->addend, 0x2070);
  EXPECT_THAT(image_->RelocationsIn(0x3281, 0x32a8), SizeIs(2));
  EXPECT_THAT(image_->RelocationsIn(0x32b9, 0), IsEmpty());

  const auto resolver = image_->PointerAt(0x3288);
  EXPECT_TRUE(resolver->by_resolver);
  EXPECT_EQ(resolver->address, 0x2070);
  const auto slot = image_->PointerAt(0x3200);
  EXPECT_EQ(slot->address, 0);
  EXPECT_EQ(image_->symbols()[slot->symbol].name, "imported");
  EXPECT_FALSE(image_->PointerAt(0x32b0)->relocated);
}

TEST_P(SharedTest, FindsPltStubs) {
  ASSERT_THAT(image_->plt(), SizeIs(3));
  EXPECT_EQ(image_->plt()[0].kind, PltStubKind::kLazyHeader);
  EXPECT_EQ(image_->plt()[0].range.begin, 0x2000);
  const PltStub* lazy = image_->PltStubAt(0x2010);
  ASSERT_NE(lazy, nullptr);
  EXPECT_EQ(lazy->range, (AddressRange{0x2010, 0x2020}));
  EXPECT_EQ(lazy->slot, 0x3220);
  const PltStub* eager = image_->PltStubAt(0x2024);
  ASSERT_NE(eager, nullptr);
  EXPECT_EQ(eager->range, (AddressRange{0x2020, 0x2030}));
  EXPECT_EQ(image_->symbols()[eager->symbol].name, "imported");
  EXPECT_EQ(eager->target, 0);
  EXPECT_EQ(image_->PltStubAt(0x2060), nullptr);
}

TEST_P(SharedTest, RunsTheArraysThroughRelocations) {
  ASSERT_THAT(image_->init(), SizeIs(1));
  EXPECT_EQ(image_->init()[0].address, 0x2060);
  EXPECT_THAT(image_->fini(), IsEmpty());
}

// ---- Relocatable objects ----

class ObjectTest : public testing::Test {
 protected:
  ObjectTest() : bytes_(FromYaml("object.yaml")) {
    auto image = Image::Read(bytes_, "dir/part.o");
    EXPECT_TRUE(image.ok()) << image.status();
    if (image.ok()) image_.emplace(*std::move(image));
  }

  // Where a 32-bit displacement at the address leads.
  uint64_t Displaced(uint64_t address) const {
    const auto word = image_->Word32At(address);
    EXPECT_TRUE(word.has_value());
    return address + 4 + static_cast<int32_t>(word.value_or(0));
  }

  std::string bytes_;
  std::optional<Image> image_;
};

TEST_F(ObjectTest, LaysSectionsOutWithoutOverlap) {
  EXPECT_EQ(image_->kind(), ImageKind::kRelocatable);
  EXPECT_EQ(image_->ModuleName(), "part.o");
  uint64_t end = 0;
  for (const ImageSegment& segment : image_->segments()) {
    EXPECT_GT(segment.address, end) << segment.name;
    end = segment.end();
  }
  EXPECT_EQ(image_->SectionNameAt(Named(*image_, "first").address), ".text");
  EXPECT_EQ(Named(*image_, "table").address % 32, 8);
  EXPECT_THAT(image_->Identity(), testing::StartsWith("sha256:"));
}

TEST_F(ObjectTest, AppliesRelocationsSoThatCodeMeansWhatItWill) {
  const uint64_t first = Named(*image_, "first").address;
  const ImageSymbol& helper = Named(*image_, "helper");
  EXPECT_FALSE(helper.defined);
  EXPECT_EQ(Displaced(first + 1), helper.address);
  EXPECT_EQ(image_->symbols()[image_->ExternAt(helper.address)].name, "helper");
  EXPECT_EQ(image_->ExternAt(first), kNoSymbol);
  // Through the GOT: the slot holds the symbol's address.
  const uint64_t slot = Displaced(first + 8);
  const ImageRelocation* got = image_->RelocationAt(slot);
  ASSERT_NE(got, nullptr);
  EXPECT_EQ(got->kind, RelocationKind::kGlobDat);
  EXPECT_EQ(image_->symbols()[got->symbol].name, "environment");
  EXPECT_EQ(image_->symbols()[got->symbol].version, "VERS_1");
  EXPECT_EQ(Displaced(first + 15), Named(*image_, "table").address);
  EXPECT_EQ(image_->RelocationAt(first + 1)->kind,
            RelocationKind::kPltRelative);
  EXPECT_EQ(image_->RelocationAt(first + 8)->kind,
            RelocationKind::kGotRelative);
}

TEST_F(ObjectTest, RelocatesData) {
  const ImageSymbol& table = Named(*image_, "table");
  const uint64_t second = Named(*image_, "second").address;
  EXPECT_EQ(image_->Word64At(table.address), second);
  EXPECT_EQ(image_->PointerAt(table.address)->address, second);
  const auto undefined = image_->PointerAt(table.address + 8);
  EXPECT_EQ(undefined->address, 0);
  EXPECT_EQ(image_->symbols()[undefined->symbol].name, "helper");
  ASSERT_THAT(image_->init(), SizeIs(1));
  EXPECT_EQ(image_->init()[0].address, Named(*image_, "first").address);
}

TEST_F(ObjectTest, GivesCommonSymbolsAPlace) {
  const ImageSymbol& common = Named(*image_, "shared_buffer");
  EXPECT_TRUE(common.defined);
  EXPECT_EQ(common.size, 100);
  EXPECT_EQ(common.address % 16, 0);
  EXPECT_EQ(image_->SegmentAt(common.address)->name, ".common");
  EXPECT_EQ(image_->Word64At(common.address), 0);
}

TEST_F(ObjectTest, ExportsWhatTheLinkSees) {
  EXPECT_TRUE(Named(*image_, "table").exported);  // hidden, but global
  EXPECT_FALSE(Named(*image_, ".data").exported);
  EXPECT_FALSE(Named(*image_, "helper").exported);
}

TEST(ImageTest, NamesWhatTheFileIsInstead) {
  std::string other = FromYaml("shared.yaml");
  other[offsetof(Elf64_Ehdr, e_machine)] = static_cast<char>(EM_AARCH64);
  std::string core = FromYaml("shared.yaml");
  core[offsetof(Elf64_Ehdr, e_type)] = ET_CORE;
  for (const auto& [bytes, what] :
       {std::pair<std::string, std::string>{"", "not an ELF file"},
        {"#!/bin/sh\n", "not an ELF file"},
        {std::string("\177ELF"), "truncated ELF header"},
        {other, "machine 183"},
        {core, "ELF file of type 4"}}) {
    const auto image = Image::Read(bytes, "x");
    ASSERT_FALSE(image.ok());
    EXPECT_THAT(
        std::string(image.status().message()),
        testing::AllOf(testing::StartsWith("x: "), testing::HasSubstr(what)));
  }
}

}  // namespace
}  // namespace chestnut::binalyzer
