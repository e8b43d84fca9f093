#include "driver/compiler.h"

#include <cstddef>
#include <cstdio>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "driver/command_line.h"
#include "driver/gcc.h"
#include "driver/linker_context.h"
#include "driver/musl.h"
#include "driver/options.h"
#include "driver/process.h"

namespace chestnut::driver {
namespace {

using Command = std::vector<std::string>;

void Append(Command& command, const Command& more) {
  command.insert(command.end(), more.begin(), more.end());
}

// Clang says nothing about what stands between these, used or not.
void AppendQuietly(Command& command, const Command& more) {
  command.push_back("--start-no-unused-arguments");
  Append(command, more);
  command.push_back("--end-no-unused-arguments");
}

absl::Status AddPlugin(Command& command) {
  absl::StatusOr<std::string> plugin = FindPlugin();
  if (!plugin.ok()) return plugin.status();
  AppendQuietly(command, {absl::StrCat("-fplugin=", *plugin),
                          "-fplugin-arg-chestnut-embed"});
  return absl::OkStatus();
}

// Makes the compiler call our stage as its linker, and tells that stage what it
// needs among the linker's arguments. What has to stand before the user's own
// arguments is added to `before`.
absl::StatusOr<Command> LinkerStage(const Options& options,
                                    const CommandLine& line,
                                    const RealCompiler& compiler,
                                    const std::string& sysroot,
                                    Command& before) {
  absl::StatusOr<std::string> stage = FindLinkerStage();
  if (!stage.ok()) return stage.status();
  absl::StatusOr<std::string> linker = FindLinker(line.linker, compiler.path);
  if (!linker.ok()) return linker.status();
  LinkerContext context;
  context.options = options;
  context.linker = *linker;
  context.compiler = compiler.path;
  context.sysroot = sysroot;
  context.lto = line.lto;
  Command command;
  if (compiler.family == CompilerFamily::kClang) {
    AppendQuietly(command, {absl::StrCat("--ld-path=", *stage)});
  } else {
    absl::StatusOr<std::string> folder = LinkerFolderForGcc();
    if (!folder.ok()) return folder.status();
    // gcc takes the linker from the first folder that has one.
    before.push_back(absl::StrCat("-B", *folder, "/"));
  }
  for (std::string& argument : EncodeLinkerContext(context)) {
    command.push_back("-Xlinker");
    command.push_back(std::move(argument));
  }
  return command;
}

// Flags that make the compiler use the analysed libc, before the user's own.
// The result is its sysroot, empty if the user did not ask for it.
absl::StatusOr<std::string> AddLibc(const Options& options,
                                    const CommandLine& line,
                                    const RealCompiler& compiler,
                                    Command& command) {
  if (options.libc.empty()) return std::string();
  if (line.own_sysroot) {
    return absl::InvalidArgumentError(
        "--chestnut-libc=musl brings its own sysroot; leave out --sysroot");
  }
  absl::StatusOr<std::string> folder = EnsureMusl(MuslSource());
  if (!folder.ok()) return folder;
  Append(command, MuslFlags(*folder, compiler.family));
  if (line.stage == Stage::kLink && !line.shared && !line.static_ &&
      !line.static_pie) {
    // gold cannot link static position-independent programs.
    const bool fixed = line.no_pie || absl::EndsWith(line.linker, "gold");
    command.push_back(fixed ? "-static" : "-static-pie");
  }
  return folder;
}

// Our own -static or -static-pie leaves these without work, which is no news to
// the user; gcc would take -pie for another kind of program.
Command ForOurLink(const Command& arguments, CompilerFamily family) {
  Command result;
  const bool clang = family == CompilerFamily::kClang;
  for (const std::string& argument : arguments) {
    const bool idle =
        argument == "-pie" || argument == "-no-pie" || argument == "-rdynamic";
    if (clang && idle) {
      AppendQuietly(result, {argument});
    } else if (clang || argument != "-pie") {
      result.push_back(argument);
    }
  }
  return result;
}

// Runs the real compiler, with `expanded` instead of `arguments` where it has
// to be understood.
absl::StatusOr<int> RunCompiler(const Options& options, const CommandLine& line,
                                const RealCompiler& compiler, Command arguments,
                                Command expanded) {
  Command before;
  absl::StatusOr<std::string> sysroot =
      AddLibc(options, line, compiler, before);
  if (!sysroot.ok()) return sysroot.status();
  Command after;
  if (line.stage == Stage::kLink) {
    absl::StatusOr<Command> stage =
        LinkerStage(options, line, compiler, *sysroot, before);
    if (!stage.ok()) return stage.status();
    after = *std::move(stage);
    if (!sysroot->empty()) {
      arguments = ForOurLink(arguments, compiler.family);
      expanded = ForOurLink(expanded, compiler.family);
    }
  }
  const bool compiles =
      line.stage == Stage::kObject || line.stage == Stage::kLink;
  if (compiles && compiler.family == CompilerFamily::kGcc) {
    return CompileWithGcc({compiler.path, before, expanded, after, *sysroot},
                          line);
  }
  Command command = {compiler.path};
  Append(command, before);
  Append(command, arguments);
  if (compiles) {
    absl::Status status = AddPlugin(command);
    if (!status.ok()) return status;
  }
  Append(command, after);
  return Exec(command);
}

// The real compiler, as the first word that is not Chestnut's own.
absl::Status TakeLaunched(Command& arguments, Options& options) {
  if (!options.real.empty()) {
    return absl::InvalidArgumentError(
        "--chestnut-launch: the compiler is the first argument; leave out "
        "--chestnut-real");
  }
  if (arguments.empty() || absl::StartsWith(arguments.front(), "-")) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--chestnut-launch: '", arguments.empty() ? "" : arguments.front(),
        "' is not a compiler; give it before its arguments"));
  }
  options.real = std::move(arguments.front());
  arguments.erase(arguments.begin());
  return absl::OkStatus();
}

absl::StatusOr<int> Compile(Language language, absl::string_view program,
                            Command arguments) {
  bool expanded = false;
  Command all = ExpandResponseFiles(arguments, &expanded);
  absl::StatusOr<Options> options = TakeOptions(all);
  if (!options.ok()) return options.status();
  if (options->help) {
    std::fputs(OptionsHelp(program).c_str(), stdout);
    return 0;
  }
  // Own options are rarely in a response file; if they are not, the real
  // compiler gets the file as it was given.
  if (expanded) {
    Command unexpanded = arguments;
    absl::StatusOr<Options> outside = TakeOptions(unexpanded);
    if (outside.ok() && LinkerOptions(*outside) == LinkerOptions(*options) &&
        outside->real == options->real) {
      arguments = std::move(unexpanded);
    } else {
      arguments = all;
    }
  } else {
    arguments = all;
  }
  if (options->launch) {
    if (absl::Status status = TakeLaunched(all, *options); !status.ok()) {
      return status;
    }
    if (arguments.front() == options->real) {
      arguments.erase(arguments.begin());
    } else {
      arguments = all;  // it came from a response file
    }
  }
  absl::StatusOr<RealCompiler> compiler = FindRealCompiler(*options, language);
  if (!compiler.ok()) return compiler.status();
  const CommandLine line = ParseCommandLine(all);
  return RunCompiler(*options, line, *compiler, arguments, all);
}

// The arguments of a link, its output replaced.
Command WithOutput(const Command& arguments, const std::string& output) {
  Command result;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "-o") {
      ++i;
    } else if (IsSeparateOption(argument) && i + 1 < arguments.size()) {
      result.push_back(argument);
      result.push_back(arguments[++i]);
    } else if (!absl::StartsWith(argument, "-o")) {
      result.push_back(argument);
    }
  }
  result.push_back("-o");
  result.push_back(output);
  return result;
}

absl::StatusOr<int> LinkAgain(Options options, const Command& words,
                              const std::string& output) {
  if (words.empty()) {
    return absl::InvalidArgumentError(
        "no link command; give the compiler and its arguments after --");
  }
  bool expanded = false;
  const Command arguments =
      ExpandResponseFiles({words.begin() + 1, words.end()}, &expanded);
  const CommandLine line = ParseCommandLine(arguments);
  if (line.stage != Stage::kLink || line.shared) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", output, "': the command does not link a program",
        line.shared ? ", but a shared library; what loads it is sandboxed"
                    : ""));
  }
  options.real = words[0];
  absl::StatusOr<RealCompiler> compiler =
      FindRealCompiler(options, Language::kC);
  if (!compiler.ok()) return compiler.status();
  Command before;
  absl::StatusOr<Command> stage =
      LinkerStage(options, line, *compiler, "", before);
  if (!stage.ok()) return stage.status();
  const Command link = WithOutput(arguments, output);
  if (compiler->family == CompilerFamily::kGcc) {
    return CompileWithGcc({compiler->path, before, link, *stage, ""}, line);
  }
  Command command = {compiler->path};
  Append(command, link);
  Append(command, *stage);
  return Exec(command);
}

}  // namespace

int LinkMain(Options options, const std::vector<std::string>& words,
             const std::string& output) {
  absl::StatusOr<int> result = LinkAgain(std::move(options), words, output);
  if (result.ok()) return *result;
  PrintError(result.status().message());
  return kExitWrongUse;
}

int CompilerMain(Language language, absl::string_view program,
                 std::vector<std::string> arguments) {
  absl::StatusOr<int> result = Compile(language, program, std::move(arguments));
  if (result.ok()) return *result;
  PrintError(result.status().message());
  return kExitWrongUse;
}

}  // namespace chestnut::driver
