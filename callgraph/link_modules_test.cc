// What the loader binds to what.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "callgraph/link.h"
#include "callgraph/test_unit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::callgraph {
namespace {

using facts::Linkage;
using facts::SymbolType;
using facts::UnitKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TestUnit Library(absl::string_view name) {
  return TestUnit(name, UnitKind::module_);
}

TestUnit Executable(absl::string_view name = "prog") {
  TestUnit unit(name, UnitKind::module_);
  unit.unit().module_->type = facts::ModuleType::executable;
  return unit;
}

// A library that defines `body` and exports it as `name`.
TestUnit Exporting(absl::string_view library, absl::string_view name,
                   absl::string_view version = "") {
  TestUnit unit = Library(library);
  unit.Function(absl::StrCat("_", name), Linkage::internal);
  unit.Export(name, version, absl::StrCat("_", name));
  return unit;
}

Program Linked(std::vector<facts::UnitView> units,
               std::vector<LoadedModule> order) {
  absl::StatusOr<Program> program =
      Link(std::move(units), {.load_order = std::move(order)});
  EXPECT_TRUE(program.ok()) << program.status();
  return program.ok() ? *std::move(program) : Program();
}

// What symbol `symbol` of `unit` means: "unit:function" or "nowhere".
std::vector<std::string> Meaning(const Program& program, absl::string_view unit,
                                 uint32_t symbol) {
  std::vector<std::string> names;
  for (UnitId id = 0; id < program.units().size(); ++id) {
    if (program.unit(id).name() != unit) continue;
    for (FunctionId function : program.target(id, symbol).functions) {
      const Function& entry = program.function(function);
      names.push_back(
          entry.opaque
              ? "nowhere"
              : absl::StrCat(program.unit(entry.unit).name(), ":", entry.name));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(LinkModules, TheFirstInLoadOrderWins) {
  TestUnit program = Executable();
  const uint32_t f = program.Import("f");
  Program linked = Linked({program.Build(), Exporting("liba.so", "f").Build(),
                           Exporting("libb.so", "f").Build()},
                          {{"prog"}, {"libb.so"}, {"liba.so"}});
  EXPECT_THAT(Meaning(linked, "prog", f), ElementsAre("libb.so:_f"));
}

TEST(LinkModules, TheExecutableInterposesForTheLibraryItself) {
  TestUnit program = Executable();
  program.Function("own", Linkage::internal);
  program.Export("malloc", "", "own");
  TestUnit libc = Library("libc.so.6");
  libc.Function("libc_malloc", Linkage::internal);
  const uint32_t by_name = libc.Export("malloc", "GLIBC_2.2.5", "libc_malloc");
  const uint32_t by_address = libc.Symbol("libc_malloc");
  Program linked =
      Linked({program.Build(), libc.Build()}, {{"prog"}, {"libc.so.6"}});
  EXPECT_THAT(Meaning(linked, "libc.so.6", by_name), ElementsAre("prog:own"));
  EXPECT_THAT(Meaning(linked, "libc.so.6", by_address),
              ElementsAre("libc.so.6:libc_malloc"));
}

TEST(LinkModules, ASymbolicLibraryBindsToItself) {
  TestUnit program = Executable();
  program.Function("own", Linkage::internal);
  program.Export("f", "", "own");
  TestUnit library = Library("liba.so");
  library.unit().module_->symbolic = true;
  library.Function("_f", Linkage::internal);
  const uint32_t f = library.Export("f", "", "_f");
  Program linked =
      Linked({program.Build(), library.Build()}, {{"prog"}, {"liba.so"}});
  EXPECT_THAT(Meaning(linked, "liba.so", f), ElementsAre("liba.so:_f"));
}

TEST(LinkModules, VersionsChooseAmongDefinitions) {
  TestUnit library = Library("libc.so.6");
  library.Function("old", Linkage::internal);
  library.Function("new", Linkage::internal);
  library.Export("f", "V1", "old", /*hidden=*/true);
  library.Export("f", "V2", "new");
  TestUnit program = Executable();
  const uint32_t v1 = program.Import("f", "V1");
  const uint32_t v2 = program.Import("f", "V2");
  const uint32_t v3 = program.Import("f", "V3");
  const uint32_t any = program.Import("f");
  Program linked =
      Linked({program.Build(), library.Build()}, {{"prog"}, {"libc.so.6"}});
  EXPECT_THAT(Meaning(linked, "prog", v1), ElementsAre("libc.so.6:old"));
  EXPECT_THAT(Meaning(linked, "prog", v2), ElementsAre("libc.so.6:new"));
  EXPECT_THAT(Meaning(linked, "prog", v3), ElementsAre("nowhere"));
  // The loader takes the oldest or the default one, by rules of numbers.
  EXPECT_THAT(Meaning(linked, "prog", any),
              UnorderedElementsAre("libc.so.6:old", "libc.so.6:new"));
}

TEST(LinkModules, ADefinitionWithoutVersionServesEveryReference) {
  TestUnit program = Executable();
  const uint32_t f = program.Import("f", "V9");
  Program linked =
      Linked({program.Build(), Exporting("liba.so", "f", "V1").Build(),
              Exporting("libb.so", "f").Build()},
             {{"prog"}, {"liba.so"}, {"libb.so"}});
  EXPECT_THAT(Meaning(linked, "prog", f), ElementsAre("libb.so:_f"));
}

TEST(LinkModules, UndefinedWeakIsNullAndUndefinedStrongIsNot) {
  TestUnit program = Executable();
  const uint32_t weak = program.Import("f", "", Linkage::weak);
  const uint32_t strong = program.Import("f");
  Program linked = Linked({program.Build()}, {{"prog"}});
  EXPECT_THAT(Meaning(linked, "prog", weak), IsEmpty());
  EXPECT_THAT(Meaning(linked, "prog", strong), ElementsAre("nowhere"));
}

TEST(LinkModules, InternalNamesBelongToTheirModule) {
  TestUnit a = Library("liba.so");
  a.Function("helper", Linkage::internal);
  TestUnit b = Library("libb.so");
  b.Function("helper", Linkage::internal);
  const uint32_t of_b = b.Symbol("helper");
  Program linked = Linked({a.Build(), b.Build()}, {{"liba.so"}, {"libb.so"}});
  EXPECT_THAT(Meaning(linked, "libb.so", of_b), ElementsAre("libb.so:helper"));
}

TEST(LinkModules, WhatDlopenBringsDoesNotInterpose) {
  TestUnit program = Executable();
  const uint32_t f = program.Import("f");
  const uint32_t g = program.Import("g");
  TestUnit plugin = Exporting("plugin.so", "f");
  plugin.Function("_g", Linkage::internal);
  plugin.Export("g", "", "_g");
  const uint32_t own = plugin.Import("f");
  Program linked = Linked(
      {program.Build(), Exporting("liba.so", "f").Build(), plugin.Build()},
      {{"prog"}, {"liba.so"}, {"plugin.so", 1}});
  EXPECT_THAT(Meaning(linked, "prog", f), ElementsAre("liba.so:_f"));
  // Nothing else defines it, and the plugin may be opened with RTLD_GLOBAL.
  EXPECT_THAT(Meaning(linked, "prog", g), ElementsAre("plugin.so:_g"));
  // RTLD_DEEPBIND or not is not known.
  EXPECT_THAT(Meaning(linked, "plugin.so", own),
              UnorderedElementsAre("liba.so:_f", "plugin.so:_f"));
}

TEST(LinkModules, ACopyRelocationKeepsTheLibrarysInitialiser) {
  TestUnit library = Library("liba.so");
  library.Function("hook", Linkage::internal);
  auto& table = library.Object("table_", Linkage::internal);
  library.Take(table, "hook");
  library.Export("table", "", "table_");
  TestUnit program = Executable();
  program.Object("space", Linkage::internal);
  const uint32_t table_of_program = program.Export("table", "", "space");
  program.unit().symbols[table_of_program]->copied = true;
  const uint32_t space = program.Symbol("space", SymbolType::object);
  Program linked =
      Linked({program.Build(), library.Build()}, {{"prog"}, {"liba.so"}});
  UnitId unit = 0;
  while (linked.unit(unit).name() != "prog") ++unit;
  const Target& target = linked.target(unit, space);
  ASSERT_EQ(target.objects.size(), 1u);
  std::vector<std::string> taken;
  for (const auto& [id, part] : linked.object(target.objects[0]).parts) {
    if (part->address_taken() == nullptr) continue;
    for (uint32_t symbol : *part->address_taken()) {
      taken.emplace_back(linked.unit(id).SymbolName(symbol));
    }
  }
  EXPECT_THAT(taken, ElementsAre("hook"));
}

TEST(LinkModules, StaticCodeComesFirstAndFindsLibraries) {
  TestUnit source("main.c");
  source.Function("malloc");
  const uint32_t puts = source.Symbol("puts");
  TestUnit libc = Exporting("libc.so.6", "puts", "V1");
  libc.Function("_malloc", Linkage::internal);
  const uint32_t malloc = libc.Export("malloc", "V1", "_malloc");
  Program linked = Linked({source.Build(), libc.Build()}, {{"libc.so.6"}});
  EXPECT_THAT(Meaning(linked, "main.c", puts), ElementsAre("libc.so.6:_puts"));
  EXPECT_THAT(Meaning(linked, "libc.so.6", malloc),
              UnorderedElementsAre("main.c:malloc", "libc.so.6:_malloc"));
  EXPECT_NE(linked.Find("puts"), nullptr);
}

TEST(LinkModules, AModuleWithoutFactsIsAnError) {
  absl::StatusOr<Program> program =
      Link({Executable().Build()}, {.load_order = {{"prog"}, {"liba.so"}}});
  ASSERT_FALSE(program.ok());
  EXPECT_THAT(std::string(program.status().message()),
              HasSubstr("no facts of module liba.so"));
}

}  // namespace
}  // namespace chestnut::callgraph
