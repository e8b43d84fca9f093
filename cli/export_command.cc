#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "cli/text.h"
#include "driver/process.h"
#include "policy/exports.h"
#include "policy/header.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

using policy::Exported;
using policy::Policy;

struct Arguments {
  std::string source;
  std::string format;
  std::string flavor = "oci";
  std::string launcher;
  std::vector<std::string> launcher_calls;
  std::string output = "-";
};

// The forms whose filter goes on before the program is executed.
absl::StatusOr<Exported> ForLaunchers(const Policy& policy,
                                      const Arguments& arguments) {
  absl::StatusOr<Policy> whole = policy::WholeProcess(policy);
  if (!whole.ok()) return whole.status();
  if (arguments.format == "oci") {
    policy::OciOptions options;
    if (arguments.flavor == "moby") options.flavor = policy::OciFlavor::kMoby;
    options.launcher_calls = arguments.launcher_calls;
    if (arguments.launcher == "runc") {
      options.launcher_calls.insert(options.launcher_calls.end(),
                                    policy::RuncCalls().begin(),
                                    policy::RuncCalls().end());
    }
    return policy::ExportOci(*whole, options);
  }
  const std::map<std::string, absl::StatusOr<Exported> (*)(const Policy&)>
      forms = {{"systemd", policy::ExportSystemd},
               {"minijail", policy::ExportMinijail},
               {"firejail", policy::ExportFirejail},
               {"bpf", policy::ExportBpf}};
  return forms.at(arguments.format)(*whole);
}

absl::StatusOr<Exported> Make(const Arguments& arguments) {
  absl::StatusOr<Policy> policy = LoadPolicy(arguments.source);
  if (!policy.ok()) return policy.status();
  if (arguments.format == "text") {
    return Exported{PolicyText(*policy, policy->calls), {}};
  }
  if (arguments.format != "header") return ForLaunchers(*policy, arguments);
  absl::StatusOr<std::string> header = policy::WritePolicyHeader(*policy);
  if (!header.ok()) return header.status();
  return Exported{*std::move(header), {}};
}

absl::Status Export(const Arguments& arguments) {
  if (arguments.format != "oci" &&
      (arguments.flavor != "oci" || !arguments.launcher.empty() ||
       !arguments.launcher_calls.empty())) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--flavor, --launcher and --launcher-calls are for --format oci, not "
        "for ",
        arguments.format));
  }
  absl::StatusOr<Exported> made = Make(arguments);
  if (!made.ok()) return made.status();
  if (arguments.output == "-") {
    std::fwrite(made->text.data(), 1, made->text.size(), stdout);
  } else {
    absl::Status status =
        support::WriteFileAtomically(arguments.output, made->text);
    if (!status.ok()) return status;
  }
  for (const std::string& note : made->notes) {
    driver::PrintNote(absl::StrCat(arguments.format, ": ", note));
  }
  return absl::OkStatus();
}

}  // namespace

void AddExportCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("export", "a policy in the form of another program");
  command->add_option("X", arguments->source, "policy file or program")
      ->required();
  command
      ->add_option("--format", arguments->format,
                   "oci (runc, crun, Podman, Docker), systemd, minijail, "
                   "firejail, bpf (bwrap), header (C) or text")
      ->required()
      ->check(CLI::IsMember(
          {"oci", "systemd", "minijail", "firejail", "bpf", "header", "text"}));
  command
      ->add_option("--flavor", arguments->flavor,
                   "of oci: oci (default, the runtime-spec) or moby")
      ->check(CLI::IsMember({"oci", "moby"}));
  command
      ->add_option("--launcher", arguments->launcher,
                   "of oci: allow what this container runtime does under the "
                   "filter, before the program is there (runc)")
      ->check(CLI::IsMember({"runc"}));
  command
      ->add_option("--launcher-calls", arguments->launcher_calls,
                   "of oci: the same for other ones, by name: close,write,...")
      ->delimiter(',');
  command->add_option("-o", arguments->output, "where to (default: stdout)");
  command->footer(
      "Other programs put the filter on before they execute the program: what "
      "they get allows start-up and execve too. What a form cannot say is said "
      "on stderr.\n"
      "  chestnut export server.json --format systemd "
      "-o /etc/systemd/system/server.service.d/50-chestnut.conf");
  command->callback([arguments, &exit_code]() {
    const absl::Status status = Export(*arguments);
    if (!status.ok()) driver::PrintError(status.message());
    exit_code = status.ok()                          ? kExitDone
                : absl::IsFailedPrecondition(status) ? kExitIncomplete
                                                     : kExitWrongUse;
  });
}

}  // namespace chestnut::cli
