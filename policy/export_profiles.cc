#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "policy/bpf.h"
#include "policy/compile.h"
#include "policy/exports.h"
#include "policy/header.h"
#include "policy/model.h"

// The forms that list calls by name, and the filter itself.
namespace chestnut::policy {
namespace {

constexpr size_t kLineLength = 100;

// What the file was made of, in a comment.
std::string Origin(const Policy& whole) {
  return absl::StrCat("# chestnut: generated from '", whole.program,
                      "' (schema ", whole.schema_version,
                      ", sha256:", PolicyDigest(whole), "); do not edit\n");
}

std::vector<std::string> SortedNames(const Policy& whole) {
  std::vector<std::string> names;
  names.reserve(whole.calls.size());
  for (const Call& call : whole.calls) names.push_back(call.name);
  std::sort(names.begin(), names.end());
  return names;
}

// The names of calls whose rules, if `which` says so, the form cannot hold.
void NoteRules(const Policy& whole, bool (*which)(const ArgumentRule& rule),
               Exported& out) {
  std::vector<std::string> names;
  for (const Call& call : whole.calls) {
    if (std::any_of(call.arguments.begin(), call.arguments.end(), which)) {
      names.push_back(call.name);
    }
  }
  if (names.empty()) return;
  std::sort(names.begin(), names.end());
  out.notes.push_back(
      absl::StrCat("allowed with any argument, as the form ",
                   "cannot say which: ", absl::StrJoin(names, ", ")));
}

bool AnyRule(const ArgumentRule& /*rule*/) { return true; }
// Compared in all 64 bits, of which the kernel reads the lower half.
bool NarrowRule(const ArgumentRule& rule) { return rule.width != 64; }

void NoteUnknown(absl::string_view answer, Exported& out) {
  out.notes.push_back(absl::StrCat(
      "calls newer than the policy ", answer, " instead of failing with ",
      "ENOSYS: make it anew before the libc gets newer"));
}

absl::Status OnlyKill(const Policy& whole, absl::string_view form) {
  if (whole.mode == Mode::kKill) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(form, " has no mode '",
                                               ToString(whole.mode),
                                               "'; use a policy of mode kill"));
}

// "arg2 == 0x1 || arg2 == 0x3": all rules hold together, and minijail knows
// no parentheses, so that each combination is spelt out.
std::string MinijailCondition(const Call& call) {
  std::vector<std::string> all = {""};
  for (const ArgumentRule& rule : call.arguments) {
    if (NarrowRule(rule)) continue;
    std::vector<std::string> longer;
    for (const std::string& before : all) {
      for (uint64_t value : rule.values) {
        longer.push_back(
            absl::StrCat(before, before.empty() ? "" : " && ",
                         absl::StrFormat("arg%d == %#x", rule.index, value)));
      }
    }
    all = longer;
  }
  return all[0].empty() ? "1" : absl::StrJoin(all, " || ");
}

}  // namespace

absl::StatusOr<Exported> ExportSystemd(const Policy& whole) {
  if (whole.mode != Mode::kKill && whole.mode != Mode::kErrno) {
    return absl::UnimplementedError(
        absl::StrCat("SystemCallFilter= has no mode '", ToString(whole.mode),
                     "'; use a policy of mode kill or errno"));
  }
  Exported out;
  out.text = absl::StrCat(Origin(whole),
                          "[Service]\nNoNewPrivileges=yes\n"
                          "SystemCallArchitectures=native\n");
  if (whole.mode == Mode::kErrno) {
    absl::StrAppend(&out.text, "SystemCallErrorNumber=", whole.errno_value,
                    "\n");
  }
  // An empty one forgets what the unit itself says.
  absl::StrAppend(&out.text, "SystemCallFilter=\n");
  std::string line;
  auto flush = [&out, &line]() {
    if (!line.empty()) {
      absl::StrAppend(&out.text, "SystemCallFilter=", line, "\n");
    }
    line.clear();
  };
  for (const std::string& name : SortedNames(whole)) {
    if (line.size() + name.size() > kLineLength) flush();
    absl::StrAppend(&line, line.empty() ? "" : " ", name);
  }
  flush();
  NoteRules(whole, AnyRule, out);
  out.notes.push_back(
      "systemd allows every unit the calls of its set @default besides "
      "(systemd-analyze syscall-filter @default)");
  return out;
}

absl::StatusOr<Exported> ExportMinijail(const Policy& whole) {
  absl::Status status = OnlyKill(whole, "minijail");
  if (!status.ok()) return status;
  Exported out;
  out.text = Origin(whole);
  std::vector<std::string> lines;
  lines.reserve(whole.calls.size());
  for (const Call& call : whole.calls) {
    lines.push_back(absl::StrCat(call.name, ": ", MinijailCondition(call)));
  }
  std::sort(lines.begin(), lines.end());
  absl::StrAppend(&out.text, absl::StrJoin(lines, "\n"), "\n");
  NoteRules(whole, NarrowRule, out);
  NoteUnknown("kill the process", out);
  return out;
}

absl::StatusOr<Exported> ExportFirejail(const Policy& whole) {
  absl::Status status = OnlyKill(whole, "firejail");
  if (!status.ok()) return status;
  Exported out;
  out.text = absl::StrCat(Origin(whole), "nonewprivs\nseccomp-error-action ",
                          "kill\nseccomp.keep ",
                          absl::StrJoin(SortedNames(whole), ","), "\n");
  NoteRules(whole, AnyRule, out);
  NoteUnknown("kill the process", out);
  return out;
}

absl::StatusOr<Exported> ExportBpf(const Policy& whole) {
  absl::StatusOr<Filter> filter = CompileFilter(whole);
  if (!filter.ok()) return filter.status();
  Exported out;
  out.text.assign(reinterpret_cast<const char*>(filter->data()),
                  filter->size() * sizeof(Instruction));
  return out;
}

}  // namespace chestnut::policy
