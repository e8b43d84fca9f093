#include "driver/link_arguments.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace chestnut::driver {
namespace {

constexpr absl::string_view kPrinting[] = {"--version", "-version",     "-v",
                                           "-V",        "--help",       "-help",
                                           "-qversion", "--target-help"};

// Options of the user that write elsewhere than to the output, or say on
// standard output what the trace does not need.
constexpr absl::string_view kSideEffects[] = {"-M",
                                              "--print-map",
                                              "-print-map",
                                              "--cref",
                                              "-cref",
                                              "--verbose",
                                              "-verbose",
                                              "--stats",
                                              "-stats",
                                              "--print-gc-sections",
                                              "--print-memory-usage",
                                              "-t",
                                              "--trace",
                                              "-trace",
                                              "-s",
                                              "--strip-all",
                                              "-strip-all",
                                              "-S",
                                              "--strip-debug",
                                              "-strip-debug",
                                              "-x",
                                              "--discard-all",
                                              "-X",
                                              "--discard-locals",
                                              "--print-output-format",
                                              "--print-sysroot",
                                              "--time-trace",
                                              "--print-icf-sections"};
constexpr absl::string_view kSideEffectsWithValue[] = {
    "Map", "dependency-file", "trace-symbol", "reproduce", "time-trace-file"};

template <size_t N>
bool Contains(const absl::string_view (&table)[N], absl::string_view text) {
  return std::find(std::begin(table), std::end(table), text) != std::end(table);
}

// The value of a long option in its four forms: -name=value, -name value, and
// the same with two dashes. `index` moves over a separate value.
std::optional<std::string> LongOption(const std::vector<std::string>& arguments,
                                      size_t& index, absl::string_view name) {
  absl::string_view argument = arguments[index];
  if (!absl::ConsumePrefix(&argument, "-")) return std::nullopt;
  absl::ConsumePrefix(&argument, "-");
  if (!absl::ConsumePrefix(&argument, name)) return std::nullopt;
  if (absl::ConsumePrefix(&argument, "=")) return std::string(argument);
  if (!argument.empty() || index + 1 >= arguments.size()) return std::nullopt;
  return arguments[++index];
}

// -o FILE, -oFILE, --output=FILE, --output FILE
std::optional<std::string> OutputOption(
    const std::vector<std::string>& arguments, size_t& index) {
  absl::string_view argument = arguments[index];
  if (argument == "-o" || argument == "--output") {
    if (index + 1 >= arguments.size()) return std::nullopt;
    return arguments[++index];
  }
  if (absl::ConsumePrefix(&argument, "--output=")) return std::string(argument);
  // What else begins with -o is -omagic and, with two dashes only, --output.
  if (absl::StartsWith(argument, "-o") && argument != "-omagic") {
    return std::string(argument.substr(2));
  }
  return std::nullopt;
}

// -T FILE, -TFILE, --script=FILE; -Ttext=0 and the like are addresses.
std::optional<std::string> ScriptOption(
    const std::vector<std::string>& arguments, size_t& index) {
  for (absl::string_view name : {"script", "default-script", "dT"}) {
    if (auto script = LongOption(arguments, index, name)) return script;
  }
  absl::string_view argument = arguments[index];
  if (!absl::ConsumePrefix(&argument, "-T")) return std::nullopt;
  for (absl::string_view section : {"text", "data", "bss", "rodata", "ldata"}) {
    if (absl::StartsWith(argument, section)) return std::nullopt;
  }
  if (!argument.empty()) return std::string(argument);
  if (index + 1 >= arguments.size()) return std::nullopt;
  return arguments[++index];
}

// -L FOLDER, -LFOLDER, --library-path=FOLDER
std::optional<std::string> FolderOption(
    const std::vector<std::string>& arguments, size_t& index) {
  if (auto folder = LongOption(arguments, index, "library-path")) return folder;
  absl::string_view argument = arguments[index];
  if (!absl::ConsumePrefix(&argument, "-L")) return std::nullopt;
  if (!argument.empty()) return std::string(argument);
  if (index + 1 >= arguments.size()) return std::nullopt;
  return arguments[++index];
}

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
         c == '.' || c == '$';
}

// Where the comment, if there is one at `at`, ends.
size_t SkipComment(absl::string_view text, size_t at) {
  if (text.substr(at, 2) != "/*") return at;
  const size_t end = text.find("*/", at + 2);
  return end == absl::string_view::npos ? text.size() : end + 2;
}

void ReadFlag(absl::string_view argument, LinkArguments& link) {
  if (argument == "-r" || argument == "-i" || argument == "-Ur" ||
      argument == "--relocatable" || argument == "-relocatable") {
    link.relocatable = true;
  } else if (argument == "-shared" || argument == "--shared" ||
             argument == "-Bshareable" || argument == "--Bshareable") {
    link.shared = true;
  } else if (argument == "-s" || argument == "--strip-all" ||
             argument == "-strip-all") {
    link.strips = true;
  } else if (Contains(kPrinting, argument)) {
    link.prints = true;
  }
}

// Copies the arguments but for the output option.
std::vector<std::string> WithOutput(const std::vector<std::string>& arguments,
                                    absl::string_view output) {
  std::vector<std::string> result = {"-o", std::string(output)};
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (OutputOption(arguments, i).has_value()) continue;
    result.push_back(arguments[i]);
  }
  return result;
}

}  // namespace

LinkArguments ParseLinkArguments(const std::vector<std::string>& arguments) {
  LinkArguments link;
  bool input = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (auto output = OutputOption(arguments, i)) {
      link.output = *output;
    } else if (auto wrapped = LongOption(arguments, i, "wrap")) {
      link.wrapped.push_back(*wrapped);
    } else if (auto entry = LongOption(arguments, i, "entry")) {
      link.entry = *entry;
    } else if (argument == "-e" && i + 1 < arguments.size()) {
      link.entry = arguments[++i];
    } else if (auto assignment = LongOption(arguments, i, "defsym")) {
      link.assigned.push_back(assignment->substr(0, assignment->find('=')));
    } else if (auto script = ScriptOption(arguments, i)) {
      link.scripts.push_back(*script);
    } else if (auto folder = FolderOption(arguments, i)) {
      link.folders.push_back(*folder);
    } else {
      ReadFlag(argument, link);
      input |= !absl::StartsWith(argument, "-");
    }
  }
  // `ld -v` alone prints; with inputs it says its version and links.
  if (input && std::none_of(arguments.begin(), arguments.end(),
                            [](const std::string& argument) {
                              return argument == "--version" ||
                                     argument == "--help" ||
                                     argument == "-help" ||
                                     argument == "-version";
                            })) {
    link.prints = false;
  }
  return link;
}

std::vector<std::string> AssignedSymbols(absl::string_view script) {
  std::vector<std::string> result;
  std::string name;
  bool open = false;  // `name` may go on
  for (size_t i = 0; i < script.size();) {
    const size_t after = SkipComment(script, i);
    const char c = after == i ? script[i] : ' ';
    i = std::max(after, i + 1);
    if (IsNameCharacter(c)) {
      if (!open) name.clear();
      name += c;
      open = true;
      continue;
    }
    open = false;
    if (c == '=' && script.substr(i, 1) != "=" && !name.empty() &&
        name != ".") {
      result.push_back(name);
    }
    // An operator may stand before the sign, quotes around the name.
    const bool between = absl::ascii_isspace(static_cast<unsigned char>(c)) ||
                         absl::StrContains("\"+-*/&|<>", c);
    if (!between) name.clear();
  }
  return result;
}

std::vector<std::string> FirstLinkArguments(
    const std::vector<std::string>& arguments, absl::string_view output) {
  const std::vector<std::string> all = WithOutput(arguments, output);
  std::vector<std::string> result;
  for (size_t i = 0; i < all.size(); ++i) {
    if (Contains(kSideEffects, all[i])) continue;
    const bool with_value = std::any_of(
        std::begin(kSideEffectsWithValue), std::end(kSideEffectsWithValue),
        [&](absl::string_view name) {
          return LongOption(all, i, name).has_value();
        });
    if (!with_value) result.push_back(all[i]);
  }
  // Twice: GNU ld then names the members of archives, too.
  result.insert(result.end(), {"-t", "-t"});
  return result;
}

std::vector<std::string> FinalLinkArguments(
    const std::vector<std::string>& arguments, absl::string_view output,
    absl::string_view object) {
  std::vector<std::string> result = WithOutput(arguments, output);
  result.insert(result.begin() + 2, {"--wrap=main", std::string(object)});
  return result;
}

}  // namespace chestnut::driver
