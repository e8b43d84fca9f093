#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/manual.h"

namespace chestnut::cli {
namespace {

struct Word {
  std::string name;
  std::string description;
  std::vector<std::string> choices;  // of its value
};

struct Command {
  Word word;
  std::vector<Word> options;  // with their dashes
};

std::vector<std::string> Choices(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t begin = type.find('{');
  if (begin == std::string::npos) return {};
  return absl::StrSplit(type.substr(begin + 1, type.rfind('}') - begin - 1),
                        ',');
}

std::vector<Command> CommandsOf(const CLI::App& app) {
  // The compilers are no business of the parser.
  std::vector<Command> result = {
      {{"cc", "a drop-in C compiler", {}}, {{"--chestnut-help", "", {}}}},
      {{"c++", "a drop-in C++ compiler", {}}, {{"--chestnut-help", "", {}}}}};
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    Command entry = {{command->get_name(), command->get_description(), {}}, {}};
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        entry.options.push_back(
            {"--" + name, option->get_description(), Choices(*option)});
      }
      for (const std::string& name : option->get_snames()) {
        entry.options.push_back(
            {"-" + name, option->get_description(), Choices(*option)});
      }
    }
    result.push_back(std::move(entry));
  }
  return result;
}

std::string Names(const std::vector<Word>& words) {
  return absl::StrJoin(words, " ", [](std::string* out, const Word& word) {
    absl::StrAppend(out, word.name);
  });
}

std::string Bash(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  std::string options, values;
  for (const Command& command : commands) {
    names.push_back(command.word.name);
    absl::StrAppend(&options, "    ", command.word.name, ") words='",
                    Names(command.options), "' ;;\n");
    for (const Word& option : command.options) {
      if (option.choices.empty()) continue;
      absl::StrAppend(&values, "    ", command.word.name, "=", option.name,
                      ") words='", absl::StrJoin(option.choices, " "),
                      "' ;;\n");
    }
  }
  return absl::StrCat(
      "# bash completion for chestnut\n"
      "_chestnut() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} words=\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    mapfile -t COMPREPLY < <(compgen -W '",
      absl::StrJoin(names, " "),
      "' -- \"${current}\")\n"
      "    return\n"
      "  fi\n"
      "  case ${COMP_WORDS[1]}=${COMP_WORDS[COMP_CWORD - 1]} in\n",
      values,
      "  esac\n"
      "  if [[ -z ${words} && ${current} == -* ]]; then\n"
      "    case ${COMP_WORDS[1]} in\n",
      options,
      "    esac\n"
      "  fi\n"
      "  if [[ -n ${words} ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"${words}\" -- "
      "\"${current}\")\n"
      "  else\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"${current}\")\n"
      "  fi\n"
      "}\n"
      "complete -o filenames -F _chestnut chestnut\n");
}

// For a word in single quotes, where ':' and brackets divide.
std::string ZshText(const std::string& text) {
  return absl::StrReplaceAll(
      text, {{"'", "'\\''"}, {"[", "("}, {"]", ")"}, {":", " -"}});
}

std::string Zsh(const std::vector<Command>& commands) {
  std::string words, options;
  for (const Command& command : commands) {
    absl::StrAppend(&words, "    '", command.word.name, ":",
                    ZshText(command.word.description), "'\n");
    absl::StrAppend(&options, "    ", command.word.name, ") _arguments \\\n");
    for (const Word& option : command.options) {
      absl::StrAppend(&options, "      '", option.name, "[",
                      ZshText(option.description), "]");
      if (!option.choices.empty()) {
        absl::StrAppend(&options, ":value:(",
                        absl::StrJoin(option.choices, " "), ")");
      }
      absl::StrAppend(&options, "' \\\n");
    }
    absl::StrAppend(&options, "      '*:file:_files' ;;\n");
  }
  return absl::StrCat(
      "#compdef chestnut\n"
      "_chestnut() {\n"
      "  local -a commands=(\n",
      words,
      "  )\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  case ${words[2]} in\n",
      options,
      "  esac\n"
      "}\n"
      "_chestnut \"$@\"\n");
}

std::string FishText(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}});
}

std::string Fish(const std::vector<Command>& commands) {
  std::string out = "# fish completion for chestnut\n";
  for (const Command& command : commands) {
    absl::StrAppend(
        &out, "complete -c chestnut -n __fish_use_subcommand -f -a ", "'",
        command.word.name, "' -d '", FishText(command.word.description), "'\n");
    for (const Word& option : command.options) {
      const bool is_long = option.name[1] == '-';
      absl::StrAppend(&out, "complete -c chestnut -n ",
                      "'__fish_seen_subcommand_from ", command.word.name, "' ",
                      is_long ? "-l " : "-s ",
                      option.name.substr(is_long ? 2 : 1));
      if (!option.choices.empty()) {
        absl::StrAppend(&out, " -x -a '", absl::StrJoin(option.choices, " "),
                        "'");
      }
      absl::StrAppend(&out, " -d '", FishText(option.description), "'\n");
    }
  }
  return out;
}

}  // namespace

absl::StatusOr<std::string> CompletionScript(const CLI::App& app,
                                             const std::string& shell) {
  const std::vector<Command> commands = CommandsOf(app);
  if (shell == "bash") return Bash(commands);
  if (shell == "zsh") return Zsh(commands);
  if (shell == "fish") return Fish(commands);
  return absl::InvalidArgumentError(absl::StrCat(
      "'", shell, "' is no shell that is known here: bash, zsh or fish"));
}

}  // namespace chestnut::cli
