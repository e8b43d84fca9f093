#include "driver/gcc.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "driver/cache.h"
#include "driver/elf_edit.h"
#include "driver/linker_context.h"
#include "driver/musl.h"
#include "driver/process.h"
#include "facts/container.h"
#include "frontend/gcc_language.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

using Command = std::vector<std::string>;

// A source that gcc compiles: where it stands among the arguments, and what
// clang calls its language.
struct Source {
  size_t index;
  std::string language;
};

absl::string_view Extension(absl::string_view path) {
  const absl::string_view name = support::BaseName(path);
  const size_t dot = name.rfind('.');
  return dot == absl::string_view::npos ? "" : name.substr(dot + 1);
}

// Empty for what is no C or C++.
std::string LanguageOf(absl::string_view path, absl::string_view forced) {
  if (!forced.empty() && forced != "none") {
    return forced == "c" || forced == "c++" || forced == "cpp-output" ||
                   forced == "c++-cpp-output"
               ? std::string(forced)
               : "";
  }
  const absl::string_view extension = Extension(path);
  if (extension == "c") return "c";
  if (extension == "i") return "cpp-output";
  if (extension == "ii") return "c++-cpp-output";
  for (absl::string_view cxx : {"cc", "cp", "cxx", "cpp", "CPP", "c++", "C"}) {
    if (extension == cxx) return "c++";
  }
  return "";
}

// Whether the argument's value is the next argument.
bool TakesNext(absl::string_view argument) {
  return IsSeparateOption(argument);
}

std::vector<Source> FindSources(const Command& arguments) {
  std::vector<Source> sources;
  std::string forced;
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view argument = arguments[i];
    if (argument == "-x" && i + 1 < arguments.size()) {
      forced = arguments[++i];
    } else if (absl::ConsumePrefix(&argument, "-x")) {
      forced = std::string(argument);
    } else if (TakesNext(argument)) {
      ++i;
    } else if (argument == "-" || !absl::StartsWith(argument, "-")) {
      std::string language = LanguageOf(argument, forced);
      if (!language.empty()) sources.push_back({i, std::move(language)});
    }
  }
  return sources;
}

std::string OutputOf(const Command& arguments) {
  std::string output;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "-o" && i + 1 < arguments.size()) {
      output = arguments[++i];
    } else if (absl::StartsWith(arguments[i], "-o")) {
      output = arguments[i].substr(2);
    } else if (TakesNext(arguments[i])) {
      ++i;
    }
  }
  return output;
}

// The flags that a source's facts depend on and clang understands as gcc does.
Command FactsFlags(const Command& arguments) {
  constexpr absl::string_view kJoinable[] = {"-I",
                                             "-D",
                                             "-U",
                                             "-include",
                                             "-imacros",
                                             "-isystem",
                                             "-iquote",
                                             "-idirafter",
                                             "-iprefix",
                                             "-iwithprefix",
                                             "-iwithprefixbefore"};
  constexpr absl::string_view kKept[] = {
      "-ansi",           "-pthread",        "-nostdinc",
      "-nostdinc++",     "-undef",          "-trigraphs",
      "-fPIC",           "-fpic",           "-fPIE",
      "-fpie",           "-fno-PIC",        "-fno-pic",
      "-fno-PIE",        "-fno-pie",        "-ffreestanding",
      "-fhosted",        "-fshort-enums",   "-fsigned-char",
      "-funsigned-char", "-fcommon",        "-fno-common",
      "-fexceptions",    "-fno-exceptions", "-fno-rtti",
      "-fms-extensions", "-fgnu89-inline",  "-fno-gnu89-inline",
      "-fshort-wchar",   "-fwrapv",         "-ffast-math",
      "-fopenmp",        "-fno-inline"};
  Command flags;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const absl::string_view argument = arguments[i];
    const bool joinable =
        std::any_of(std::begin(kJoinable), std::end(kJoinable),
                    [&](absl::string_view flag) {
                      return absl::StartsWith(argument, flag);
                    });
    const bool kept = joinable || absl::StartsWith(argument, "-std=") ||
                      absl::StartsWith(argument, "-O") ||
                      absl::StartsWith(argument, "-fno-builtin") ||
                      absl::StartsWith(argument, "-fstack-protector") ||
                      (absl::StartsWith(argument, "-m") &&
                       !absl::StrContains(argument, '=')) ||
                      std::find(std::begin(kKept), std::end(kKept), argument) !=
                          std::end(kKept);
    if (kept) flags.emplace_back(argument);
    if (!TakesNext(argument) || i + 1 >= arguments.size()) continue;
    ++i;
    if (kept) flags.push_back(arguments[i]);
  }
  return flags;
}

absl::StatusOr<std::string> GccVersion(const std::string& compiler) {
  absl::StatusOr<ProcessResult> result =
      Run({compiler, "-dumpfullversion"}, Streams::kCapture);
  if (!result.ok()) return result.status();
  std::string version(absl::StripSuffix(result->out, "\n"));
  int major;
  // From 7 on glibc's headers use types that clang's C has not (_Float32).
  return absl::SimpleAtoi(version.substr(0, version.find('.')), &major) &&
                 major > 6
             ? "6.5.0"
             : version;
}

class GccRun {
 public:
  GccRun(const GccCommand& command, TemporaryFolder scratch)
      : command_(command),
        scratch_(std::move(scratch)),
        sources_(FindSources(command.arguments)) {}

  absl::StatusOr<int> Objects() {
    const std::string output = OutputOf(command_.arguments);
    absl::StatusOr<int> status = RunGcc(command_.arguments, {});
    if (!status.ok() || *status != 0) return status;
    for (const Source& source : sources_) {
      const absl::string_view path = command_.arguments[source.index];
      std::string object = output;
      if (object.empty()) {
        const absl::string_view base = support::BaseName(path);
        object = absl::StrCat(base.substr(0, base.rfind('.')), ".o");
      }
      absl::Status added = AddFacts(source, object);
      if (added.ok()) continue;
      unlink(object.c_str());
      return added;
    }
    return 0;
  }

  absl::StatusOr<int> Program() {
    Command link = command_.arguments;
    for (const Source& source : sources_) {
      const std::string object = scratch_.File(absl::StrCat(
          source.index, "-", support::BaseName(link[source.index]), ".o"));
      absl::StatusOr<int> status = CompileOne(source, object);
      if (!status.ok() || *status != 0) return status;
      absl::Status added = AddFacts(source, object);
      if (!added.ok()) return added;
      link[source.index] = object;
    }
    // What is left are objects, which the linker tells by their content.
    for (size_t i = 0; i < link.size(); ++i) {
      if (link[i] == "-x" && i + 1 < link.size()) {
        link[i + 1] = "none";
      } else if (absl::StartsWith(link[i], "-x") && link[i] != "-x") {
        link[i] = "-xnone";
      }
    }
    Command after = command_.after;
    const std::string status_file = scratch_.File("status");
    after.insert(after.end(),
                 {"-Xlinker", absl::StrCat(kStatusFileOption, status_file)});
    absl::StatusOr<int> status = RunGcc(link, after);
    if (!status.ok() || *status == 0) return status;
    absl::StatusOr<std::string> own = support::ReadFile(status_file);
    int value;
    return own.ok() && absl::SimpleAtoi(*own, &value) ? value : *status;
  }

  // A source on standard input is read twice, so from a file.
  absl::Status KeepStandardInput() {
    if (std::none_of(sources_.begin(), sources_.end(),
                     [this](const Source& source) {
                       return command_.arguments[source.index] == "-";
                     })) {
      return absl::OkStatus();
    }
    const std::string path = scratch_.File("stdin");
    absl::StatusOr<std::string> text = support::ReadFile("/dev/stdin");
    if (!text.ok()) return text.status();
    absl::Status status = support::WriteFileAtomically(path, *text);
    if (!status.ok()) return status;
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 || dup2(file, STDIN_FILENO) < 0) {
      return absl::UnavailableError("cannot keep the source on standard input");
    }
    close(file);
    keeps_input_ = true;
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<int> RunGcc(const Command& arguments, const Command& after) {
    Command command = {command_.compiler};
    for (const Command* part : {&command_.before, &arguments, &after}) {
      command.insert(command.end(), part->begin(), part->end());
    }
    if (keeps_input_) lseek(STDIN_FILENO, 0, SEEK_SET);
    absl::StatusOr<ProcessResult> result = Run(command, Streams::kInherit);
    if (!result.ok()) return result.status();
    return result->exit_code;
  }

  // The arguments for compiling one of the sources: without other inputs and
  // the output.
  absl::StatusOr<int> CompileOne(const Source& source,
                                 const std::string& object) {
    const Command& all = command_.arguments;
    Command arguments;
    for (size_t i = 0; i < all.size(); ++i) {
      const bool option = absl::StartsWith(all[i], "-") && all[i] != "-";
      if (!option && i != source.index) continue;
      if (all[i] == "-o" || all[i] == "-Xlinker" || all[i] == "-l") {
        ++i;
        continue;
      }
      if (absl::StartsWith(all[i], "-o") || absl::StartsWith(all[i], "-Wl,") ||
          absl::StartsWith(all[i], "-l")) {
        continue;
      }
      arguments.push_back(all[i]);
      if (option && TakesNext(all[i]) && i + 1 < all.size()) {
        arguments.push_back(all[++i]);
      }
    }
    arguments.insert(arguments.end(), {"-c", "-o", object});
    return RunGcc(arguments, {});
  }

  absl::Status AddFacts(const Source& source, const std::string& object) {
    absl::StatusOr<std::string> facts = ReadFacts(source);
    if (!facts.ok()) return facts.status();
    return AddSection(object, facts::kSectionName, *facts);
  }

  absl::StatusOr<std::string> ReadFacts(const Source& source) {
    absl::StatusOr<RealCompiler> clang = FindRealCompiler(
        {}, absl::StartsWith(source.language, "c++") ? Language::kCxx
                                                     : Language::kC);
    if (!clang.ok()) return clang.status();
    absl::StatusOr<std::string> plugin = FindPlugin();
    if (!plugin.ok()) return plugin.status();
    if (version_.empty()) {
      absl::StatusOr<std::string> version = GccVersion(command_.compiler);
      if (!version.ok()) return version.status();
      version_ = *std::move(version);
    }
    const std::string& path = command_.arguments[source.index];
    const std::string out = scratch_.File("facts");
    Command command = {clang->path,
                       "-fsyntax-only",
                       "-w",
                       absl::StrCat("-fgnuc-version=", version_),
                       absl::StrCat("-fplugin=", *plugin),
                       absl::StrCat("-fplugin-arg-chestnut-out=", out)};
    command.insert(command.end(), std::begin(frontend::kGccDefinitions),
                   std::end(frontend::kGccDefinitions));
    if (!command_.sysroot.empty()) {
      const Command flags = MuslFlags(command_.sysroot, CompilerFamily::kClang);
      command.insert(command.end(), flags.begin(), flags.end());
    }
    const Command flags = FactsFlags(command_.arguments);
    command.insert(command.end(), flags.begin(), flags.end());
    command.insert(command.end(), {"-x", source.language, path});
    if (keeps_input_) lseek(STDIN_FILENO, 0, SEEK_SET);
    absl::StatusOr<ProcessResult> result = Run(command, Streams::kCapture);
    if (!result.ok()) return result.status();
    if (!result->ok()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "no facts of '", path, "', as clang cannot read what gcc compiled: ",
          result->err.substr(0, result->err.find('\n'))));
    }
    return support::ReadFile(out);
  }

  const GccCommand& command_;
  TemporaryFolder scratch_;
  std::vector<Source> sources_;
  std::string version_;
  bool keeps_input_ = false;
};

}  // namespace

absl::StatusOr<std::string> LinkerFolderForGcc() {
  return FindCompanion("the folder of linker names", {"../libexec/chestnut"});
}

absl::StatusOr<int> CompileWithGcc(const GccCommand& command,
                                   const CommandLine& line) {
  absl::StatusOr<TemporaryFolder> scratch = TemporaryFolder::Create();
  if (!scratch.ok()) return scratch.status();
  GccRun run(command, *std::move(scratch));
  if (absl::Status status = run.KeepStandardInput(); !status.ok()) {
    return status;
  }
  if (line.stage == Stage::kObject) return run.Objects();
  return run.Program();
}

}  // namespace chestnut::driver
