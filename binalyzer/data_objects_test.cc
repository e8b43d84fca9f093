#include "binalyzer/data_objects.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "binalyzer/elf_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// A file with what is found in it; all keep views of the bytes.
class Module {
 public:
  explicit Module(std::string file) : bytes_(std::move(file)) {
    auto image = Image::Read(bytes_, "file");
    EXPECT_TRUE(image.ok()) << image.status();
    if (!image.ok()) return;
    image_.emplace(*std::move(image));
    auto functions = FunctionTable::Find(*image_);
    EXPECT_TRUE(functions.ok()) << functions.status();
    if (functions.ok()) functions_.emplace(*std::move(functions));
  }

  DataObjects Find(const std::vector<uint64_t>& code_references = {}) const {
    return DataObjects::Find(*image_, *functions_, code_references);
  }
  const Image& image() const { return *image_; }
  const FunctionTable& functions() const { return *functions_; }

  const ImageSymbol& Symbol(absl::string_view name) const {
    for (const ImageSymbol& symbol : image_->symbols()) {
      if (symbol.name == name && symbol.defined) return symbol;
    }
    ADD_FAILURE() << "no symbol " << name;
    static const ImageSymbol none;
    return none;
  }
  uint64_t Address(absl::string_view name) const {
    return Symbol(name).address;
  }

  // The names of what the objects for this address refer to.
  std::set<std::string> Referred(const DataObjects& data,
                                 uint64_t address) const {
    std::set<std::string> names;
    for (const uint32_t object : data.ObjectsFor(address)) {
      for (const DataReference& r : data.References(object)) {
        names.insert(NameOf(r));
      }
    }
    return names;
  }
  std::string NameOf(const DataReference& r) const {
    if (r.symbol != kNoSymbol &&
        image_->symbols()[r.symbol].kind != SymbolKind::kSection) {
      return std::string(image_->symbols()[r.symbol].name);
    }
    const auto symbols = functions_->SymbolsAt(r.target);
    return symbols.empty() ? absl::StrCat("?", r.target)
                           : std::string(image_->symbols()[symbols[0]].name);
  }

 private:
  const std::string bytes_;
  std::optional<Image> image_;
  std::optional<FunctionTable> functions_;
};

class SharedDataTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Headers, SharedDataTest, testing::Bool());

TEST_P(SharedDataTest, ObjectsHaveTheirSymbolsAndRelocations) {
  std::string bytes = FromYaml("shared.yaml");
  const Module module(GetParam() ? WithoutSectionHeaders(bytes) : bytes);
  const DataObjects data = module.Find();
  const DataObject* hook = data.ObjectAt(0x3284);
  ASSERT_NE(hook, nullptr);
  EXPECT_EQ(hook->name, "hook");
  EXPECT_EQ(hook->range, (AddressRange{0x3280, 0x3290}));
  EXPECT_FALSE(hook->inferred);
  EXPECT_TRUE(hook->writable);
  EXPECT_FALSE(hook->zero_filled);
  const auto references = data.ReferencesIn(0x3280, 0x3290);
  ASSERT_THAT(references, SizeIs(2));
  EXPECT_EQ(references[0].target, 0x3288);
  EXPECT_EQ(module.image().symbols()[references[0].symbol].name, "hook");
  EXPECT_EQ(references[1].target, 0x2070);
  EXPECT_TRUE(references[1].by_resolver);
  // What relocations point to begins an object, and the GOT is none.
  EXPECT_EQ(data.ObjectAt(0x1480)->range.begin, 0x1480);
  EXPECT_EQ(data.ObjectAt(0x3200), nullptr);
  EXPECT_EQ(data.ObjectAt(0x3220), nullptr);
  EXPECT_THAT(data.got(), Not(IsEmpty()));
  EXPECT_TRUE(data.ObjectAt(0x32c0)->zero_filled);
  EXPECT_EQ(data.ObjectAt(0x2060), nullptr);
  EXPECT_THAT(data.ObjectsFor(0), IsEmpty());
  EXPECT_THAT(data.ObjectsFor(~uint64_t{0}), IsEmpty());
}

TEST(DataObjectsTest, OfObjectFiles) {
  const Module module(FromYaml("object.yaml"));
  const DataObjects data = module.Find();
  const uint64_t table = module.Address("table");
  ASSERT_NE(data.ObjectAt(table), nullptr);
  EXPECT_EQ(data.ObjectAt(table)->name, "table");
  EXPECT_EQ(data.ObjectAt(table)->section, ".data");
  const auto objects = data.ObjectsFor(table + 8);
  ASSERT_THAT(objects, SizeIs(1));
  std::vector<std::string> names;
  for (const DataReference& r : data.References(objects[0])) {
    names.push_back(module.NameOf(r));
  }
  // The last one by a section symbol.
  EXPECT_THAT(names, ElementsAre("second", "helper", "first"));
  EXPECT_NE(data.ObjectAt(module.Address("shared_buffer")), nullptr);
  // Placeholders hold nothing.
  for (const DataObject& object : data.objects()) {
    EXPECT_NE(object.section, ".extern");
  }
}

// An address at the border may mean the end of what is before it.
TEST(DataObjectsTest, EndsBelongToTheObjectBefore) {
  const Module module(FromYaml("shared.yaml"));
  const DataObjects data = module.Find();
  std::set<uint64_t> begins;
  for (const uint32_t object : data.ObjectsFor(0x3290)) {
    begins.insert(data.objects()[object].range.begin);
  }
  EXPECT_THAT(begins, UnorderedElementsAre(0x3280, 0x3290));
}

// ---- Real files ----

constexpr char kTables[] = R"(
#include <stdio.h>
#define FUNCTION(name) __attribute__((noinline)) static int name(int i) \
  { return printf(#name "%d", i); }
FUNCTION(red) FUNCTION(green) FUNCTION(blue) FUNCTION(lone) FUNCTION(packed)
FUNCTION(linked) FUNCTION(first) FUNCTION(second)
struct entry { const char* name; int (*run)(int); };
struct entry colours[] = {{"red", red}, {"green", green}, {"blue", blue}};
int (*hook)(int) = lone;
struct __attribute__((packed)) { char tag; int (*run)(int); } odd = {1, packed};
struct node { struct node* next; int (*run)(int); };
static struct node tail = {0, linked};
struct node head = {&tail, 0};
#define IN_SET __attribute__((section("my_set"), used, aligned(8)))
static int (*IN_SET one)(int) = first;
static int (*IN_SET two)(int) = second;
extern int (*__start_my_set[])(int);
extern int (*__stop_my_set[])(int);
extern char** environ;
char*** environment = &environ;
int main(int argc, char** argv) {
  for (int (**f)(int) = __start_my_set; f < __stop_my_set; ++f) (*f)(argc);
  int (*volatile run)(int) = odd.run;
  return colours[argc].run(hook(run(head.next->run(argc)))) + !environment;
}
)";

class TablesTest : public testing::TestWithParam<const char*> {
 protected:
  TablesTest() : module_(Compile("gcc", "c", kTables, GetParam())) {}

  std::set<std::string> Referred(absl::string_view name) const {
    return module_.Referred(data_, module_.Address(name));
  }

  const Module module_;
  const DataObjects data_ =
      module_.Find({module_.image().kind() == ImageKind::kRelocatable
                        ? 0
                        : module_.Address("__stop_my_set")});
};

TEST_P(TablesTest, RefersToItsFunctionsAndNoOthers) {
  const auto colours = data_.ObjectsFor(module_.Address("colours") + 8);
  ASSERT_THAT(colours, SizeIs(1));
  std::set<std::string> names;
  for (const DataReference& r : data_.References(colours[0])) {
    if (module_.functions().StartsAt(r.target)) names.insert(module_.NameOf(r));
  }
  EXPECT_THAT(names, UnorderedElementsAre("red", "green", "blue"));
  EXPECT_THAT(Referred("odd"), Contains("packed"));
  EXPECT_THAT(Referred("hook"), Contains("lone"));
  EXPECT_THAT(Referred("hook"), Not(Contains("packed")));
}

TEST_P(TablesTest, ObjectsLeadToObjects) {
  bool found = false;
  for (const uint32_t object : data_.ObjectsFor(module_.Address("head"))) {
    for (const DataReference& r : data_.References(object)) {
      if (r.target == 0) continue;
      found |= module_.Referred(data_, r.target).count("linked") != 0;
    }
  }
  EXPECT_TRUE(found);
}

// The environment belongs to the C library: by symbol, or copied.
TEST_P(TablesTest, OtherModulesObjectsAreKnownBySymbol) {
  const uint64_t pointer = module_.Address("environment");
  bool named = false;
  for (const DataReference& r : data_.ReferencesIn(pointer, pointer + 8)) {
    named |= r.symbol != kNoSymbol || data_.ObjectAt(r.target) != nullptr;
  }
  EXPECT_TRUE(named);
}

TEST_P(TablesTest, SectionsThatAreWalkedAreOneObject) {
  if (module_.image().kind() == ImageKind::kRelocatable) {
    // The link puts them together, by the name of the section.
    EXPECT_EQ(data_.ObjectAt(module_.Address("one"))->section, "my_set");
    return;
  }
  EXPECT_THAT(module_.Referred(data_, module_.Address("__start_my_set")),
              testing::IsSupersetOf({"first", "second"}));
}

INSTANTIATE_TEST_SUITE_P(
    Models, TablesTest,
    testing::Values("-O1 -fPIE -pie", "-O1 -fno-pie -no-pie", "-O1 -static",
                    "-O1 -static-pie -fPIE", "-O1 -c -fPIC", "-O1 -c -fno-pie",
                    "-O1 -fdata-sections -ffunction-sections",
                    "-O1 -fuse-ld=gold"));

// Without symbols the borders are what code refers to.
TEST(InferenceTest, StrippedFilesGiveTheSameReferences) {
  for (const char* flags : {"-O1 -fPIE -pie", "-O1 -fno-pie -no-pie"}) {
    const Module whole(Compile("gcc", "c", kTables, flags));
    std::vector<uint64_t> code_references;
    for (const char* name : {"colours", "hook", "odd", "head"}) {
      code_references.push_back(whole.Address(name));
    }
    const Module bare(Compile("gcc", "c", kTables, absl::StrCat(flags, " -s")));
    const DataObjects data = bare.Find(code_references);
    for (const char* name : {"colours", "odd", "hook"}) {
      const ImageSymbol& symbol = whole.Symbol(name);
      std::set<uint64_t> expected;
      const DataObjects known = whole.Find();
      for (const DataReference& r :
           known.ReferencesIn(symbol.address, symbol.address + symbol.size)) {
        expected.insert(r.target);
      }
      std::set<uint64_t> found;
      for (const uint32_t object : data.ObjectsFor(symbol.address)) {
        for (const DataReference& r : data.References(object)) {
          found.insert(r.target);
        }
      }
      for (const uint64_t target : expected) {
        EXPECT_TRUE(found.count(target) != 0) << name << " " << target;
      }
    }
  }
}

// lea of the second element makes a border that may be none: whoever has the
// first reaches what is behind it.
TEST(InferenceTest, BordersInsideOfArraysDoNotHideTheRest) {
  constexpr char kSource[] = R"(
    .text
    .type f, @function
    f: ret
    .size f, 1
    .type g, @function
    g: ret
    .size g, 1
    .section .data.rel.ro, "aw"
    .balign 64
    table: .quad f, g
    other: .quad 1, 2
    next: .quad f
    )";
  const Module module(
      Compile("gcc", "assembler", kSource, "-shared -nostdlib"));
  const uint64_t table = module.Address("table");
  const Module bare(
      Compile("gcc", "assembler", kSource, "-shared -nostdlib -s"));
  const uint64_t g = module.Address("g");
  auto reached = [&](const std::vector<uint64_t>& references, uint64_t from) {
    const DataObjects data = bare.Find(references);
    std::set<uint64_t> targets;
    for (const uint32_t object : data.ObjectsFor(from)) {
      for (const DataReference& r : data.References(object)) {
        targets.insert(r.target);
      }
    }
    return targets;
  };
  EXPECT_THAT(reached({table, table + 8}, table), Contains(g));
  // Where compilers align aggregates a border is one.
  EXPECT_THAT(reached({table, table + 32}, table + 32), Contains(g - 1));
  const DataObjects data = bare.Find({table, table + 32});
  EXPECT_FALSE(data.ObjectAt(table + 32)->soft_begin);
  EXPECT_EQ(data.ObjectAt(table)->range.end, table + 32);
}

// Code and data in one segment, and nothing that says where which is.
TEST(InferenceTest, DataBetweenCodeIsData) {
  constexpr char kSource[] = R"(
    static long call(long n, long a) {
      long r;
      __asm__ volatile("syscall" : "=a"(r) : "0"(n), "D"(a)
                       : "rcx", "r11", "memory");
      return r;
    }
    __attribute__((noinline)) static long one(long a) { return call(60, a); }
    __attribute__((noinline)) static long two(long a) { return call(231, a); }
    long (*table[])(long) = {one, two};
    void _start(void) { table[call(39, 0) & 1](0); }
    )";
  for (const char* flags : {"-Wl,-N", "-Wl,-z,noseparate-code"}) {
    const std::string bytes =
        Compile("gcc", "c", kSource,
                absl::StrCat("-O1 -fno-pie -no-pie -static -nostdlib ", flags));
    const Module whole(bytes);
    const uint64_t table = whole.Address("table");
    const Module bare(WithoutSectionHeaders(bytes));
    const DataObjects data = bare.Find({table});
    std::set<uint64_t> targets;
    for (const uint32_t object : data.ObjectsFor(table)) {
      for (const DataReference& r : data.References(object)) {
        targets.insert(r.target);
      }
    }
    EXPECT_THAT(targets, testing::IsSupersetOf(
                             {whole.Address("one"), whole.Address("two")}))
        << flags;
  }
}

// Objects point behind the first two words of their virtual table. Each table
// is an object, wherever it stands.
TEST(InferenceTest, VirtualTablesAreObjects) {
  constexpr char kSource[] = R"(
    .text
    .type f, @function
    f: ret
    .size f, 1
    .type g, @function
    g: ret
    .size g, 1
    .section .data.rel.ro, "aw"
    .balign 32
    type: .quad other_type, 0, 0
    one: .quad 0, type, f, f
    two: .quad -8, type, g
    three: .quad 0, 0, f
    .balign 32
    rows: .quad 0, name, f, 0, name, g
    name: .asciz "name..."
    )";
  const std::string flags = "-shared -nostdlib";
  const Module module(Compile("gcc", "assembler", kSource, flags));
  const Module bare(Compile("gcc", "assembler", kSource, flags + " -s"));
  std::vector<uint64_t> points;
  for (const char* name : {"one", "two", "three"}) {
    points.push_back(module.Address(name) + 16);
  }
  const DataObjects data = bare.Find(points);
  for (const uint64_t point : points) {
    const auto objects = data.ObjectsFor(point);
    ASSERT_THAT(objects, SizeIs(1));
    EXPECT_EQ(data.objects()[objects[0]].range.begin, point - 16);
    EXPECT_FALSE(data.objects()[objects[0]].soft_begin);
  }
  // A pointer into the second row of a table of C's is no such thing.
  const uint64_t rows = module.Address("rows");
  const DataObjects table = bare.Find({rows, rows + 24 + 16});
  EXPECT_THAT(bare.Referred(table, rows),
              Contains(absl::StrCat("?", module.Address("g"))));
}

// Tables of offsets need no relocations.
TEST(InferenceTest, RelativeTablesAreSeen) {
  const std::string bytes = Compile("gcc", "assembler", R"(
    .text
    .type f, @function
    f: ret
    .size f, 1
    .balign 16
    .type g, @function
    g: ret
    .size g, 1
    .section .rodata
    .balign 4
    .globl from_table
    .type from_table, @object
    from_table: .long f - from_table, g - from_table
    .size from_table, 8
    .globl from_word
    .type from_word, @object
    from_word:
    1: .long f - 1b
    2: .long g - 2b
    .size from_word, 8
    .globl none
    .type none, @object
    none: .long 1, 2, -1, 100
    .size none, 16
    )",
                                    "-shared -nostdlib");
  const Module module(bytes);
  const DataObjects data = module.Find();
  EXPECT_THAT(module.Referred(data, module.Address("from_table") + 1),
              UnorderedElementsAre("f", "g"));
  EXPECT_THAT(module.Referred(data, module.Address("from_word") + 1),
              UnorderedElementsAre("f", "g"));
  EXPECT_THAT(module.Referred(data, module.Address("none") + 1), IsEmpty());
}

TEST(InferenceTest, RelativeTablesOfObjectFilesAreSeen) {
  const Module module(Compile("gcc", "assembler", R"(
    .text
    .globl f
    .type f, @function
    f: ret
    .size f, 1
    .section .rodata
    .globl table
    .type table, @object
    table: .long 0, f - table, missing - table
    .size table, 12
    )",
                              "-c"));
  const DataObjects data = module.Find();
  EXPECT_THAT(module.Referred(data, module.Address("table") + 1),
              testing::IsSupersetOf({"f", "missing"}));
}

// The loader copies another module's initial value.
TEST(DataObjectsTest, CopiesNameTheirOrigin) {
  const Module module(Compile("gcc", "c", R"(
    #include <stdio.h>
    int main(void) { return fputs("x", stdout); })",
                              "-O1 -no-pie -fno-pie"));
  const DataObjects data = module.Find();
  bool copied = false;
  for (const DataReference& r : data.ReferencesIn(0, ~uint64_t{0})) {
    if (!r.copied) continue;
    copied = true;
    EXPECT_EQ(module.NameOf(r), "stdout");
    EXPECT_EQ(r.target, 0);
  }
  EXPECT_TRUE(copied);
}

TEST(DataObjectsTest, OfLibcAreDisjointAndHoldAllRelocations) {
  const Module module(FileBytes(PathOfLibc()));
  const DataObjects data = module.Find();
  uint64_t last = 0;
  for (const DataObject& object : data.objects()) {
    EXPECT_GE(object.range.begin, last);
    EXPECT_LT(object.range.begin, object.range.end);
    last = object.range.end;
  }
  std::set<uint64_t> places;
  for (const DataReference& r : data.ReferencesIn(0, ~uint64_t{0})) {
    places.insert(r.place);
  }
  auto is_got = [&](uint64_t address) {
    for (const AddressRange& got : data.got()) {
      if (got.contains(address)) return true;
    }
    return false;
  };
  for (const ImageRelocation& r : module.image().relocations()) {
    const absl::string_view section = module.image().SectionNameAt(r.address);
    const bool data_word = r.kind == RelocationKind::kRelative ||
                           r.kind == RelocationKind::kAbsolute64;
    if (!data_word || is_got(r.address) || section == ".init_array" ||
        section == ".fini_array") {
      continue;
    }
    EXPECT_TRUE(places.count(r.address) != 0) << std::hex << r.address;
  }
}

}  // namespace
}  // namespace chestnut::binalyzer
