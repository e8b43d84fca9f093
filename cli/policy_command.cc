#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "callgraph/analysis.h"
#include "cli/commands.h"
#include "cli/facts_source.h"
#include "cli/output.h"
#include "driver/mapped_link.h"
#include "driver/process.h"
#include "policy/header.h"
#include "policy/json.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::vector<std::string> facts;
  std::string program;
  std::string output;
  std::string header;
  std::string mode = "kill";
  driver::MappedLink link;  // with --link-map
  std::string install_point = "entry";
};

// What the policy of a program is made of: the facts given, or what a linker's
// map says.
absl::StatusOr<policy::Policy> OfFacts(const Arguments& arguments) {
  std::vector<facts::UnitView> units;
  for (const std::string& path : arguments.facts) {
    absl::StatusOr<std::vector<facts::UnitView>> more = LoadFacts(path);
    if (!more.ok()) return more.status();
    units.insert(units.end(), more->begin(), more->end());
  }
  callgraph::Options options;
  options.program = arguments.program.substr(arguments.program.rfind('/') + 1);
  options.mode = *policy::ParseMode(arguments.mode);
  absl::StatusOr<callgraph::Result> result =
      callgraph::Analyze(std::move(units), options);
  if (!result.ok()) return result.status();
  return std::move(result->policy);
}

absl::StatusOr<policy::Policy> OfLink(const Arguments& arguments) {
  driver::MappedLink link = arguments.link;
  link.program = arguments.program;
  link.install_point = *policy::ParseInstallPoint(arguments.install_point);
  link.options.mode = arguments.mode;
  if (arguments.facts.size() != 1 || arguments.program.empty()) {
    return absl::InvalidArgumentError(
        "--link-map wants --target PROGRAM and one --facts: the folder that "
        "chestnut facts wrote");
  }
  // frontend/database.h names the list.
  link.options.unit_facts = absl::StrCat(arguments.facts[0], "/.objects");
  absl::StatusOr<driver::MappedPolicy> result = driver::AnalyzeMappedLink(link);
  if (!result.ok()) return result.status();
  if (!result->missing.empty()) {
    driver::PrintNote(absl::StrCat(
        result->missing.size(),
        " objects without facts of their source, read as machine code: ",
        absl::StrJoin(result->missing, ", ")));
  }
  return std::move(result->policy);
}

absl::StatusOr<int> MakePolicy(const Arguments& arguments) {
  absl::StatusOr<policy::Policy> made =
      arguments.link.map.empty() ? OfFacts(arguments) : OfLink(arguments);
  if (!made.ok()) return made.status();
  const policy::Policy& policy = *made;
  // Made first, as it proves the filter.
  absl::StatusOr<std::string> header =
      arguments.header.empty() || !policy.incomplete.empty()
          ? std::string()
          : policy::WritePolicyHeader(policy);
  if (!header.ok()) return header.status();
  absl::Status status = support::WriteFileAtomically(
      arguments.output, policy::WritePolicy(policy));
  if (!status.ok()) return status;
  const int exit_code = ReportIncomplete(policy.incomplete);
  if (exit_code != kExitDone) return exit_code;
  if (arguments.header.empty()) return kExitDone;
  status = support::WriteFileAtomically(arguments.header, *header);
  if (!status.ok()) return status;
  return kExitDone;
}

}  // namespace

void AddPolicyCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("policy", "from facts to the policy of a program");
  command
      ->add_option("--facts", arguments->facts,
                   "facts files, objects or archives: all units count; with "
                   "--link-map the folder that chestnut facts wrote")
      ->required();
  command->add_option("--target", arguments->program,
                      "the program that the policy is for; with --link-map its "
                      "file, as the linker wrote it");
  driver::MappedLink& link = arguments->link;
  CLI::Option* map = command->add_option(
      "--link-map", link.map,
      "what the linker wrote with -Wl,-Map=FILE: objects and members are "
      "those that it names, libraries those that the program needs");
  command
      ->add_option("--link-folder", link.folder,
                   "where the link ran, for relative names in the map "
                   "(default: the map's folder)")
      ->needs(map);
  command->add_option("--wrap", link.wrapped, "that link's --wrap symbols")
      ->needs(map);
  command
      ->add_flag("--fail-on-missing", link.fail_on_missing,
                 "refuse objects below the link folder without facts of their "
                 "source, which are read as machine code otherwise")
      ->needs(map);
  command
      ->add_option("--at", arguments->install_point,
                   "with --link-map: when the filter goes on, main, entry "
                   "(default) or exec")
      ->needs(map)
      ->check(CLI::IsMember({"main", "entry", "exec"}));
  command
      ->add_option("--overlay", link.options.overlay,
                   "what was decided about places that no analysis knows")
      ->needs(map);
  command
      ->add_flag("--exact", link.options.exact,
                 "only the calls of the libraries that are here")
      ->needs(map);
  command->add_option("-o", arguments->output, "the policy (JSON)")->required();
  command->add_option("--header", arguments->header,
                      "the policy header for the runtime");
  command->add_option("--mode", arguments->mode, "kill, errno, trap or log")
      ->check(CLI::IsMember({"kill", "errno", "trap", "log"}));
  command->callback([arguments, &exit_code]() {
    exit_code = ExitCode(MakePolicy(*arguments));
  });
}

}  // namespace chestnut::cli
