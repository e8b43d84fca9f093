#include "callgraph/link.h"

#include <string>
#include <utility>
#include <vector>

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

Program Linked(std::vector<facts::UnitView> units,
               const LinkOptions& options = {}) {
  absl::StatusOr<Program> program = Link(std::move(units), options);
  EXPECT_TRUE(program.ok()) << program.status();
  return program.ok() ? *std::move(program) : Program();
}

// Bodies that `name` means to `unit`, as "unit of the body", sorted.
std::vector<std::string> Bodies(const Program& program, absl::string_view unit,
                                absl::string_view name) {
  std::vector<std::string> bodies;
  for (UnitId id = 0; id < program.units().size(); ++id) {
    if (program.unit(id).name() != unit) continue;
    const auto& symbols = *program.unit(id).unit().symbols();
    for (uint32_t symbol = 0; symbol < symbols.size(); ++symbol) {
      if (program.unit(id).SymbolName(symbol) != name) continue;
      for (FunctionId function : program.target(id, symbol).functions) {
        const Function& entry = program.function(function);
        if (entry.opaque) bodies.push_back("nowhere");
        for (uint32_t i = 0; i < entry.body_count; ++i) {
          bodies.emplace_back(
              program.unit(program.body(entry.first_body + i).unit).name());
        }
      }
    }
  }
  std::sort(bodies.begin(), bodies.end());
  return bodies;
}

TestUnit Defining(absl::string_view unit, absl::string_view function,
                  Linkage linkage) {
  TestUnit out(unit);
  out.Function(function, linkage);
  return out;
}

TestUnit Referring(absl::string_view unit, absl::string_view function,
                   Linkage linkage = Linkage::external) {
  TestUnit out(unit);
  out.Symbol(function, SymbolType::function, linkage);
  return out;
}

TEST(Link, StrongBeatsWeakExceptInTheWeakOnesUnit) {
  Program program =
      Linked({Defining("weak.c", "f", Linkage::weak).Build(),
              Defining("strong.c", "f", Linkage::external).Build(),
              Referring("main.c", "f").Build()});
  EXPECT_THAT(Bodies(program, "main.c", "f"), ElementsAre("strong.c"));
  EXPECT_THAT(Bodies(program, "weak.c", "f"),
              UnorderedElementsAre("strong.c", "weak.c"));
}

TEST(Link, EveryInlineCopyCountsBesideTheStrongOne) {
  Program program = Linked({Defining("a.cc", "f", Linkage::linkonce).Build(),
                            Defining("b.cc", "f", Linkage::linkonce).Build(),
                            Defining("c.c", "f", Linkage::external).Build(),
                            Referring("main.c", "f").Build()});
  EXPECT_THAT(Bodies(program, "main.c", "f"),
              UnorderedElementsAre("a.cc", "b.cc", "c.c"));
}

TEST(Link, LocalBeatsGlobal) {
  Program program = Linked({Defining("a.c", "f", Linkage::internal).Build(),
                            Defining("b.c", "f", Linkage::external).Build(),
                            Referring("main.c", "f").Build()});
  EXPECT_THAT(Bodies(program, "a.c", "f"), ElementsAre("a.c"));
  EXPECT_THAT(Bodies(program, "main.c", "f"), ElementsAre("b.c"));
}

TEST(Link, UndefinedWeakIsNothing) {
  Program program = Linked({Referring("main.c", "f", Linkage::weak).Build()});
  EXPECT_THAT(Bodies(program, "main.c", "f"), IsEmpty());
  EXPECT_EQ(program.Find("f"), nullptr);
}

TEST(Link, UndefinedStrongIsOpaqueForWeakReferrersToo) {
  Program program = Linked({Referring("a.c", "f", Linkage::weak).Build(),
                            Referring("b.c", "f").Build()});
  EXPECT_THAT(Bodies(program, "a.c", "f"), ElementsAre("nowhere"));
  EXPECT_THAT(Bodies(program, "b.c", "f"), ElementsAre("nowhere"));
}

TEST(Link, AliasesMeanTheirUnitsDefinition) {
  TestUnit unit = Defining("a.c", "dummy", Linkage::internal);
  unit.Alias("hook", "dummy", Linkage::weak);
  Program weak = Linked({unit.Build(), Referring("main.c", "hook").Build()});
  EXPECT_THAT(Bodies(weak, "main.c", "hook"), ElementsAre("a.c"));

  TestUnit again = Defining("a.c", "dummy", Linkage::internal);
  again.Alias("hook", "dummy", Linkage::weak);
  Program strong =
      Linked({again.Build(), Defining("b.c", "hook", Linkage::external).Build(),
              Referring("main.c", "hook").Build()});
  EXPECT_THAT(Bodies(strong, "main.c", "hook"), ElementsAre("b.c"));
}

TEST(Link, AliasesOfAliasesAndCyclesEnd) {
  TestUnit unit = Defining("a.c", "f", Linkage::external);
  unit.Alias("g", "f", Linkage::external);
  unit.Alias("h", "g", Linkage::external);
  unit.Symbol("y");
  unit.Alias("x", "y", Linkage::external);
  unit.Alias("y", "x", Linkage::external);
  Program program = Linked({unit.Build(), Referring("main.c", "h").Build()});
  EXPECT_THAT(Bodies(program, "main.c", "h"), ElementsAre("a.c"));
  EXPECT_THAT(Bodies(program, "a.c", "x"), IsEmpty());
}

TEST(Link, AnAliasIsAStrongDefinitionToo) {
  TestUnit unit = Defining("a.c", "f", Linkage::internal);
  unit.Alias("g", "f", Linkage::external);
  absl::StatusOr<Program> program =
      Link({unit.Build(), Defining("b.c", "g", Linkage::external).Build()}, {});
  ASSERT_FALSE(program.ok());
  EXPECT_THAT(std::string(program.status().message()),
              HasSubstr("symbol g is defined in a.c and in b.c"));
}

TEST(Link, TheSameFactsTwiceAreOneUnit) {
  TestUnit a = Defining("a.c", "f", Linkage::external);
  facts::UnitView unit = a.Build();
  Program program = Linked({unit, unit});
  EXPECT_EQ(program.units().size(), 1u);
}

TEST(Link, WrapRenamesReferencesAsTheLinkerDoes) {
  TestUnit wrapper("wrapper.c");
  wrapper.Function("__wrap_f");
  wrapper.Symbol("__real_f");
  Program program =
      Linked({wrapper.Build(), Defining("f.c", "f", Linkage::external).Build(),
              Referring("main.c", "f").Build()},
             {.wrapped = {"f"}});
  EXPECT_THAT(Bodies(program, "main.c", "f"), ElementsAre("wrapper.c"));
  EXPECT_THAT(Bodies(program, "wrapper.c", "__real_f"), ElementsAre("f.c"));
  EXPECT_THAT(Bodies(program, "f.c", "f"), ElementsAre("f.c"));
}

TEST(Link, SectionBoundsMeanAllObjectsOfTheSection) {
  TestUnit a("a.c");
  auto& first = a.Object("first", Linkage::internal);
  first.section = a.builder().String("hooks");
  TestUnit b("b.c");
  auto& second = b.Object("second");
  second.section = b.builder().String("hooks");
  b.Object("third");
  TestUnit main("main.c");
  const uint32_t start = main.Symbol("__start_hooks", SymbolType::object);
  Program program = Linked({a.Build(), b.Build(), main.Build()});
  UnitId unit = 0;
  while (program.unit(unit).name() != "main.c") ++unit;
  std::vector<std::string> names;
  for (ObjectId object : program.target(unit, start).objects) {
    names.emplace_back(program.object(object).name);
  }
  EXPECT_THAT(names, UnorderedElementsAre("first", "second"));
}

TEST(Link, SupplementsExtendByNameAndByFile) {
  TestUnit a = Defining("src/a.c", "f", Linkage::internal);
  TestUnit b = Defining("src/b.c", "f", Linkage::internal);
  TestUnit global = Defining("src/g.c", "g", Linkage::external);
  TestUnit more("a.o", UnitKind::supplement);
  auto& local = more.Function("f", Linkage::internal);
  local.supplements_file = more.builder().String("a.c");
  more.Function("g");
  Program program =
      Linked({a.Build(), b.Build(), global.Build(), more.Build()});
  EXPECT_THAT(Bodies(program, "src/a.c", "f"), ElementsAre("a.o", "src/a.c"));
  EXPECT_THAT(Bodies(program, "src/b.c", "f"), ElementsAre("src/b.c"));
  EXPECT_THAT(Bodies(program, "src/g.c", "g"), ElementsAre("a.o", "src/g.c"));
}

TEST(Link, SupplementsDefineWhatNoSourceDefines) {
  TestUnit more("start.o", UnitKind::supplement);
  more.Function("restore").untyped = true;
  Program program =
      Linked({more.Build(), Referring("main.c", "restore").Build()});
  EXPECT_THAT(Bodies(program, "main.c", "restore"), ElementsAre("start.o"));
  const Target* target = program.Find("restore");
  ASSERT_NE(target, nullptr);
  EXPECT_TRUE(program.function(target->functions[0]).untyped);
}

TEST(Link, TheLinkersOwnSymbolsAreNotUndefined) {
  TestUnit unit("start.c");
  const uint32_t symbol = unit.Symbol("__init_array_start", SymbolType::object);
  Program program = Linked({unit.Build()});
  EXPECT_FALSE(program.target(0, symbol).undefined);
}

}  // namespace
}  // namespace chestnut::callgraph
