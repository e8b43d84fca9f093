#include "cli/manual.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace chestnut::cli {
namespace {

// Text that roff takes as it is.
std::string Roff(absl::string_view text) {
  std::string escaped =
      absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}});
  std::vector<std::string> lines = absl::StrSplit(escaped, '\n');
  for (std::string& line : lines) {
    if (!line.empty() && (line[0] == '.' || line[0] == '\'')) {
      line.insert(0, "\\&");
    }
  }
  return absl::StrJoin(lines, "\n");
}

// Lines that begin with blanks are commands, and stay lines of their own.
std::string Paragraphs(absl::string_view text) {
  std::string out;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.empty()) {
      absl::StrAppend(&out, ".PP\n");
    } else if (line[0] == ' ') {
      absl::StrAppend(&out, ".PP\n.RS 4\n.EX\n",
                      Roff(absl::StripLeadingAsciiWhitespace(line)),
                      "\n.EE\n.RE\n");
    } else {
      absl::StrAppend(&out, Roff(line), "\n");
    }
  }
  return out;
}

// "--at=main|entry|exec".
std::string OptionText(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) {
    names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    names.push_back("--" + name);
  }
  if (names.empty()) names.push_back(option.get_name(true));
  std::string text =
      absl::StrCat("\\fB", Roff(absl::StrJoin(names, ", ")), "\\fR");
  const std::string type = option.get_type_name();
  if (option.get_items_expected_max() == 0 || option.get_positional()) {
    return text;
  }
  const size_t choices = type.find('{');
  return absl::StrCat(
      text, " \\fI",
      choices == std::string::npos
          ? "VALUE"
          : Roff(absl::StrReplaceAll(
                type.substr(choices + 1, type.rfind('}') - choices - 1),
                {{",", "|"}})),
      "\\fR");
}

std::string OptionList(const CLI::App& app, bool positional) {
  std::string out;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() != positional || option->get_group().empty()) {
      continue;
    }
    absl::StrAppend(&out, ".TP\n", OptionText(*option), "\n",
                    Roff(option->get_description()), "\n");
  }
  return out;
}

std::string Synopsis(const CLI::App& command) {
  std::string out = absl::StrCat("\\fBchestnut ", Roff(command.get_name()),
                                 "\\fR [\\fIOPTIONS\\fR]");
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) {
      absl::StrAppend(&out, " \\fI", Roff(option->get_name(true)), "\\fR");
    }
  }
  return out + "\n";
}

std::string Head(absl::string_view page, absl::string_view what) {
  return absl::StrCat(".TH ", absl::AsciiStrToUpper(page), " 1\n.SH NAME\n",
                      Roff(page), " \\- ", Roff(what), "\n");
}

std::string CommandPage(const CLI::App& command) {
  std::string out = absl::StrCat(
      Head("chestnut-" + command.get_name(), command.get_description()),
      ".SH SYNOPSIS\n", Synopsis(command), ".SH OPTIONS\n",
      OptionList(command, true), OptionList(command, false));
  if (!command.get_footer().empty()) {
    absl::StrAppend(&out, ".SH NOTES\n", Paragraphs(command.get_footer()));
  }
  return absl::StrCat(out, ".SH SEE ALSO\nchestnut(1)\n");
}

std::string ProgramPage(const CLI::App& app) {
  std::string out = absl::StrCat(
      Head("chestnut", app.get_description()),
      ".SH SYNOPSIS\n\\fBchestnut\\fR \\fICOMMAND\\fR ...\n.SH COMMANDS\n");
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    absl::StrAppend(&out, ".TP\n\\fB", Roff(command->get_name()), "\\fR\n",
                    Roff(command->get_description()), "\n");
  }
  return absl::StrCat(out, ".SH NOTES\n", Paragraphs(app.get_footer()));
}

}  // namespace

absl::StatusOr<std::string> ManualPage(const CLI::App& app,
                                       const std::string& command) {
  if (command.empty()) return ProgramPage(app);
  for (const CLI::App* known : app.get_subcommands(nullptr)) {
    if (known->get_name() == command) return CommandPage(*known);
  }
  return absl::NotFoundError(
      absl::StrCat("'", command, "' is no command; see chestnut --help"));
}

}  // namespace chestnut::cli
