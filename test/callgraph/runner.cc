// Runs every fixture of the folders c/ and cxx/: compiler with the plugin,
// analysis, then the expectations in its comments. One test a file. A file with
// lines `// unit: NAME` is several units: what follows such a line, up to the
// next, is compiled as a file of that name.
//
//   runner PLUGIN FOLDER [GoogleTest's options]
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "callgraph/analysis.h"
#include "facts/container.h"
#include "gtest/gtest.h"
#include "test/callgraph/expectation.h"

namespace chestnut::test {
namespace {

constexpr char kCompiler[] = "/usr/bin/clang-19";

absl::StatusOr<std::string> ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("no ", path.string()));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Runs a program to its end; its exit status.
int RunToEnd(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class FixtureTest : public ::testing::Test {
 public:
  FixtureTest(std::string plugin, std::filesystem::path file)
      : plugin_(std::move(plugin)), file_(std::move(file)) {}

  void TestBody() override {
    absl::StatusOr<std::string> source = ReadAll(file_);
    ASSERT_TRUE(source.ok()) << source.status();
    absl::StatusOr<std::vector<Expectation>> expectations =
        ParseExpectations(*source);
    ASSERT_TRUE(expectations.ok()) << file_ << ": " << expectations.status();
    absl::StatusOr<callgraph::Result> result = Analyse(*source);
    ASSERT_TRUE(result.ok()) << file_ << ": " << result.status();
    for (const Expectation& expectation : *expectations) {
      std::string found = Check(expectation, *result);
      if (found.empty()) continue;
      ADD_FAILURE() << file_.string() << ":" << expectation.line << ": expect-"
                    << expectation.kind << ": " << expectation.text
                    << "\n  but " << found;
    }
  }

 private:
  absl::StatusOr<std::string> Facts(const std::string& file,
                                    const std::filesystem::path& folder) {
    const std::filesystem::path out = folder / "facts";
    const bool cxx = std::filesystem::path(file).extension() == ".cc";
    int status = RunToEnd(
        {kCompiler, cxx ? "-std=c++20" : "-std=gnu17", "-fsyntax-only", "-w",
         "-target", "x86_64-linux-gnu", absl::StrCat("-fplugin=", plugin_),
         absl::StrCat("-fplugin-arg-chestnut-out=", out.string()), file});
    if (status != 0) {
      return absl::InternalError(
          absl::StrCat(file, ": the compiler ended with status ", status));
    }
    return ReadAll(out);
  }

  // Facts of the fixture, in a folder for what is made on the way.
  absl::StatusOr<std::string> AllFacts(const std::string& source,
                                       const std::filesystem::path& folder) {
    std::vector<std::string> parts =
        absl::StrSplit(source, "\n// unit: ", absl::SkipEmpty());
    if (parts.size() == 1) return Facts(file_.string(), folder);
    std::string all;
    for (size_t i = 1; i < parts.size(); ++i) {
      const size_t end = parts[i].find('\n');
      const std::string file = (folder / parts[i].substr(0, end)).string();
      std::ofstream(file) << parts[i].substr(end);
      absl::StatusOr<std::string> facts = Facts(file, folder);
      if (!facts.ok()) return facts.status();
      all += *facts;
    }
    return all;
  }

  absl::StatusOr<callgraph::Result> Analyse(const std::string& source) {
    std::string folder = ::testing::TempDir() + "chestnut-fixture-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) {
      return absl::InternalError("no temporary folder");
    }
    absl::StatusOr<std::string> facts = AllFacts(source, folder);
    std::filesystem::remove_all(folder);
    if (!facts.ok()) return facts.status();
    absl::StatusOr<std::vector<facts::UnitView>> units =
        facts::ParseUnits(*facts, file_.string());
    if (!units.ok()) return units.status();
    callgraph::Options options;
    options.program = file_.stem().string();
    options.allow_undefined = true;
    options.list_graph = true;
    return callgraph::Analyze(*std::move(units), options);
  }

  std::string plugin_;
  std::filesystem::path file_;
};

std::vector<std::filesystem::path> Fixtures(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const char* language : {"c", "cxx"}) {
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(folder) / language)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".c" || extension == ".cc") {
        files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void RegisterFixtures(const std::string& plugin, const std::string& folder) {
  for (const std::filesystem::path& file : Fixtures(folder)) {
    ::testing::RegisterTest(file.parent_path().filename() == "c" ? "C" : "Cxx",
                            file.stem().string().c_str(), nullptr, nullptr,
                            __FILE__, __LINE__,
                            [plugin, file]() -> FixtureTest* {
                              return new FixtureTest(plugin, file);
                            });
  }
}

}  // namespace
}  // namespace chestnut::test

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc != 3) {
    std::fprintf(stderr, "usage: runner PLUGIN FOLDER\n");
    return 2;
  }
  chestnut::test::RegisterFixtures(argv[1], argv[2]);
  return RUN_ALL_TESTS();
}
