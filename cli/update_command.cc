#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/text.h"
#include "driver/process.h"
#include "policy/diff.h"
#include "policy/json.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string root = ".";
  std::vector<std::string> lists;
  bool check = false;
  bool exit_zero = false;
};

// A policy that a repository keeps.
struct Kept {
  std::string target;  // for people
  std::string path;    // within the root
  std::string made;    // the file with today's
};

struct Counts {
  int changed = 0;    // another thing is allowed
  int refreshed = 0;  // only places or builds differ
  int same = 0;
};

absl::StatusOr<std::vector<Kept>> ReadList(const std::string& list) {
  absl::StatusOr<std::string> text = support::ReadFile(list);
  if (!text.ok()) return text.status();
  std::vector<Kept> result;
  for (absl::string_view line :
       absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    if (fields.size() != 3) {
      return absl::InvalidArgumentError(absl::StrCat(
          list, ": '", line,
          "' is not TARGET, KEPT POLICY and TODAY'S POLICY with tabs between"));
    }
    const std::string& path = fields[1];
    if (path.empty() || path[0] == '/' ||
        absl::StrContains(absl::StrCat("/", path, "/"), "/../")) {
      return absl::InvalidArgumentError(absl::StrCat(
          list, ": '", path, "' is not a path within the workspace"));
    }
    result.push_back({fields[0], path, fields[2]});
  }
  return result;
}

absl::Status UpdateOne(const Arguments& arguments, const Kept& kept,
                       Counts& counts) {
  absl::StatusOr<std::string> made = support::ReadFile(kept.made);
  if (!made.ok()) return made.status();
  absl::StatusOr<policy::Policy> is = policy::ReadPolicy(*made, kept.made);
  if (!is.ok()) return is.status();
  const std::string path = absl::StrCat(arguments.root, "/", kept.path);
  policy::Diff diff;
  const bool exists = access(path.c_str(), F_OK) == 0;
  if (exists) {
    absl::StatusOr<std::string> text = support::ReadFile(path);
    if (!text.ok()) return text.status();
    if (*text == *made) {
      ++counts.same;
      return absl::OkStatus();
    }
    absl::StatusOr<policy::Policy> was = policy::ReadPolicy(*text, path);
    // A file that is no policy any more is replaced; that is what was asked.
    if (was.ok()) {
      diff = policy::ComparePolicies(*was, *is);
    } else {
      diff.fields.push_back({"file", std::string(was.status().message()), ""});
    }
  }
  const bool changed = !exists || !diff.empty();
  ++(changed ? counts.changed : counts.refreshed);
  const std::string head =
      absl::StrCat(kept.target, " (", kept.path, "): ",
                   !exists   ? "new"
                   : changed ? "changed"
                             : "allows the same; only places or libraries "
                               "differ",
                   "\n", exists ? DiffText(diff) : "");
  std::fputs(head.c_str(), stdout);
  if (arguments.check) return absl::OkStatus();
  return support::WriteFileAtomically(path, *made);
}

absl::StatusOr<int> Update(const Arguments& arguments) {
  std::vector<Kept> all;
  for (const std::string& list : arguments.lists) {
    absl::StatusOr<std::vector<Kept>> more = ReadList(list);
    if (!more.ok()) return more.status();
    all.insert(all.end(), more->begin(), more->end());
  }
  Counts counts;
  for (const Kept& kept : all) {
    absl::Status status = UpdateOne(arguments, kept, counts);
    if (!status.ok()) {
      return absl::Status(status.code(),
                          absl::StrCat(kept.target, ": ", status.message()));
    }
  }
  std::printf("%zu policies: %d changed, %d refreshed, %d as they were\n",
              all.size(), counts.changed, counts.refreshed, counts.same);
  return counts.changed > 0 && !arguments.exit_zero ? kExitFindings : kExitDone;
}

}  // namespace

void AddUpdateCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "update", "rewrites the policies that a repository keeps");
  command
      ->add_option("LIST", arguments->lists,
                   "files with a line for each policy: the target, the kept "
                   "policy, today's policy, with tabs between")
      ->required();
  command->add_option("--root", arguments->root,
                      "the folder that kept policies are named from");
  command->add_flag("--check", arguments->check, "only say what would change");
  command->add_flag("--exit-zero", arguments->exit_zero,
                    "a change is no finding");
  command->footer(
      "Exit status: 0 all allow what they allowed, 1 some did not and are to "
      "be "
      "reviewed, 2 wrong use or unreadable input.");
  command->callback(
      [arguments, &exit_code]() { exit_code = ExitCode(Update(*arguments)); });
}

}  // namespace chestnut::cli
