#include "frontend/tool.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontend/command.h"
#include "frontend/compile.h"
#include "frontend/database.h"
#include "frontend/gcc_language.h"
#include "frontend/gcc_version.h"
#include "frontend/workers.h"
#include "support/error_pages.h"
#include "support/file.h"

namespace chestnut::frontend {
namespace {

namespace fs = std::filesystem;

constexpr int kExitDone = 0;
constexpr int kExitWrongUse = 2;

struct Arguments {
  std::string build;
  std::string out;
  std::vector<std::string> files;
  size_t jobs = 0;
  std::vector<std::string> command;  // after --
  // Of a build system that declares what a step may read.
  std::string inputs;
  std::string unused;
  bool empty_for_assembly = false;
};

int Fail(absl::string_view message) {
  const std::string line =
      absl::StrCat("chestnut: ", support::WithErrorName(message), "\n");
  std::fputs(line.c_str(), stderr);
  return kExitWrongUse;
}

// One line for a unit that did not compile.
absl::Status ErrorsOf(const std::string& file,
                      const std::vector<std::string>& errors) {
  if (errors.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      file, " does not compile with clang: ", errors[0],
      errors.size() > 1
          ? absl::StrCat(" (and ", errors.size() - 1, " more errors)")
          : "",
      "; its facts cannot be used"));
}

// As the compiler that the command names would see the unit.
absl::StatusOr<SyntaxCommand> CommandOf(const std::vector<std::string>& words,
                                        const std::string& folder) {
  absl::StatusOr<SyntaxCommand> command = ToSyntaxCommand(words, folder);
  if (!command.ok()) return command;
  const std::string version = GccVersion(command->compiler);
  if (!version.empty()) {
    std::vector<std::string> options(std::begin(kGccDefinitions),
                                     std::end(kGccDefinitions));
    options.push_back(absl::StrCat("-fgnuc-version=", version));
    command->arguments.insert(command->arguments.begin() + 1, options.begin(),
                              options.end());
  }
  return command;
}

// A unit of a database. Facts of a unit with errors are written too: they
// tell whoever reads them.
absl::Status CollectUnit(const DatabaseUnit& unit) {
  absl::StatusOr<SyntaxCommand> command = CommandOf(unit.words, unit.folder);
  if (!command.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(unit.file, ": ", command.status().message()));
  }
  // Its object is analysed, or annotated.
  if (command->is_assembly) return absl::OkStatus();
  absl::StatusOr<CompiledUnit> compiled = CompileToFacts(*command, unit.folder);
  if (!compiled.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(unit.file, ": ", compiled.status().message()));
  }
  absl::Status status =
      support::WriteFileAtomically(unit.facts_path, compiled->facts);
  if (status.ok() && compiled->errors.empty()) {
    status = RememberInputs(unit, compiled->files);
  }
  return status.ok() ? ErrorsOf(unit.file, compiled->errors) : status;
}

// A single changing line, on a terminal only.
class Progress {
 public:
  explicit Progress(size_t total)
      : total_(total), shown_(isatty(STDERR_FILENO) != 0 && total > 1) {}
  ~Progress() { Clear(); }

  void Step(const std::string& file) {
    ++done_;
    if (!shown_) return;
    std::fprintf(stderr, "\r\033[K[%zu/%zu] %s", done_, total_,
                 fs::path(file).filename().c_str());
    std::fflush(stderr);
  }
  void Clear() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }

 private:
  size_t total_;
  size_t done_ = 0;
  bool shown_;
};

int RunDatabase(const Arguments& arguments) {
  std::string out = arguments.out.empty() ? arguments.build + "/.chestnut/facts"
                                          : arguments.out;
  absl::StatusOr<std::vector<DatabaseUnit>> units =
      ReadDatabase(arguments.build, out, arguments.files);
  if (!units.ok()) return Fail(units.status().message());
  std::error_code error;
  fs::create_directories(out, error);
  if (error) return Fail(absl::StrCat(out, ": ", error.message()));
  std::vector<const DatabaseUnit*> stale;
  for (const DatabaseUnit& unit : *units) {
    if (!IsFresh(unit)) stale.push_back(&unit);
  }
  size_t failed = 0;
  {
    Progress progress(stale.size());
    absl::Status status = RunJobs(
        stale.size(), arguments.jobs,
        [&](size_t i) { return CollectUnit(*stale[i]); },
        [&](size_t i, const absl::Status& ended) {
          progress.Step(stale[i]->file);
          if (ended.ok()) return;
          progress.Clear();
          ++failed;
          Fail(ended.code() == absl::StatusCode::kInternal
                   ? absl::StrCat(stale[i]->file, ": ", ended.message())
                   : std::string(ended.message()));
        });
    if (!status.ok()) return Fail(status.message());
  }
  if (absl::Status status = WriteObjectList(*units, out); !status.ok()) {
    return Fail(status.message());
  }
  std::fprintf(stderr, "chestnut: facts of %zu units in %s (%zu new)\n",
               units->size() - failed, out.c_str(), stale.size() - failed);
  return failed > 0 ? kExitWrongUse : kExitDone;
}

// Writes which of the declared inputs the unit did not read: a change of these
// is no reason to read it again.
absl::Status WriteUnused(const Arguments& arguments, const std::string& folder,
                         const std::vector<std::string>& read) {
  if (arguments.unused.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> declared = support::ReadFile(arguments.inputs);
  if (!declared.ok()) return declared.status();
  std::string unused;
  for (absl::string_view line :
       absl::StrSplit(*declared, '\n', absl::SkipEmpty())) {
    const std::string path =
        (fs::path(folder) / std::string(line)).lexically_normal();
    // A folder may be declared, too.
    const auto below = std::lower_bound(read.begin(), read.end(), path + "/");
    if (!std::binary_search(read.begin(), read.end(), path) &&
        (below == read.end() || !absl::StartsWith(*below, path + "/"))) {
      absl::StrAppend(&unused, line, "\n");
    }
  }
  return support::WriteFileAtomically(arguments.unused, unused);
}

// One compile command, as a driver of another compiler has it.
int RunSingle(const Arguments& arguments) {
  if (arguments.out.empty()) {
    return Fail("-o FILE is missing before --: where the facts go");
  }
  std::string folder = fs::current_path().generic_string();
  absl::StatusOr<SyntaxCommand> command = CommandOf(arguments.command, folder);
  if (!command.ok()) return Fail(command.status().message());
  if (command->is_assembly && arguments.empty_for_assembly) {
    absl::Status status = support::WriteFileAtomically(arguments.out, "");
    // What it includes is not known, so everything counts as used.
    if (status.ok() && !arguments.unused.empty()) {
      status = support::WriteFileAtomically(arguments.unused, "");
    }
    return status.ok() ? kExitDone : Fail(status.message());
  }
  if (command->is_assembly) {
    return Fail(absl::StrCat(command->source,
                             ": assembly has no source facts; annotate it with "
                             "chestnut.h"));
  }
  absl::StatusOr<CompiledUnit> unit = CompileToFacts(*command, folder);
  if (!unit.ok()) {
    return Fail(absl::StrCat(command->source, ": ", unit.status().message()));
  }
  absl::Status status = ErrorsOf(command->source, unit->errors);
  if (status.ok()) status = WriteUnused(arguments, folder, unit->files);
  if (status.ok()) {
    status = support::WriteFileAtomically(arguments.out, unit->facts);
  }
  return status.ok() ? kExitDone : Fail(status.message());
}

}  // namespace

int ToolMain(int argc, char** argv) {
  Arguments arguments;
  arguments.jobs = std::max(1u, std::thread::hardware_concurrency());
  // What follows -- is another program's.
  std::vector<std::string> own;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--") {
      arguments.command.assign(argv + i + 1, argv + argc);
      break;
    }
    own.push_back(argv[i]);
  }
  CLI::App app("Writes the facts of C and C++ units for Chestnut.",
               "chestnut-frontend");
  app.add_option("-p", arguments.build, "folder with compile_commands.json");
  app.add_option("-o", arguments.out,
                 "folder for the facts (default: DIR/.chestnut/facts); before "
                 "-- the facts file");
  app.add_option("-j", arguments.jobs, "units at a time")
      ->check(CLI::Range(1, 1024));
  app.add_option("FILE", arguments.files, "only these units");
  CLI::Option* inputs = app.add_option(
      "--inputs", arguments.inputs,
      "with --: a file that lists what the unit may read, a path a line");
  app.add_option("--unused", arguments.unused,
                 "with --: write which of --inputs it did not read")
      ->needs(inputs);
  app.add_flag("--empty-for-assembly", arguments.empty_for_assembly,
               "with --: of assembly write a file without facts");
  app.footer(
      "chestnut-frontend -o FACTS -- COMPILER ARGUMENT... reads the one unit "
      "that the\ncompile command compiles. Units are read with clang: a unit "
      "that only another\ncompiler understands is reported, and its facts "
      "say so.");
  std::reverse(own.begin(), own.end());
  try {
    app.parse(own);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return Fail(error.what());
  }
  if (!arguments.command.empty()) return RunSingle(arguments);
  if (arguments.build.empty()) {
    return Fail("-p DIR is missing: the folder with compile_commands.json");
  }
  return RunDatabase(arguments);
}

}  // namespace chestnut::frontend
