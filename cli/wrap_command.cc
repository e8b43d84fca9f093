
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "cli/program_policy.h"
#include "driver/process.h"
#include "patcher/patch.h"
#include "patcher/wrap.h"
#include "policy/model.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  ProgramPolicyOptions program;
  std::string output;
  std::string at_exec;
  bool digest = false;
  bool install = false;
  bool uninstall = false;
};

// Where dpkg-divert moves what --install takes over.
std::string Diverted(const std::string& program) {
  return program + ".chestnut-original";
}

absl::StatusOr<std::string> MakeLauncher(const Arguments& arguments,
                                         const std::string& executed) {
  const std::string& program = arguments.program.analysis.program;
  absl::StatusOr<std::string> bytes = support::ReadFile(program);
  if (!bytes.ok()) return bytes.status();
  absl::Status status = CheckNoPrivileges(
      program,
      "neither a tracer nor no_new_privs leaves it its privileges; run it as "
      "the user that it is for");
  if (!status.ok()) return status;
  if (patcher::IsPatched(*bytes) || patcher::WrappedProgram(*bytes).ok()) {
    return absl::AlreadyExistsError(absl::StrCat(
        program, ": has a filter by itself; wrap the program that it was made ",
        "from"));
  }
  absl::StatusOr<policy::Policy> policy = ProgramPolicy(arguments.program);
  if (!policy.ok()) return policy.status();
  patcher::WrapOptions options;
  options.program = executed;
  options.names = NamesFor(arguments.program);
  options.bind_to_content = arguments.digest;
  absl::StatusOr<policy::Policy> at_exec = policy::Policy();
  if (!arguments.at_exec.empty()) {
    at_exec = LoadPolicy(arguments.at_exec);
    if (!at_exec.ok()) return at_exec.status();
    options.at_exec = &*at_exec;
    driver::PrintNote(absl::StrCat(
        program, ": where nothing can be traced the filter goes on before ",
        "execve; execve and ", at_exec->startup_calls.size(),
        " calls of start-up stay allowed there"));
  }
  return patcher::Wrap(*bytes, *policy, options);
}

absl::Status Wrap(const Arguments& arguments) {
  const std::string& program = arguments.program.analysis.program;
  std::error_code error;
  const fs::path executed = fs::canonical(program, error);
  if (error) {
    return absl::NotFoundError(
        absl::StrCat("cannot open ", program, ": ", error.message()));
  }
  if (fs::weakly_canonical(arguments.output, error) == executed) {
    return absl::InvalidArgumentError(absl::StrCat(
        arguments.output, ": is the program itself, which the launcher has to ",
        "execute; write it elsewhere, or use --install"));
  }
  absl::StatusOr<std::string> launcher =
      MakeLauncher(arguments, executed.string());
  if (!launcher.ok()) return launcher.status();
  return WriteProgram(program, arguments.output, *launcher);
}

absl::Status RunDivert(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {"dpkg-divert", "--quiet", "--local"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  absl::StatusOr<driver::ProcessResult> result =
      driver::Run(command, driver::Streams::kCapture);
  if (!result.ok()) return result.status();
  if (result->ok()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(
      "dpkg-divert: ", result->err.substr(0, result->err.find('\n'))));
}

// Nothing is guessed: a name that leads elsewhere, or that somebody has
// diverted, is for people to sort out.
absl::Status CheckInstallable(const std::string& program) {
  auto refuse = [&program](const auto&... why) {
    return absl::InvalidArgumentError(absl::StrCat(program, ": ", why...));
  };
  if (program.empty() || program[0] != '/') {
    return refuse("give the absolute path of the command to take over");
  }
  std::error_code error;
  if (fs::is_symlink(program)) {
    return refuse("is a symbolic link; name what it leads to, ",
                  fs::weakly_canonical(program, error).string());
  }
  if (fs::exists(Diverted(program), error)) {
    return refuse(Diverted(program), " is there already");
  }
  absl::StatusOr<driver::ProcessResult> listed = driver::Run(
      {"dpkg-divert", "--list", program}, driver::Streams::kCapture);
  if (!listed.ok()) return listed.status();
  if (!listed->ok() || !listed->out.empty()) {
    return refuse("is diverted already (",
                  listed->out.substr(0, listed->out.find('\n')), ")");
  }
  return absl::OkStatus();
}

absl::Status Install(const Arguments& arguments) {
  const std::string& program = arguments.program.analysis.program;
  if (absl::Status s = CheckInstallable(program); !s.ok()) return s;
  const std::string diverted = Diverted(program);
  absl::StatusOr<std::string> launcher = MakeLauncher(arguments, diverted);
  if (!launcher.ok()) return launcher.status();
  absl::Status status =
      RunDivert({"--rename", "--divert", diverted, "--add", program});
  if (!status.ok()) return status;
  status = WriteProgram(diverted, program, *launcher);
  if (!status.ok()) {
    RunDivert({"--rename", "--remove", program}).IgnoreError();
  }
  return status;
}

absl::Status Uninstall(const Arguments& arguments) {
  const std::string& program = arguments.program.analysis.program;
  absl::StatusOr<std::string> bytes = support::ReadFile(program);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<std::string> wrapped = patcher::WrappedProgram(*bytes);
  if (!wrapped.ok() || *wrapped != Diverted(program)) {
    return absl::InvalidArgumentError(absl::StrCat(
        program, ": is not a launcher that chestnut wrap --install put there"));
  }
  if (unlink(program.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot remove ", program));
  }
  absl::Status status = RunDivert({"--rename", "--remove", program});
  if (!status.ok()) {
    // As it was.
    WriteProgram(Diverted(program), program, *bytes).IgnoreError();
  }
  return status;
}

absl::Status Run(const Arguments& arguments) {
  if (arguments.install) return Install(arguments);
  if (arguments.uninstall) return Uninstall(arguments);
  if (arguments.output.empty()) {
    return absl::InvalidArgumentError(
        "wrap: say where the launcher goes with -o, or --install it");
  }
  return Wrap(arguments);
}

}  // namespace

void AddWrapCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("wrap", "put a filter around a program that is there");
  AddProgramPolicyOptions(*command, arguments->program);
  CLI::Option* output =
      command->add_option("-o", arguments->output, "the launcher to write");
  command->add_flag("--digest", arguments->digest,
                    "run the program only as long as its file is this one");
  command->add_option(
      "--exec-policy", arguments->at_exec,
      "policy for install point exec, used where nothing can be traced");
  CLI::Option* install =
      command
          ->add_flag("--install", arguments->install,
                     "take the command over: dpkg diverts it, the launcher "
                     "takes its place")
          ->excludes(output);
  command
      ->add_flag("--uninstall", arguments->uninstall,
                 "give a command back that was taken over")
      ->excludes(output)
      ->excludes(install);
  command->callback([arguments, &exit_code]() {
    exit_code = ProgramExitCode(Run(*arguments));
  });
}

}  // namespace chestnut::cli
