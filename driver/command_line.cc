#include "driver/command_line.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

// As deep as gcc follows them; beyond it is a cycle.
constexpr int kMaxResponseDepth = 64;

// Options whose value is the next argument, so that it is not taken for an
// input. Sorted.
constexpr absl::string_view kSeparate[] = {"--config",
                                           "--include-directory",
                                           "--language",
                                           "--library-directory",
                                           "--output",
                                           "--param",
                                           "--serialize-diagnostics",
                                           "--sysroot",
                                           "--target",
                                           "-A",
                                           "-B",
                                           "-D",
                                           "-F",
                                           "-G",
                                           "-I",
                                           "-L",
                                           "-MF",
                                           "-MJ",
                                           "-MQ",
                                           "-MT",
                                           "-T",
                                           "-Tbss",
                                           "-Tdata",
                                           "-Ttext",
                                           "-U",
                                           "-V",
                                           "-Xanalyzer",
                                           "-Xassembler",
                                           "-Xclang",
                                           "-Xlinker",
                                           "-Xpreprocessor",
                                           "-arch",
                                           "-aux-info",
                                           "-aux-target",
                                           "-b",
                                           "-cxx-isystem",
                                           "-dumpbase",
                                           "-dumpbase-ext",
                                           "-dumpdir",
                                           "-e",
                                           "-framework",
                                           "-gcc-toolchain",
                                           "-h",
                                           "-idirafter",
                                           "-imacros",
                                           "-imultilib",
                                           "-include",
                                           "-include-pch",
                                           "-iprefix",
                                           "-iquote",
                                           "-isysroot",
                                           "-isystem",
                                           "-isystem-after",
                                           "-ivfsoverlay",
                                           "-iwithprefix",
                                           "-iwithprefixbefore",
                                           "-iwithsysroot",
                                           "-l",
                                           "-m",
                                           "-mllvm",
                                           "-o",
                                           "-plugin",
                                           "-rpath",
                                           "-serialize-diagnostics",
                                           "-specs",
                                           "-target",
                                           "-u",
                                           "-working-directory",
                                           "-wrapper",
                                           "-x",
                                           "-y",
                                           "-z"};

// Print something and end, whatever else is there.
constexpr absl::string_view kPrinting[] = {"###",
                                           "-help",
                                           "-help-hidden",
                                           "-print-targets",
                                           "-print-supported-cpus",
                                           "-target-help",
                                           "-version",
                                           "dumpmachine",
                                           "dumpspecs",
                                           "dumpversion",
                                           "dumpfullversion",
                                           "verify-pch"};

constexpr absl::string_view kText[] = {"-E",
                                       "-M",
                                       "-MM",
                                       "-S",
                                       "-fsyntax-only",
                                       "--preprocess",
                                       "--assemble",
                                       "--analyze",
                                       "--precompile",
                                       "-emit-ast",
                                       "-emit-pch",
                                       "-emit-interface-stubs",
                                       "-module-file-info",
                                       "-rewrite-objc",
                                       "--user-dependencies",
                                       "--dependencies",
                                       "-extract-api"};

template <size_t N>
bool Contains(const absl::string_view (&table)[N], absl::string_view text) {
  return std::find(std::begin(table), std::end(table), text) != std::end(table);
}

bool Prints(absl::string_view argument) {
  if (!absl::ConsumePrefix(&argument, "-")) return false;
  return Contains(kPrinting, argument) ||
         absl::StartsWith(argument, "print-") ||
         absl::StartsWith(argument, "-print-") ||
         absl::StartsWith(argument, "-help=");
}

// One argument of a response file: quotes and backslashes as in gcc.
std::vector<std::string> SplitResponse(absl::string_view text) {
  std::vector<std::string> result;
  std::string current;
  bool started = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      current += text[++i];
      started = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        current += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      started = true;
    } else if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      if (started) result.push_back(std::move(current));
      current.clear();
      started = false;
    } else {
      current += c;
      started = true;
    }
  }
  if (started) result.push_back(std::move(current));
  return result;
}

void Expand(const std::vector<std::string>& arguments, int depth,
            std::vector<std::string>& out, bool* expanded) {
  for (const std::string& argument : arguments) {
    if (argument.size() > 1 && argument[0] == '@' &&
        depth < kMaxResponseDepth) {
      if (auto text = support::ReadFile(argument.substr(1)); text.ok()) {
        *expanded = true;
        Expand(SplitResponse(*text), depth + 1, out, expanded);
        continue;
      }
    }
    out.push_back(argument);
  }
}

void ReadLinkOption(absl::string_view argument, CommandLine& line) {
  if (argument == "-shared" || argument == "--shared" || argument == "-r") {
    line.shared = true;
  } else if (argument == "-static-pie") {
    line.static_pie = true;
  } else if (argument == "-static" || argument == "--static") {
    line.static_ = true;
  } else if (argument == "-no-pie" || argument == "-nopie") {
    line.no_pie = true;
  } else if (argument == "-pie") {
    line.no_pie = false;
  } else if (absl::StartsWith(argument, "-flto")) {
    line.lto = true;
  } else if (argument == "-fno-lto") {
    line.lto = false;
  } else if (argument == "-nostdlib" || argument == "-nostartfiles" ||
             argument == "-nodefaultlibs" || argument == "-nolibc") {
    line.own_libc = true;
  } else if (absl::StartsWith(argument, "--sysroot") ||
             absl::StartsWith(argument, "-isysroot")) {
    line.own_sysroot = true;
  } else if (absl::ConsumePrefix(&argument, "-fuse-ld=") ||
             absl::ConsumePrefix(&argument, "--ld-path=")) {
    line.linker = std::string(argument);
  }
}

}  // namespace

std::vector<std::string> ExpandResponseFiles(
    const std::vector<std::string>& arguments, bool* expanded) {
  *expanded = false;
  std::vector<std::string> result;
  result.reserve(arguments.size());
  Expand(arguments, 0, result, expanded);
  return result;
}

bool IsSeparateOption(absl::string_view argument) {
  return Contains(kSeparate, argument);
}

CommandLine ParseCommandLine(const std::vector<std::string>& arguments) {
  CommandLine line;
  bool prints = false;
  bool text = false;
  bool object = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const absl::string_view argument = arguments[i];
    ReadLinkOption(argument, line);
    if (Contains(kSeparate, argument)) {
      ++i;
      // Libraries and what goes to the linker are inputs to the compiler too.
      if (argument == "-l" || argument == "-Xlinker") line.has_input = true;
    } else if (argument == "-" || !absl::StartsWith(argument, "-")) {
      // A response file that is left cannot be read: an error and no input.
      line.has_input |= !absl::StartsWith(argument, "@");
    } else if (absl::StartsWith(argument, "-l") ||
               absl::StartsWith(argument, "-Wl,")) {
      line.has_input = true;
    } else if (Prints(argument)) {
      prints = true;
    } else if (Contains(kText, argument)) {
      text = true;
    } else if (argument == "-c" || argument == "--compile") {
      object = true;
    }
  }
  line.stage = prints || !line.has_input ? Stage::kNothing
               : text                    ? Stage::kText
               : object                  ? Stage::kObject
                                         : Stage::kLink;
  return line;
}

}  // namespace chestnut::driver
