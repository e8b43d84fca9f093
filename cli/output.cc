#include "cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/commands.h"
#include "driver/process.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

constexpr size_t kHang = 4;

void WrapLine(absl::string_view line, size_t columns, std::string& out) {
  const size_t indent = std::min(line.find_first_not_of(' '), line.size());
  // What is left of narrow terminals must hold something.
  const size_t hang = std::min(indent + kHang, columns / 2);
  size_t room = columns;
  while (line.size() > room) {
    // Spaces that indent are no place to break at.
    const size_t text = line.find_first_not_of(' ');
    size_t at = line.rfind(' ', room);
    if (at == absl::string_view::npos || at < text) at = line.find(' ', room);
    if (at == absl::string_view::npos) break;
    const size_t next = line.find_first_not_of(' ', at);
    absl::string_view head = line.substr(0, at);
    absl::StrAppend(&out, head.substr(0, head.find_last_not_of(' ') + 1));
    if (next == absl::string_view::npos) return;
    absl::StrAppend(&out, "\n", std::string(hang, ' '));
    line.remove_prefix(next);
    room = columns - hang;
  }
  absl::StrAppend(&out, line);
}

}  // namespace

int ExitCode(const absl::StatusOr<int>& result) {
  if (result.ok()) return *result;
  driver::PrintError(result.status().message());
  return kExitWrongUse;
}

size_t Columns() {
  winsize size = {};
  if (isatty(STDOUT_FILENO) == 0 ||
      ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
    return 0;
  }
  return size.ws_col;
}

std::string Wrap(absl::string_view text, size_t columns) {
  if (columns == 0) return std::string(text);
  std::string out;
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    WrapLine(lines[i], columns, out);
  }
  return out;
}

void PrintText(absl::string_view text) {
  std::fputs(Wrap(text, Columns()).c_str(), stdout);
}

absl::Status WriteOrPrint(const std::string& path, const std::string& text) {
  if (!path.empty()) return support::WriteFileAtomically(path, text);
  std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

int ReportIncomplete(const std::vector<policy::Incomplete>& places) {
  for (const policy::Incomplete& entry : places) {
    driver::PrintError(
        absl::StrCat("incomplete: ", entry.place, ": ", entry.reason));
  }
  return places.empty() ? kExitDone : kExitIncomplete;
}

std::string NamesText(const std::vector<policy::Call>& calls) {
  std::vector<std::string> names;
  names.reserve(calls.size());
  for (const policy::Call& call : calls) names.push_back(call.name + "\n");
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) text += name;
  return text;
}

bool ShowProgress() {
  switch (driver::GetVerbosity()) {
    case driver::Verbosity::kQuiet:
      return false;
    case driver::Verbosity::kNormal:
      return isatty(STDERR_FILENO) != 0;
    case driver::Verbosity::kVerbose:
      break;
  }
  return true;
}

}  // namespace chestnut::cli
