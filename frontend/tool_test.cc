#include "frontend/tool.h"

#include <filesystem>
#include <fstream>

#include "facts/container.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/file.h"

namespace chestnut::frontend {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class Tool : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "src");
    Write("src/a.h", "int g(int);\n");
    Write("src/a.c", "#include \"a.h\"\nint f(void) { return g(N); }\n");
    Write("compile_commands.json",
          "[{\"directory\": \"" + folder_.string() +
              "\", \"file\": \"src/a.c\", \"command\":"
              " \"gcc -DN=3 -O2 -fno-canonical-system-headers -c src/a.c"
              " -o a.o\"}]");
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }

  // Exit status; what went to stderr is in error_.
  int Run(std::vector<std::string> words) {
    words.insert(words.begin(), "chestnut-frontend");
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    testing::internal::CaptureStderr();
    int status = ToolMain(static_cast<int>(words.size()), arguments.data());
    error_ = testing::internal::GetCapturedStderr();
    return status;
  }

  std::vector<fs::path> FactsFiles(const fs::path& where) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(where)) {
      if (entry.path().extension() == ".facts") out.push_back(entry.path());
    }
    return out;
  }

  facts::UnitView Unit(const fs::path& file) {
    auto units = facts::ParseUnits(*support::ReadFile(file.string()), "test");
    EXPECT_TRUE(units.ok()) << units.status();
    EXPECT_EQ(units->size(), 1u);
    return units->front();
  }

  fs::path folder_;
  std::string error_;
};

// What a build system asks for that declares what a step may read.
TEST_F(Tool, SaysWhichInputsAUnitDidNotRead) {
  Write("src/unread.h", "");
  const std::string source = folder_ / "src/a.c";
  Write("inputs", source + "\n" + (folder_ / "src/a.h").string() + "\n" +
                      (folder_ / "src/../src/unread.h").string() + "\n" +
                      (folder_ / "src").string() + "\n" +
                      (folder_ / "sr").string() + "\n");
  ASSERT_EQ(
      Run({"-o", folder_ / "a.facts", "--inputs", folder_ / "inputs",
           "--unused", folder_ / "unused", "--", "gcc", "-DN=3", "-c", source}),
      0)
      << error_;
  EXPECT_EQ(*support::ReadFile((folder_ / "unused").string()),
            (folder_ / "src/../src/unread.h").string() + "\n" +
                (folder_ / "sr").string() + "\n");
}

TEST_F(Tool, AssemblyHasEmptyFactsWhereAskedFor) {
  Write("src/b.S", "ret\n");
  const std::string source = folder_ / "src/b.S";
  const std::string facts = folder_ / "b.facts";
  EXPECT_EQ(Run({"-o", facts, "--", "gcc", "-c", source}), 2);
  EXPECT_FALSE(fs::exists(facts));
  ASSERT_EQ(
      Run({"-o", facts, "--empty-for-assembly", "--", "gcc", "-c", source}), 0)
      << error_;
  EXPECT_EQ(*support::ReadFile(facts), "");
}

TEST_F(Tool, HeadersSeeTheVersionOfGcc) {
  Write("src/v.c",
        "#include <stdlib.h>\n#if __GNUC__ < 5\n#error old\n#endif\nint v;\n");
  const std::string source = folder_ / "src/v.c";
  EXPECT_EQ(Run({"-o", folder_ / "v.facts", "--", "gcc", "-c", source}), 0)
      << error_;
  EXPECT_EQ(Run({"-o", folder_ / "v.facts", "--", "clang-19", "-c", source}),
            2);
  // One that is not here tells nothing.
  EXPECT_EQ(Run({"-o", folder_ / "v.facts", "--", "no-such-gcc", "-c", source}),
            2);
}

TEST_F(Tool, ReadsADatabaseIntoItsOwnFolder) {
  ASSERT_EQ(Run({"-p", folder_}), 0) << error_;
  std::vector<fs::path> files = FactsFiles(folder_ / ".chestnut" / "facts");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_THAT(files[0].filename().string(), StartsWith("src_a.c-"));
  EXPECT_EQ(Unit(files[0]).name(), "src/a.c");
  EXPECT_THAT(error_, HasSubstr("1 units"));
}

TEST_F(Tool, ReadsAgainOnlyWhatChanged) {
  ASSERT_EQ(Run({"-p", folder_}), 0) << error_;
  ASSERT_EQ(Run({"-p", folder_}), 0);
  EXPECT_THAT(error_, HasSubstr("(0 new)"));
  Write("src/a.h", "int g(int); int more(void);\n");
  ASSERT_EQ(Run({"-p", folder_}), 0);
  EXPECT_THAT(error_, HasSubstr("(1 new)"));
}

TEST_F(Tool, AUnitWithErrorsSaysSoInItsFacts) {
  Write("src/a.c", "int f(void) { return nothing; }\n");
  EXPECT_EQ(Run({"-p", folder_}), 2);
  EXPECT_THAT(error_, HasSubstr("does not compile with clang: "));
  std::vector<fs::path> files = FactsFiles(folder_ / ".chestnut" / "facts");
  ASSERT_EQ(files.size(), 1u);
  facts::UnitView unit = Unit(files[0]);
  ASSERT_EQ(unit.unit().errors()->size(), 1u);
}

TEST_F(Tool, AFileThatIsNotInTheDatabaseIsNamed) {
  EXPECT_EQ(Run({"-p", folder_, "src/b.c"}), 2);
  EXPECT_THAT(error_, HasSubstr("src/b.c is not in "));
}

TEST_F(Tool, AMissingDatabaseIsNamed) {
  EXPECT_EQ(Run({"-p", folder_ / "src"}), 2);
  EXPECT_THAT(error_, HasSubstr("compile_commands.json"));
}

TEST_F(Tool, ReadsOneCommand) {
  fs::path out = folder_ / "one.facts";
  fs::path source = folder_ / "src" / "a.c";
  ASSERT_EQ(Run({"-o", out, "--", "gcc", "-DN=1", "-c", source}), 0) << error_;
  EXPECT_EQ(Unit(out).String(Unit(out).unit().language()), "c");
}

TEST_F(Tool, OneCommandWithErrorsLeavesNoFacts) {
  fs::path out = folder_ / "one.facts";
  fs::path source = folder_ / "src" / "a.c";
  EXPECT_EQ(Run({"-o", out, "--", "gcc", "-c", source}), 2);
  EXPECT_THAT(error_, HasSubstr("undeclared identifier 'N'"));
  EXPECT_FALSE(fs::exists(out));
}

TEST_F(Tool, TheSameCommandGivesTheSameBytes) {
  fs::path source = folder_ / "src" / "a.c";
  for (const char* name : {"1.facts", "2.facts"}) {
    ASSERT_EQ(Run({"-o", folder_ / name, "--", "gcc", "-DN=1", source}), 0);
  }
  EXPECT_EQ(*support::ReadFile((folder_ / "1.facts").string()),
            *support::ReadFile((folder_ / "2.facts").string()));
}

}  // namespace
}  // namespace chestnut::frontend
