#include "frontend/database.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "frontend/unit.h"
#include "support/digest.h"
#include "support/file.h"

namespace chestnut::frontend {
namespace {

namespace fs = std::filesystem;

std::string Absolute(const std::string& path, const std::string& folder) {
  fs::path full(path);
  if (full.is_relative()) full = fs::path(folder) / full;
  return full.lexically_normal().generic_string();
}

// A file name that tells the unit to a person, and units apart: a file may be
// compiled more than once.
std::string FactsName(const DatabaseUnit& unit, const std::string& build) {
  std::string name =
      fs::path(unit.file).lexically_relative(build).generic_string();
  for (size_t at = name.find("../"); at == 0; at = name.find("../")) {
    name.erase(0, 3);
  }
  std::replace(name.begin(), name.end(), '/', '_');
  constexpr size_t kLongest = 150;
  if (name.size() > kLongest) name = name.substr(name.size() - kLongest);
  std::string digest = support::Sha256Hex(
      absl::StrCat(fs::path(unit.file).lexically_relative(build).string(), "\n",
                   absl::StrJoin(unit.words, "\n")));
  return absl::StrCat(name, "-", digest.substr(0, 8), ".facts");
}

// What follows -o, or is glued to it.
std::string ObjectOf(const DatabaseUnit& unit, const std::string& said) {
  std::string object = said;
  for (size_t i = 1; object.empty() && i < unit.words.size(); ++i) {
    const std::string& word = unit.words[i];
    if (word == "-o" && i + 1 < unit.words.size()) {
      object = unit.words[i + 1];
    } else if (word.size() > 2 && word.compare(0, 2, "-o") == 0) {
      object = word.substr(2);
    }
  }
  return object.empty() ? object : Absolute(object, unit.folder);
}

// Everything besides the files read that facts depend on.
std::string CommandKey(const DatabaseUnit& unit) {
  return support::Sha256Hex(absl::StrCat(ProducerText(), "\n", unit.folder,
                                         "\n",
                                         absl::StrJoin(unit.words, "\n")));
}

// Size and time of change, "-" for a file that is not there.
std::string StateOf(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return "-";
  return absl::StrCat(status.st_size, ".", status.st_mtim.tv_sec, ".",
                      status.st_mtim.tv_nsec);
}

}  // namespace

absl::StatusOr<std::vector<DatabaseUnit>> ReadDatabase(
    const std::string& build, const std::string& out_folder,
    const std::vector<std::string>& files) {
  std::string current = fs::current_path().generic_string();
  std::string folder = Absolute(build, current);
  std::string path = folder + "/compile_commands.json";
  std::string error;
  std::unique_ptr<clang::tooling::JSONCompilationDatabase> database =
      clang::tooling::JSONCompilationDatabase::loadFromFile(
          path, error, clang::tooling::JSONCommandLineSyntax::Gnu);
  if (database == nullptr) {
    return absl::NotFoundError(absl::StrCat(
        path, ": ", error,
        "; build with CMAKE_EXPORT_COMPILE_COMMANDS or give -p DIR"));
  }
  std::set<std::string> wanted;
  for (const std::string& file : files) wanted.insert(Absolute(file, current));
  std::set<std::string> found, names;
  std::vector<DatabaseUnit> units;
  for (clang::tooling::CompileCommand& command :
       database->getAllCompileCommands()) {
    DatabaseUnit unit;
    unit.folder = Absolute(command.Directory, folder);
    unit.file = Absolute(command.Filename, unit.folder);
    unit.words = std::move(command.CommandLine);
    unit.object = ObjectOf(unit, command.Output);
    if (!wanted.empty() && !wanted.contains(unit.file)) continue;
    found.insert(unit.file);
    std::string name = FactsName(unit, folder);
    if (!names.insert(name).second) continue;
    unit.facts_path = absl::StrCat(out_folder, "/", name);
    unit.inputs_path = unit.facts_path + ".inputs";
    units.push_back(std::move(unit));
  }
  for (const std::string& file : wanted) {
    if (!found.contains(file)) {
      return absl::NotFoundError(
          absl::StrCat(file, " is not in ", path, "; is it built?"));
    }
  }
  std::sort(units.begin(), units.end(),
            [](const DatabaseUnit& a, const DatabaseUnit& b) {
              return a.facts_path < b.facts_path;
            });
  return units;
}

absl::Status WriteObjectList(const std::vector<DatabaseUnit>& units,
                             const std::string& out_folder) {
  std::string list;
  std::error_code ignored;
  for (const DatabaseUnit& unit : units) {
    if (unit.object.empty() || !fs::exists(unit.object, ignored) ||
        !fs::exists(unit.facts_path, ignored)) {
      continue;
    }
    absl::StrAppend(&list, unit.object, "\n",
                    fs::absolute(unit.facts_path).generic_string(), "\n");
  }
  return support::WriteFileAtomically(
      absl::StrCat(out_folder, "/", kObjectList), list);
}

bool IsFresh(const DatabaseUnit& unit) {
  std::error_code ignored;
  if (!fs::exists(unit.facts_path, ignored)) return false;
  absl::StatusOr<std::string> remembered = support::ReadFile(unit.inputs_path);
  if (!remembered.ok()) return false;
  std::istringstream lines(*remembered);
  std::string line;
  if (!std::getline(lines, line) || line != CommandKey(unit)) return false;
  while (std::getline(lines, line)) {
    size_t space = line.find(' ');
    if (space == std::string::npos) return false;
    if (StateOf(line.substr(space + 1)) != line.substr(0, space)) return false;
  }
  return true;
}

absl::Status RememberInputs(const DatabaseUnit& unit,
                            const std::vector<std::string>& files) {
  std::string text = CommandKey(unit) + "\n";
  for (const std::string& file : files) {
    absl::StrAppend(&text, StateOf(file), " ", file, "\n");
  }
  return support::WriteFileAtomically(unit.inputs_path, text);
}

}  // namespace chestnut::frontend
