#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "cli/text.h"
#include "driver/process.h"
#include "policy/diff.h"
#include "policy/exports.h"
#include "policy/imports.h"
#include "policy/json.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

using policy::CallChange;
using policy::Imported;

struct Arguments {
  std::string file;
  std::string format;
  std::string groups;
  std::string program;
  std::string output;
};

absl::StatusOr<std::string> GroupsText(const Arguments& arguments) {
  if (!arguments.groups.empty()) return support::ReadFile(arguments.groups);
  absl::StatusOr<driver::ProcessResult> result =
      driver::Run({"systemd-analyze", "--no-pager", "syscall-filter"},
                  driver::Streams::kCapture);
  if (!result.ok() || !result->ok()) {
    return absl::InvalidArgumentError(
        "systemd-analyze syscall-filter, which says what systemd's groups are, "
        "cannot be run; give its output by --groups FILE");
  }
  return std::move(result->out);
}

absl::StatusOr<Imported> Read(const Arguments& arguments) {
  absl::StatusOr<std::string> text = support::ReadFile(arguments.file);
  if (!text.ok()) return text.status();
  if (arguments.format == "oci") {
    return policy::ImportOci(*text, arguments.file);
  }
  absl::StatusOr<std::string> groups = GroupsText(arguments);
  if (!groups.ok()) return groups.status();
  return policy::ImportSystemd(*text, arguments.file,
                               policy::ReadSystemdGroups(*groups));
}

// The calls of a kind, one a line with its chain, or all in one line.
void PrintNarrow(const std::vector<CallChange>& changes) {
  if (changes.empty()) return;
  std::printf(
      "too narrow: the program may make these, the profile is in the "
      "way\n");
  for (const CallChange& change : changes) {
    const std::string rules = RulesText(change.is);
    std::printf("  %s%s%s\n", change.is.name.c_str(), rules.empty() ? "" : " ",
                rules.c_str());
    std::fputs(WitnessText(change.is).c_str(), stdout);
  }
}

void PrintWide(const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::printf("too wide: the program makes none of these: %s\n",
              absl::StrJoin(names, " ").c_str());
}

absl::StatusOr<int> Compare(const policy::Policy& profile,
                            const std::string& program) {
  absl::StatusOr<policy::Policy> policy = LoadPolicy(program);
  if (!policy.ok()) return policy.status();
  absl::StatusOr<policy::Policy> needed = policy::WholeProcess(*policy);
  if (!needed.ok()) return needed.status();
  std::vector<CallChange> narrow;
  std::vector<std::string> wide;
  for (const CallChange& change :
       policy::ComparePolicies(profile, *needed).calls) {
    if (change.grew) {
      narrow.push_back(change);
    } else if (change.kind == CallChange::Kind::kRemoved) {
      wide.push_back(change.was.name);
    } else {
      wide.push_back(absl::StrCat(change.is.name, " (with other arguments)"));
    }
  }
  PrintNarrow(narrow);
  PrintWide(wide);
  return narrow.empty() && wide.empty() ? kExitDone : kExitFindings;
}

absl::StatusOr<int> Import(const Arguments& arguments) {
  absl::StatusOr<Imported> imported = Read(arguments);
  if (!imported.ok()) return imported.status();
  for (const std::string& note : imported->notes) {
    driver::PrintNote(absl::StrCat(arguments.file, ": ", note));
  }
  const std::string text = policy::WritePolicy(imported->policy);
  if (!arguments.output.empty()) {
    absl::Status status = support::WriteFileAtomically(arguments.output, text);
    if (!status.ok()) return status;
  }
  if (!arguments.program.empty()) {
    return Compare(imported->policy, arguments.program);
  }
  if (arguments.output.empty()) std::fputs(text.c_str(), stdout);
  return kExitDone;
}

}  // namespace

void AddImportCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "import", "a profile that somebody wrote, held against a policy");
  command->add_option("FILE", arguments->file, "the profile")->required();
  command
      ->add_option("--format", arguments->format,
                   "oci (also Docker's and a container's config.json) or "
                   "systemd (a unit or drop-in)")
      ->required()
      ->check(CLI::IsMember({"oci", "systemd"}));
  command->add_option("--for", arguments->program,
                      "policy file or program: say what the profile has too "
                      "much or too little for it");
  command->add_option("--groups", arguments->groups,
                      "of systemd: the output of systemd-analyze "
                      "syscall-filter (default: ask it)");
  command->add_option("-o", arguments->output, "the profile as a policy");
  command->footer(
      "Exit status with --for: 0 it fits, 1 it is too narrow or too wide.\n"
      "  chestnut import /etc/docker/seccomp.json --format oci --for server");
  command->callback([arguments, &exit_code]() {
    absl::StatusOr<int> result = Import(*arguments);
    if (!result.ok()) driver::PrintError(result.status().message());
    exit_code = result.ok() ? *result : kExitWrongUse;
  });
}

}  // namespace chestnut::cli
