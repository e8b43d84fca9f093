#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "binalyzer/mapped_file.h"
#include "cli/commands.h"
#include "cli/program_policy.h"
#include "patcher/patch.h"
#include "policy/model.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  ProgramPolicyOptions program;
  std::string output;
  bool remove = false;
  bool allow_set_uid = false;
};

absl::StatusOr<std::string> MakePatched(const Arguments& arguments,
                                        absl::string_view original) {
  absl::StatusOr<policy::Policy> policy = ProgramPolicy(arguments.program);
  if (!policy.ok()) return policy.status();
  absl::StatusOr<patcher::Patched> patched =
      patcher::Patch(original, *policy,
                     {.origin = arguments.program.analysis.program,
                      .names = NamesFor(arguments.program)});
  if (!patched.ok()) return patched.status();
  return std::move(patched->bytes);
}

absl::Status Patch(const Arguments& arguments) {
  const std::string& program = arguments.program.analysis.program;
  absl::StatusOr<binalyzer::MappedFile> file =
      binalyzer::MappedFile::Open(program);
  if (!file.ok()) return file.status();
  absl::string_view bytes = file->bytes();
  if (arguments.remove) {
    absl::StatusOr<std::string> original = patcher::Unpatch(bytes, program);
    if (!original.ok()) return original.status();
    return WriteProgram(program, arguments.output, *original);
  }
  if (!arguments.allow_set_uid) {
    absl::Status status = CheckNoPrivileges(
        program,
        "whatever it executes has no privileges of its own under a filter "
        "(no_new_privs), and a denied call may be the one by which it gives "
        "its privileges up; --allow-setuid patches it all the same");
    if (!status.ok()) return status;
  }
  // A second patch replaces the first.
  std::string unpatched;
  if (patcher::IsPatched(bytes)) {
    absl::StatusOr<std::string> original = patcher::Unpatch(bytes, program);
    if (!original.ok()) return original.status();
    unpatched = *std::move(original);
    bytes = unpatched;
  }
  if (absl::Status s = patcher::CheckPatchable(bytes, program); !s.ok()) {
    return s;
  }
  absl::StatusOr<std::string> patched = MakePatched(arguments, bytes);
  if (!patched.ok()) return patched.status();
  return WriteProgram(program, arguments.output, *patched);
}

}  // namespace

void AddPatchCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("patch", "put a filter into a program that is there");
  CLI::Option* policy = AddProgramPolicyOptions(*command, arguments->program);
  command
      ->add_option("-o", arguments->output,
                   "the file to write; may be the program's own")
      ->required();
  command->add_flag("--allow-setuid", arguments->allow_set_uid,
                    "patch a program that has privileges of its own");
  command
      ->add_flag("--remove", arguments->remove,
                 "write the original of a patched program")
      ->excludes(policy);
  command->callback([arguments, &exit_code]() {
    exit_code = ProgramExitCode(Patch(*arguments));
  });
}

}  // namespace chestnut::cli
