// The units of a compilation database, and which of them are up to date.
#ifndef CHESTNUT_FRONTEND_DATABASE_H_
#define CHESTNUT_FRONTEND_DATABASE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace chestnut::frontend {

// One entry of the database.
struct DatabaseUnit {
  std::string file;  // absolute
  std::string folder;
  std::vector<std::string> words;
  // The object that the command makes; empty if it does not say.
  std::string object;
  // Where its facts go, and what is remembered of the files it read.
  std::string facts_path;
  std::string inputs_path;
};

// Units of `build`/compile_commands.json, in the order of their facts' names,
// equal entries once. With `files` only those (relative names are the
// caller's); NotFound names one that the database does not have. Facts go to
// `out_folder`, which need not exist.
absl::StatusOr<std::vector<DatabaseUnit>> ReadDatabase(
    const std::string& build, const std::string& out_folder,
    const std::vector<std::string>& files);

// Whether the unit's facts are there, made by this program from this command,
// and none of the files read has another size or time of change since.
bool IsFresh(const DatabaseUnit& unit);

// Of each unit with an object and facts the paths of both, in turn a line each,
// written to `out_folder`/kObjectList.
inline constexpr char kObjectList[] = ".objects";
absl::Status WriteObjectList(const std::vector<DatabaseUnit>& units,
                             const std::string& out_folder);

// Writes what IsFresh asks for.
absl::Status RememberInputs(const DatabaseUnit& unit,
                            const std::vector<std::string>& files);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_DATABASE_H_
