#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cli/commands.h"
#include "finalyzer/doctor.h"

namespace chestnut::cli {
namespace {

absl::string_view Word(finalyzer::Health health) {
  switch (health) {
    case finalyzer::Health::kGood:
      return "ok  ";
    case finalyzer::Health::kLess:
      return "less";
    case finalyzer::Health::kBad:
      break;
  }
  return "bad ";
}

int PrintFindings() {
  bool all_good = true;
  for (const finalyzer::Finding& finding : finalyzer::Examine()) {
    all_good &= finding.health == finalyzer::Health::kGood;
    const std::string text =
        absl::StrCat(Word(finding.health), "  ", finding.what, ": ",
                     finding.found, "\n        ", finding.means, "\n");
    std::fputs(text.c_str(), stdout);
  }
  return all_good ? kExitDone : kExitFindings;
}

}  // namespace

void AddDoctorCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "doctor", "what this kernel, libc and user may do, and what it means");
  command->footer("Exit status: 0 all is well, 1 something is not.");
  command->callback([&exit_code]() { exit_code = PrintFindings(); });
}

}  // namespace chestnut::cli
