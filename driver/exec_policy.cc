#include "driver/exec_policy.h"

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "binalyzer/elf.h"
#include "driver/policy_source.h"
#include "driver/process.h"
#include "driver/program_analysis.h"
#include "facts/executing.h"
#include "finalyzer/program.h"
#include "patcher/wrap.h"
#include "policy/executed.h"
#include "policy/model.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

using policy::ExecChoice;

// execvp's, where PATH is not set.
constexpr char kDefaultSearchPath[] = "/bin:/usr/bin";
// More than any program names; what goes on forever is a mistake.
constexpr size_t kMostPrograms = 200;

absl::StatusOr<finalyzer::Program> Find(const std::string& name) {
  const char* search_path = std::getenv("PATH");
  return finalyzer::FindProgram(
      name, search_path != nullptr ? search_path : kDefaultSearchPath);
}

// The programs that the words of a command for the shell begin with. What a
// shell makes of variables and quotes is not known: then `whole` is set to
// false.
std::vector<std::string> ProgramsOfCommand(absl::string_view command,
                                           bool& whole) {
  std::vector<std::string> programs;
  for (absl::string_view part :
       absl::StrSplit(command, absl::ByAnyChar("|&;()\n"))) {
    for (absl::string_view word :
         absl::StrSplit(part, absl::ByAnyChar(" \t"), absl::SkipEmpty())) {
      // An assignment or a redirection may come first.
      if (word.find_first_of("=<>") != absl::string_view::npos) continue;
      if (word.find_first_of("$`'\"*?%{}\\") == absl::string_view::npos) {
        programs.emplace_back(word);
      } else {
        whole = false;
      }
      break;
    }
  }
  return programs;
}

// Of the function and its place in `program`.
std::string UnknownText(absl::string_view program,
                        const policy::Execution& execution) {
  std::string text = absl::StrCat(execution.function, " in ", program);
  if (!execution.witness.empty() && !execution.witness.back().place.empty()) {
    absl::StrAppend(&text, " at ", execution.witness.back().place);
  }
  return text;
}

std::vector<std::string> NamesOf(const policy::Policy& policy,
                                 LeftOut& left_out) {
  std::vector<std::string> names;
  for (const policy::Execution& execution : policy.executes) {
    const auto function = facts::FindExecutingFunction(execution.function);
    // Of a shell it is the command that matters.
    bool whole = function && function->by_shell ? !execution.command.empty()
                                                : !execution.program.empty();
    if (!execution.program.empty()) names.push_back(execution.program);
    for (std::string& name : ProgramsOfCommand(execution.command, whole)) {
      names.push_back(std::move(name));
    }
    if (!whole) {
      left_out.unknown.push_back(UnknownText(policy.program, execution));
    }
  }
  return names;
}

absl::StatusOr<ExecutedProgram> FromPolicy(const std::string& path,
                                           const policy::Policy& given,
                                           bool has_own_filter) {
  absl::StatusOr<policy::Policy> whole =
      policy::PolicyOfExecuted(given, has_own_filter);
  if (!whole.ok()) {
    return absl::Status(whole.status().code(),
                        absl::StrCat(path, ": ", whole.status().message()));
  }
  // As /proc/PID/exe has it.
  std::error_code error;
  const std::filesystem::path resolved =
      std::filesystem::canonical(path, error);
  return ExecutedProgram{error ? path : resolved.string(), *std::move(whole),
                         has_own_filter};
}

// A policy file, or a program.
absl::StatusOr<ExecutedProgram> Given(const std::string& file,
                                      const ProgramOptions& options) {
  if (absl::StrContains(file, '/') || absl::EndsWith(file, ".json")) {
    absl::StatusOr<std::string> bytes = support::ReadFile(file);
    if (!bytes.ok()) return bytes.status();
    if (!binalyzer::ElfFile::IsElf(*bytes) && !absl::StartsWith(*bytes, "#!")) {
      absl::StatusOr<policy::Policy> policy = LoadPolicy(file);
      if (!policy.ok()) return policy.status();
      absl::StatusOr<finalyzer::Program> program = Find(policy->program);
      if (!program.ok()) {
        return absl::NotFoundError(absl::StrCat(
            file, ": is for '", policy->program, "', which is not in PATH"));
      }
      return FromPolicy(program->image, *policy, /*has_own_filter=*/false);
    }
  }
  absl::StatusOr<finalyzer::Program> program = Find(file);
  if (!program.ok()) return program.status();
  return ExecutedProgramAt(program->image, options);
}

}  // namespace

absl::StatusOr<ExecPolicy> ParseExecPolicy(
    const std::vector<std::string>& words) {
  ExecPolicy result;
  bool chosen = false;
  for (const std::string& word : words) {
    for (absl::string_view part :
         absl::StrSplit(word, ',', absl::SkipWhitespace())) {
      const auto choice = policy::ParseExecChoice(part);
      if (!choice || *choice == ExecChoice::kPerProgram) {
        result.programs.emplace_back(part);
        continue;
      }
      if (chosen && *choice != result.choice) {
        return absl::InvalidArgumentError(
            absl::StrCat("--exec-policy: ", ToString(result.choice), " and ",
                         part, " exclude each other; choose one"));
      }
      chosen = true;
      result.choice = *choice;
    }
  }
  if (!chosen && !result.programs.empty()) {
    result.choice = ExecChoice::kPerProgram;
  }
  if (!result.programs.empty() && (result.choice == ExecChoice::kBlock ||
                                   result.choice == ExecChoice::kInherited)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--exec-policy: ", ToString(result.choice), " takes no programs, and '",
        result.programs.front(), "' is given"));
  }
  return result;
}

absl::StatusOr<ExecutedProgram> ExecutedProgramAt(
    const std::string& path, const ProgramOptions& options) {
  absl::StatusOr<policy::Policy> carried = LoadPolicy(path);
  absl::StatusOr<std::string> bytes = support::ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  const bool is_launcher = patcher::WrappedProgram(*bytes).ok();
  if (carried.ok() && !is_launcher) {
    return FromPolicy(path, *carried, /*has_own_filter=*/true);
  }
  ProgramOptions analysed = options;
  analysed.program = path;
  analysed.linked = nullptr;
  analysed.confined = false;
  analysed.list_candidates = false;
  analysed.modules.clear();
  analysed.install_point = policy::InstallPoint::kExec;
  absl::StatusOr<ProgramAnalysis> analysis = AnalyzeProgram(analysed);
  if (!analysis.ok()) return analysis.status();
  absl::StatusOr<ExecutedProgram> program =
      FromPolicy(path, analysis->policy, /*has_own_filter=*/is_launcher);
  if (!program.ok() || !is_launcher || !carried.ok()) return program;
  // A launcher needs its own calls, and then those of its program.
  absl::StatusOr<policy::Policy> launched =
      policy::PolicyOfExecuted(*carried, /*has_own_filter=*/true);
  if (!launched.ok()) return launched.status();
  Contain(*launched, program->policy);
  return program;
}

absl::StatusOr<std::vector<ExecutedProgram>> FindExecuted(
    const ExecPolicy& choice, const policy::Policy& policy,
    const ProgramOptions& options, LeftOut& left_out) {
  std::vector<ExecutedProgram> programs;
  std::set<std::string> known;
  auto add = [&](absl::StatusOr<ExecutedProgram> program) {
    if (!program.ok()) return program.status();
    if (known.insert(program->path).second) {
      programs.push_back(*std::move(program));
    }
    return absl::OkStatus();
  };
  if (!options.root.empty() && choice.choice != ExecChoice::kInherited &&
      choice.choice != ExecChoice::kBlock) {
    return absl::InvalidArgumentError(
        "--exec-policy: with --root, programs of this system would be taken "
        "for those of the other; analyse there");
  }
  for (const std::string& file : choice.programs) {
    if (absl::Status s = add(Given(file, options)); !s.ok()) return s;
  }
  if (choice.choice != ExecChoice::kShared) return programs;
  std::set<std::string> asked;
  std::deque<std::string> names;
  auto ask = [&](const policy::Policy& from) {
    for (std::string& name : NamesOf(from, left_out)) {
      if (asked.insert(name).second) names.push_back(std::move(name));
    }
  };
  ask(policy);
  for (size_t i = 0; i < programs.size(); ++i) ask(programs[i].policy);
  for (; !names.empty(); names.pop_front()) {
    if (programs.size() >= kMostPrograms) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "--exec-policy: shared: more than ", kMostPrograms,
          " programs would share a filter, ", names.front(),
          " next; name those that are needed as FILE,... instead"));
    }
    absl::StatusOr<finalyzer::Program> program = Find(names.front());
    if (!program.ok()) {
      left_out.missing.push_back(names.front());
      continue;
    }
    // Several names lead to one file, mostly.
    std::error_code error;
    const auto file = std::filesystem::canonical(program->image, error);
    if (error) {
      left_out.missing.push_back(names.front());
      continue;
    }
    if (known.contains(file.string())) continue;
    absl::Status status = add(ExecutedProgramAt(file.string(), options));
    if (!status.ok()) return status;
    ask(programs.back().policy);
  }
  return programs;
}

absl::StatusOr<std::vector<std::string>> ApplyExecPolicy(
    const ExecPolicy& choice, const std::vector<ExecutedProgram>& programs,
    policy::Policy& policy) {
  std::vector<std::string> lines;
  if (choice.choice == ExecChoice::kInherited) return lines;
  if (choice.choice == ExecChoice::kBlock) {
    if (absl::Status s = policy::BlockExecs(policy); !s.ok()) return s;
    return lines;
  }
  policy.exec_choice = choice.choice;
  if (choice.choice == ExecChoice::kSupervised) return lines;
  for (const ExecutedProgram& program : programs) {
    const std::vector<std::string> more = Contain(program.policy, policy);
    const std::string& name = program.policy.program;
    if (!more.empty()) {
      lines.push_back(absl::StrCat("added for ", name,
                                   ", in which the filter of ", policy.program,
                                   " stays on: ", absl::StrJoin(more, " ")));
    }
    if (choice.choice == ExecChoice::kPerProgram && !program.has_own_filter) {
      lines.push_back(absl::StrCat(
          name,
          " brings no filter of its own: outside chestnut run it may do "
          "what this policy allows; give it one with chestnut patch"));
    }
  }
  return lines;
}

void PrintLeftOut(const LeftOut& left_out) {
  if (!left_out.missing.empty()) {
    PrintError(absl::StrCat("not installed, so nothing is allowed for it: ",
                            absl::StrJoin(left_out.missing, " ")));
  }
  if (!left_out.unknown.empty()) {
    PrintError(absl::StrCat(
        "nobody knows what these execute, so nothing is allowed for it; name "
        "it in --exec-policy shared,PROGRAM: ",
        absl::StrJoin(left_out.unknown, ", ")));
  }
}

absl::Status ChooseExecPolicy(const ExecPolicy& choice,
                              const ProgramOptions& options,
                              policy::Policy& policy) {
  LeftOut left_out;
  absl::StatusOr<std::vector<ExecutedProgram>> programs =
      FindExecuted(choice, policy, options, left_out);
  if (!programs.ok()) return programs.status();
  absl::StatusOr<std::vector<std::string>> lines =
      ApplyExecPolicy(choice, *programs, policy);
  if (!lines.ok()) return lines.status();
  for (const std::string& line : *lines) PrintError(line);
  PrintLeftOut(left_out);
  return absl::OkStatus();
}

}  // namespace chestnut::driver
