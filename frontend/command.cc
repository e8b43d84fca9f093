#include "frontend/command.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clang/Driver/Options.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

namespace chestnut::frontend {
namespace {

namespace options = clang::driver::options;
using llvm::StringRef;

bool IsLauncher(StringRef word) {
  constexpr std::array<StringRef, 6> kLaunchers = {
      "ccache", "sccache", "distcc", "icecc", "gomacc", "colorgcc"};
  StringRef name = llvm::sys::path::filename(word);
  return std::find(kLaunchers.begin(), kLaunchers.end(), name) !=
         kLaunchers.end();
}

// Options that only say what is written where, how warnings look, or that load
// code into the compiler.
bool IsDropped(const llvm::opt::Arg& argument) {
  const llvm::opt::Option& option = argument.getOption();
  switch (option.getID()) {
    case options::OPT_o:
    case options::OPT_c:
    case options::OPT_S:
    case options::OPT_E:
    case options::OPT_MF:
    case options::OPT_MT:
    case options::OPT_MQ:
    case options::OPT_MJ:
    case options::OPT_M:
    case options::OPT_MM:
    case options::OPT_MD:
    case options::OPT_MMD:
    case options::OPT_MG:
    case options::OPT_MP:
    case options::OPT_save_temps:
    case options::OPT_save_temps_EQ:
    case options::OPT_fplugin_EQ:
    case options::OPT_fplugin_arg:
    case options::OPT_fpass_plugin_EQ:
    case options::OPT_pipe:
    // Module maps of a build system's check of its layers. Without modules they
    // change nothing but errors.
    case options::OPT_fmodule_map_file:
    case options::OPT_fmodule_name_EQ:
    case options::OPT_fmodules_decluse:
    case options::OPT_fmodules_strict_decluse:
    case options::OPT_verify_pch:
      return true;
    default:
      break;
  }
  StringRef name = option.getName();
  // Profiles of another compiler cannot be read, and change no declarations.
  return option.matches(options::OPT_W_Group) || name.starts_with("fprofile") ||
         name.starts_with("fauto-profile") || name.starts_with("specs") ||
         option.matches(options::OPT_B);
}

// An option of gcc that clang does not know. Those that clang knows but cannot
// use it ignores by itself.
bool IsForeign(const llvm::opt::Arg& argument, StringRef text) {
  if (argument.getOption().getKind() != llvm::opt::Option::UnknownClass) {
    return false;
  }
  return text.starts_with("-");
}

bool IsAssembly(StringRef source, StringRef language) {
  if (!language.empty() && language != "none") {
    return language.starts_with("assembler");
  }
  StringRef extension = llvm::sys::path::extension(source);
  return extension == ".s" || extension == ".S" || extension == ".sx" ||
         extension == ".asm";
}

// -Wp,A,B hands options to the preprocessor: all but those that write
// dependency files are kept. Empty if none is left.
std::string KeptPreprocessorOptions(const llvm::opt::Arg& argument) {
  std::string kept;
  bool skip_next = false;
  for (StringRef value : argument.getValues()) {
    if (std::exchange(skip_next, false)) continue;
    if (value.starts_with("-M")) {
      // All of them take a file or target here, but for the plain switches.
      skip_next =
          value != "-MP" && value != "-MG" && value != "-MM" && value != "-M";
      continue;
    }
    kept += "," + value.str();
  }
  return kept.empty() ? "" : "-Wp" + kept;
}

// Skips launchers and their own assignments; the compiler's word is next.
size_t CompilerPosition(const std::vector<std::string>& words) {
  size_t position = 0;
  while (position + 1 < words.size() && IsLauncher(words[position])) {
    ++position;
    while (position + 1 < words.size() &&
           words[position].find('=') != std::string::npos) {
      ++position;
    }
  }
  return position;
}

}  // namespace

absl::StatusOr<SyntaxCommand> ToSyntaxCommand(
    const std::vector<std::string>& words, const std::string& folder) {
  if (words.empty()) {
    return absl::InvalidArgumentError("empty compile command");
  }
  size_t compiler = CompilerPosition(words);
  llvm::BumpPtrAllocator allocator;
  llvm::SmallVector<const char*, 64> line;
  for (size_t i = compiler + 1; i < words.size(); ++i) {
    line.push_back(words[i].c_str());
  }
  llvm::cl::ExpansionContext responses(allocator,
                                       llvm::cl::TokenizeGNUCommandLine);
  responses.setCurrentDir(folder);
  if (llvm::Error error = responses.expandResponseFiles(line)) {
    return absl::InvalidArgumentError(llvm::toString(std::move(error)));
  }

  unsigned missing_index = 0, missing_count = 0;
  llvm::opt::InputArgList parsed = clang::driver::getDriverOptTable().ParseArgs(
      line, missing_index, missing_count,
      llvm::opt::Visibility(options::ClangOption));
  if (missing_count != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "option ", parsed.getArgString(missing_index), " lacks its value"));
  }

  SyntaxCommand out;
  out.compiler = words[compiler];
  StringRef name = llvm::sys::path::filename(words[compiler]);
  bool is_cxx = name.contains("++");
  out.arguments = {is_cxx ? "clang++" : "clang"};
  std::vector<std::string> sources;
  std::string language;
  for (const llvm::opt::Arg* argument : parsed) {
    std::string text = argument->getAsString(parsed);
    if (IsDropped(*argument) || IsForeign(*argument, text)) continue;
    const llvm::opt::Option& option = argument->getOption();
    if (option.getKind() == llvm::opt::Option::InputClass) {
      // What only the linker reads.
      StringRef extension = llvm::sys::path::extension(text);
      if (extension == ".o" || extension == ".a" || extension == ".so" ||
          extension == ".lo" || extension == ".la") {
        continue;
      }
      sources.push_back(text);
    } else if (option.matches(options::OPT_Wp_COMMA)) {
      std::string kept = KeptPreprocessorOptions(*argument);
      if (!kept.empty()) out.arguments.push_back(kept);
      continue;
    } else if (option.matches(options::OPT_x)) {
      language = argument->getValue();
    } else if (option.hasFlag(options::LinkerInput) ||
               option.matches(options::OPT_Link_Group)) {
      continue;
    }
    llvm::opt::ArgStringList rendered;
    argument->render(parsed, rendered);
    out.arguments.insert(out.arguments.end(), rendered.begin(), rendered.end());
  }
  if (sources.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        sources.empty() ? "no source file"
                        : absl::StrCat("several source files (",
                                       absl::StrJoin(sources, ", "), ")"),
        " in compile command; give one"));
  }
  if (sources[0] != "-") out.source = sources[0];
  out.is_assembly = IsAssembly(sources[0], language);
  out.arguments.push_back("-w");
  out.arguments.push_back("-fsyntax-only");
  return out;
}

}  // namespace chestnut::frontend
