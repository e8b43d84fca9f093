#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "driver/compiler.h"
#include "driver/options.h"
#include "driver/process.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  driver::Options options;
  std::string mode;
  std::string output;
  std::vector<std::string> words;
};

int Link(Arguments& arguments) {
  // The mode has one spelling everywhere; the compiler's options know it.
  std::vector<std::string> mode = {
      absl::StrCat(driver::kOptionPrefix, "mode=", arguments.mode)};
  absl::StatusOr<driver::Options> parsed = driver::TakeOptions(mode);
  if (!parsed.ok()) {
    driver::PrintError(parsed.status().message());
    return kExitWrongUse;
  }
  driver::Options& options = arguments.options;
  options.mode = parsed->mode;
  options.errno_value = parsed->errno_value;
  if (options.policy_only && options.policy_out.empty()) {
    driver::PrintError("--policy-only writes nothing without --policy-out");
    return kExitWrongUse;
  }
  if (!options.policy.empty() && !options.policy_out.empty()) {
    driver::PrintError(
        "--policy and --policy-out: a policy is either given or made");
    return kExitWrongUse;
  }
  return driver::LinkMain(options, arguments.words, arguments.output);
}

}  // namespace

void AddLinkCommand(CLI::App& app, int& argc, char** argv, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  driver::Options& options = arguments->options;
  CLI::App* command = app.add_subcommand(
      "link", "another build system's link command, with the sandbox");
  command
      ->add_option("-o", arguments->output,
                   "the program, whatever the command says")
      ->required();
  command->add_option("--unit-facts", options.unit_facts,
                      "a list of objects and their facts, in turn a line each");
  command->add_option("--overlay", options.overlay,
                      "what was decided about places that no analysis knows");
  command->add_option("--policy-out", options.policy_out,
                      "write the policy (JSON)");
  command->add_flag("--policy-only", options.policy_only,
                    "write the policy, but no program");
  command->add_option("--policy", options.policy,
                      "the policy that the same link wrote before");
  command->add_option("--facts-out", options.facts_out,
                      "write the facts of all that is linked");
  arguments->mode = "kill";
  command->add_option("--mode", arguments->mode,
                      "kill, errno, errno=N, trap, log or notify");
  command->footer(
      "chestnut link -o PROGRAM [OPTION]... -- COMPILER ARGUMENT...");
  command->callback(
      [arguments, &exit_code]() { exit_code = Link(*arguments); });
  if (argc < 2 || std::string(argv[1]) != "link") return;
  // What follows is no business of an option parser.
  char** const end = std::find_if(argv + 2, argv + argc, [](const char* word) {
    return std::string(word) == "--";
  });
  if (end == argv + argc) return;
  arguments->words.assign(end + 1, argv + argc);
  argc = static_cast<int>(end - argv);
}

}  // namespace chestnut::cli
