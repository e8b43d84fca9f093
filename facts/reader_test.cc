#include "facts/reader.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "facts/container.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::facts {
namespace {

using ::testing::HasSubstr;

uint32_t AddFunctionSymbol(FactsBuilder& builder, absl::string_view name) {
  auto symbol = std::make_unique<SymbolT>();
  symbol->name = builder.String(name);
  symbol->type = SymbolType::function;
  symbol->defined = true;
  builder.unit().symbols.push_back(std::move(symbol));
  return static_cast<uint32_t>(builder.unit().symbols.size() - 1);
}

FunctionT& AddFunction(FactsBuilder& builder, absl::string_view name) {
  auto function = std::make_unique<FunctionT>();
  function->symbol = AddFunctionSymbol(builder, name);
  builder.unit().functions.push_back(std::move(function));
  return *builder.unit().functions.back();
}

absl::StatusOr<UnitView> Read(std::string bytes) {
  return UnitView::Create(std::make_shared<const std::string>(std::move(bytes)),
                          "test.o");
}

// A unit with one of everything that carries an index.
std::string Sample() {
  FactsBuilder builder;
  builder.unit().name = builder.String("a.c");
  FunctionT& main = AddFunction(builder, "main");
  auto call = std::make_unique<CallT>();
  call->symbol = AddFunctionSymbol(builder, "callee");
  call->arguments.push_back(
      builder.Join(builder.Constant(1), builder.Unknown("read", "a.c", 3)));
  main.calls.push_back(std::move(call));
  main.locals = 1;
  main.flows.push_back(
      Flow(SinkKind::local, false, 0, 0, kNone, builder.Constant(2)));
  return builder.Serialize();
}

std::string DigestOf(const std::string& bytes) {
  absl::StatusOr<UnitView> unit = Read(bytes);
  return unit.ok() ? std::string(unit->String(unit->unit().content_digest()))
                   : unit.status().ToString();
}

std::string OneFunction(absl::string_view name, absl::string_view digest) {
  FactsBuilder builder;
  AddFunction(builder, name);
  builder.unit().content_digest = builder.String(digest);
  return builder.Serialize();
}

TEST(ReaderTest, ADigestIsOfTheFactsUnlessTheProducerHasABetterOne) {
  EXPECT_EQ(DigestOf(OneFunction("main", "build id")), "build id");
  EXPECT_EQ(DigestOf(OneFunction("main", "")).size(), 64u);
  EXPECT_EQ(OneFunction("main", ""), OneFunction("main", ""));
  EXPECT_NE(DigestOf(OneFunction("main", "")),
            DigestOf(OneFunction("run", "")));
  // The name of a function may look like what the digest replaces.
  const std::string zeros(64, '0');
  absl::StatusOr<UnitView> unit = Read(OneFunction(zeros, ""));
  ASSERT_TRUE(unit.ok()) << unit.status();
  EXPECT_EQ(unit->SymbolName(unit->unit().functions()->Get(0)->symbol()),
            zeros);
}

TEST(ReaderTest, ReadsBackWhatTheBuilderWrote) {
  absl::StatusOr<UnitView> unit = Read(Sample());
  ASSERT_TRUE(unit.ok()) << unit.status();
  EXPECT_EQ(unit->name(), "a.c");
  ASSERT_EQ(unit->unit().functions()->size(), 1u);
  const Function* main = unit->unit().functions()->Get(0);
  EXPECT_EQ(unit->SymbolName(main->symbol()), "main");
  const Call* call = main->calls()->Get(0);
  EXPECT_EQ(unit->SymbolName(call->symbol()), "callee");
  const Value* argument = unit->unit().values()->Get(call->arguments()->Get(0));
  EXPECT_EQ(argument->kind(), ValueKind::join);
}

TEST(ReaderTest, FunctionsAreSortedByNameWhateverTheOrderOfBuilding) {
  FactsBuilder builder;
  AddFunction(builder, "b");
  AddFunction(builder, "a");
  absl::StatusOr<UnitView> unit = Read(builder.Serialize());
  ASSERT_TRUE(unit.ok()) << unit.status();
  EXPECT_EQ(unit->SymbolName(unit->unit().functions()->Get(0)->symbol()), "a");
}

TEST(ReaderTest, SameFactsAreTheSameBytes) { EXPECT_EQ(Sample(), Sample()); }

TEST(ReaderTest, TruncatedFactsAreRefusedWithTheirOrigin) {
  const std::string whole = Sample();
  // The last bytes may be padding that nothing refers to.
  for (size_t length = 0; length + 8 < whole.size(); ++length) {
    absl::StatusOr<UnitView> unit = Read(whole.substr(0, length));
    ASSERT_FALSE(unit.ok())
        << "accepted after " << length << " bytes of " << whole.size();
    EXPECT_THAT(unit.status().message(), HasSubstr("test.o"));
  }
}

TEST(ReaderTest, AnotherMajorVersionIsRefusedByNumber) {
  FactsBuilder builder;
  builder.unit().schema_major = kSchemaMajor + 1;
  absl::StatusOr<UnitView> unit = Read(builder.Serialize());
  ASSERT_FALSE(unit.ok());
  EXPECT_THAT(unit.status().message(),
              HasSubstr("schema version 2, this Chestnut reads 1"));
}

TEST(ReaderTest, IndexOutOfRangeIsRefused) {
  FactsBuilder builder;
  AddFunction(builder, "main").address_taken.push_back(7);
  absl::StatusOr<UnitView> unit = Read(builder.Serialize());
  ASSERT_FALSE(unit.ok());
  EXPECT_THAT(unit.status().message(), HasSubstr("symbol 7 of 1"));
}

TEST(ReaderTest, LocalOutOfRangeIsRefused) {
  FactsBuilder builder;
  FunctionT& main = AddFunction(builder, "main");
  main.locals = 2;
  main.flows.push_back(
      Flow(SinkKind::local, false, 2, 0, kNone, builder.Constant(0)));
  absl::StatusOr<UnitView> unit = Read(builder.Serialize());
  ASSERT_FALSE(unit.ok());
  EXPECT_THAT(unit.status().message(), HasSubstr("local 2 of 2"));
}

TEST(ReaderTest, ValueThatUsesALaterOneIsRefused) {
  FactsBuilder builder;
  builder.Constant(1);
  builder.unit().values.push_back(
      Value(ValueKind::cast, Operator::none, 4, true, 1, kNone, 0));
  EXPECT_FALSE(Read(builder.Serialize()).ok());
}

// A library that defines f@V1 and f@@V2.
FactsBuilder ModuleSample() {
  FactsBuilder builder;
  builder.unit().name = builder.String("libf.so.1");
  builder.unit().kind = UnitKind::module_;
  builder.unit().module_ = std::make_unique<ModuleT>();
  ModuleT& module = *builder.unit().module_;
  module.type = ModuleType::shared;
  module.soname = builder.String("libf.so.1");
  module.needed = {builder.String("libc.so.6")};
  module.runpath = builder.String("$ORIGIN");
  AddFunction(builder, "f").line = 0xf7e40;
  AddFunction(builder, "f");
  builder.unit().symbols[0]->version = builder.String("V1");
  builder.unit().symbols[0]->version_hidden = true;
  builder.unit().symbols[1]->version = builder.String("V2");
  return builder;
}

TEST(ReaderTest, ModulesKeepVersionsAndPlacesAreOffsets) {
  absl::StatusOr<UnitView> unit = Read(ModuleSample().Serialize());
  ASSERT_TRUE(unit.ok()) << unit.status();
  ASSERT_TRUE(unit->IsModule());
  const Module& module = *unit->unit().module_();
  EXPECT_EQ(unit->String(module.needed()->Get(0)), "libc.so.6");
  EXPECT_EQ(module.interpreter(), kNone);
  const Symbol* symbol = unit->unit().symbols()->Get(0);
  EXPECT_EQ(unit->String(symbol->version()), "V1");
  EXPECT_TRUE(symbol->version_hidden());
  const Function* function = unit->unit().functions()->Get(0);
  EXPECT_EQ(unit->Place(function->file(), function->line()),
            "libf.so.1+0xf7e40");
}

TEST(ReaderTest, ModuleStringsAreChecked) {
  FactsBuilder builder = ModuleSample();
  builder.unit().module_->build_id = 1000;
  absl::StatusOr<UnitView> unit = Read(builder.Serialize());
  ASSERT_FALSE(unit.ok());
  EXPECT_THAT(unit.status().message(), HasSubstr("string 1000 of"));
}

TEST(ReaderTest, VersionOutOfRangeIsRefused) {
  FactsBuilder builder = ModuleSample();
  builder.unit().symbols[1]->version = 1000;
  EXPECT_FALSE(Read(builder.Serialize()).ok());
}

TEST(ReaderTest, ModuleUnitsWithoutAModuleTableAreRefused) {
  FactsBuilder builder = ModuleSample();
  builder.unit().module_ = nullptr;
  EXPECT_FALSE(Read(builder.Serialize()).ok());
}

TEST(ReaderTest, AnUnknownKindOfUnitIsRefused) {
  FactsBuilder builder;
  builder.unit().kind =
      static_cast<UnitKind>(static_cast<int>(UnitKind::MAX) + 1);
  absl::StatusOr<UnitView> unit = Read(builder.Serialize());
  ASSERT_FALSE(unit.ok());
  EXPECT_THAT(unit.status().message(), HasSubstr("unit kind 4 of 4"));
}

TEST(ContainerTest, LinkedSectionIsSplitAtPaddingIntoItsUnits) {
  const std::string section = std::string(24, '\0') + Frame(Sample()) +
                              std::string(16, '\0') + Frame(Sample());
  absl::StatusOr<std::vector<UnitView>> units = ParseUnits(section, "prog");
  ASSERT_TRUE(units.ok()) << units.status();
  EXPECT_EQ(units->size(), 2u);
}

TEST(ContainerTest, EmptySectionHasNoUnits) {
  absl::StatusOr<std::vector<UnitView>> units = ParseUnits("", "prog");
  ASSERT_TRUE(units.ok());
  EXPECT_TRUE(units->empty());
}

TEST(ContainerTest, ForeignBytesAreRefusedWithTheirPlace) {
  absl::StatusOr<std::vector<UnitView>> units =
      ParseUnits(Frame(Sample()) + "garbage!garbage!", "prog");
  ASSERT_FALSE(units.ok());
  EXPECT_THAT(units.status().message(),
              HasSubstr("prog: not Chestnut facts at byte"));
}

TEST(ContainerTest, LengthBeyondTheEndIsRefused) {
  std::string section = Frame(Sample());
  section[13] = '\x7f';
  absl::StatusOr<std::vector<UnitView>> units = ParseUnits(section, "prog");
  ASSERT_FALSE(units.ok());
  EXPECT_THAT(units.status().message(), HasSubstr("truncated"));
}

TEST(ContainerTest, AnotherFrameVersionIsRefused) {
  std::string section = Frame(Sample());
  section[8] = 9;
  absl::StatusOr<std::vector<UnitView>> units = ParseUnits(section, "prog");
  ASSERT_FALSE(units.ok());
  EXPECT_THAT(units.status().message(), HasSubstr("schema version 9"));
}

}  // namespace
}  // namespace chestnut::facts
