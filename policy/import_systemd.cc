#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "policy/imports.h"
#include "policy/model.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

// Always allowed where there is a filter.
constexpr absl::string_view kImplicitGroup = "@default";

class UnitReader {
 public:
  UnitReader(absl::string_view origin, const SystemdGroups& groups)
      : origin_(origin), groups_(groups) {}

  absl::StatusOr<Imported> Read(absl::string_view text) {
    int number = 0;
    std::string logical;
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      ++number;
      absl::StrAppend(&logical, line);
      if (!logical.empty() && logical.back() == '\\') {
        logical.back() = ' ';
        continue;
      }
      absl::Status status = ReadLine(logical, number);
      if (!status.ok()) return status;
      logical.clear();
    }
    return Finish();
  }

 private:
  absl::Status Error(int line, absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(origin_, ":", line, ": ", what));
  }

  absl::Status ReadLine(absl::string_view line, int number) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#' || line[0] == ';') {
      return absl::OkStatus();
    }
    if (line[0] == '[') {
      section_ = std::string(line);
      return absl::OkStatus();
    }
    if (section_ != "[Service]") return absl::OkStatus();
    if (absl::ConsumePrefix(&line, "SystemCallFilter=")) {
      return ReadFilter(line, number);
    }
    if (absl::ConsumePrefix(&line, "SystemCallErrorNumber=")) {
      errno_ = std::string(line);
    }
    return absl::OkStatus();
  }

  absl::Status ReadFilter(absl::string_view value, int line) {
    value = absl::StripAsciiWhitespace(value);
    if (value.empty()) {
      allows_.reset();
      named_.clear();
      return absl::OkStatus();
    }
    const bool denies = absl::ConsumePrefix(&value, "~");
    if (!allows_.has_value()) {
      // The first one decides what becomes of all that is not named.
      allows_ = !denies;
      if (!denies) {
        absl::Status status = Add(kImplicitGroup, true, line);
        if (!status.ok()) return status;
      }
    }
    for (absl::string_view word :
         absl::StrSplit(value, absl::ByAnyChar(" \t"), absl::SkipEmpty())) {
      const absl::string_view name = word.substr(0, word.find(':'));
      absl::Status status = Add(name, *allows_ != denies, line);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Into the list that `allows_` speaks of, or out of it.
  absl::Status Add(absl::string_view name, bool in, int line) {
    if (name.empty() || name[0] != '@') {
      if (in) {
        named_.insert(std::string(name));
      } else {
        named_.erase(std::string(name));
      }
      return absl::OkStatus();
    }
    const auto group = groups_.find(std::string(name));
    if (group == groups_.end()) {
      return Error(line,
                   absl::StrCat("there is no group '", name,
                                "' in what systemd-analyze syscall-filter "
                                "says (--groups FILE: its output)"));
    }
    // A group that names itself adds nothing.
    if (!open_.insert(group->first).second) return absl::OkStatus();
    for (const std::string& member : group->second) {
      absl::Status status = Add(member, in, line);
      if (!status.ok()) return status;
    }
    open_.erase(group->first);
    return absl::OkStatus();
  }

  absl::StatusOr<Imported> Finish() {
    if (!allows_.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat(origin_, ": has no SystemCallFilter= in [Service]"));
    }
    Imported out;
    out.policy = EmptyPolicy(
        origin_, InstallPoint::kExec,
        errno_.empty() || errno_ == "kill" ? Mode::kKill : Mode::kErrno);
    out.policy.calls.clear();
    // Names of errors stand for EPERM here, as a comparison does not use them.
    if (!absl::SimpleAtoi(errno_, &out.policy.errno_value)) {
      out.policy.errno_value = 1;
    }
    for (const syscalls::Syscall& call : syscalls::All()) {
      if (named_.contains(std::string(call.name)) == *allows_) {
        out.policy.calls.push_back(
            {std::string(call.name), call.number, {}, {}});
      }
    }
    if (!*allows_) {
      out.notes.push_back("what the filter does not name is allowed");
    }
    Normalize(out.policy);
    return out;
  }

  const std::string origin_;
  const SystemdGroups& groups_;
  std::string section_;
  std::string errno_;
  std::optional<bool> allows_;
  std::set<std::string> named_;
  std::set<std::string> open_;  // groups that are being added
};

}  // namespace

SystemdGroups ReadSystemdGroups(absl::string_view text) {
  SystemdGroups groups;
  std::vector<std::string>* members = nullptr;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::string_view word = absl::StripAsciiWhitespace(line);
    if (word.empty()) {
      members = nullptr;
    } else if (line[0] == '@') {
      members = &groups[std::string(word)];
    } else if (members != nullptr && word[0] != '#') {
      members->push_back(std::string(word));
    }
  }
  return groups;
}

absl::StatusOr<Imported> ImportSystemd(absl::string_view text,
                                       absl::string_view origin,
                                       const SystemdGroups& groups) {
  return UnitReader(origin, groups).Read(text);
}

}  // namespace chestnut::policy
