// What every command does with its results.
#ifndef CHESTNUT_CLI_OUTPUT_H_
#define CHESTNUT_CLI_OUTPUT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/model.h"

namespace chestnut::cli {

// The command's exit status; an error is printed first.
int ExitCode(const absl::StatusOr<int>& result);

// Columns of the terminal that stdout is, 0 if it is none.
size_t Columns();

// Breaks lines that are longer than `columns` at spaces; what follows is
// indented by four more than the line. Words are never broken. 0: as it is.
std::string Wrap(absl::string_view text, size_t columns);

// Text for people to stdout, as wide as the terminal.
void PrintText(absl::string_view text);

// To the file, or to stdout as it is if `path` is empty.
absl::Status WriteOrPrint(const std::string& path, const std::string& text);

// Says each place where the analysis is incomplete on stderr; the exit status
// of an analysis that found that.
int ReportIncomplete(const std::vector<policy::Incomplete>& places);

// The calls' names, one a line, sorted.
std::string NamesText(const std::vector<policy::Call>& calls);

// Whether to say how far something is: on a terminal, unless --quiet; with
// --verbose always.
bool ShowProgress();

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_OUTPUT_H_
