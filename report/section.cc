#include "report/section.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "policy/diff.h"
#include "report/html.h"
#include "syscalls/arguments.h"
#include "syscalls/groups.h"
#include "syscalls/table.h"

namespace chestnut::report {
namespace {

using policy::Call;
using policy::CallChange;
using policy::Policy;
using syscalls::Danger;

absl::string_view ClassOf(Danger danger) {
  switch (danger) {
    case Danger::kHigh:
      return "high";
    case Danger::kMedium:
      return "medium";
    case Danger::kLow:
      break;
  }
  return "low";
}

absl::string_view Answer(const Policy& policy) {
  switch (policy.mode) {
    case policy::Mode::kKill:
      return "kills the process";
    case policy::Mode::kErrno:
      return "fails";
    case policy::Mode::kTrap:
      return "ends the process with a message";
    case policy::Mode::kLog:
      return "is only logged: nothing is enforced";
    case policy::Mode::kNotify:
      break;
  }
  return "is decided by a supervisor";
}

std::string RulesOf(const Call& call) {
  return absl::StrJoin(
      call.arguments, "; ",
      [&call](std::string* out, const policy::ArgumentRule& rule) {
        absl::StrAppend(
            out, "argument ", rule.index, ": ",
            absl::StrJoin(
                rule.values, ", ", [&](std::string* text, uint64_t value) {
                  absl::StrAppend(text, syscalls::FormatArgument(
                                            call.number, rule.index, value));
                }));
      });
}

// Calls that the kernel asks for, the runtime makes, or another libc would.
constexpr char kNoCode[] = "none that is here (the kernel, another libc)";

// Where the code that makes the call lies: a library, or the program itself.
std::string ModuleOf(const Call& call) {
  if (call.witness.empty()) return kNoCode;
  const std::string& place = call.witness.back().place;
  if (place.empty()) return kNoCode;
  const size_t offset = place.find("+0x");
  return offset == std::string::npos ? "source of the program and its libraries"
                                     : place.substr(0, offset);
}

class Section {
 public:
  Section(const Subject& subject, const std::string& id, bool brief,
          Reasons& reasons)
      : subject_(subject),
        policy_(subject.policy),
        id_(id),
        brief_(brief),
        reasons_(reasons) {}

  std::string Write() {
    Add("<section id=\"", id_, "\" aria-labelledby=\"", id_, "-h\"><h2 id=\"",
        id_, "-h\">", Escape(subject_.name), "</h2>\n");
    Head();
    Incomplete();
    Change();
    Comparison();
    Wanted();
    Allowed();
    Libraries();
    html_ += reasons_.Tree(policy_, id_);
    Blocked();
    Add("</section>\n");
    return std::move(html_);
  }

 private:
  template <typename... Texts>
  void Add(const Texts&... texts) {
    absl::StrAppend(&html_, texts...);
  }

  std::string CallLink(const Call& call) const {
    if (call.witness.empty()) return Escape(call.name);
    return absl::StrCat("<a href=\"#", reasons_.Anchor(id_, call.name), "\">",
                        call.name, "</a>");
  }

  void Head() {
    const size_t known = syscalls::All().size();
    const size_t allowed = policy_.calls.size();
    Add("<p>Allows <b>", allowed, "</b> of ", known, " system calls (",
        absl::StrFormat("%.0f", 100.0 * static_cast<double>(known - allowed) /
                                    static_cast<double>(known)),
        " % are blocked) from <code>", policy::ToString(policy_.install_point),
        "</code> on. Any other call ", Answer(policy_), ".</p>\n");
  }

  void Incomplete() {
    if (policy_.incomplete.empty()) return;
    Add("<div class=\"box high\"><b>Incomplete: nothing may enforce this "
        "policy</b> until these places are decided.<ul>");
    for (const policy::Incomplete& open : policy_.incomplete) {
      Add("<li><code>", Escape(open.place), "</code>: ", Escape(open.reason),
          "</li>");
    }
    Add("</ul></div>\n");
  }

  void Change() {
    if (!subject_.before.has_value()) return;
    const policy::Diff diff =
        policy::ComparePolicies(*subject_.before, policy_);
    Add("<div class=\"box\"><h3>Since the last kept policy</h3>");
    if (diff.empty()) {
      Add("<p>Nothing changed.</p></div>\n");
      return;
    }
    Add("<ul>");
    for (const policy::FieldChange& field : diff.fields) {
      Add("<li>", Escape(field.field), ": ", Escape(field.was), " → ",
          Escape(field.is), "</li>");
    }
    for (const CallChange& change : diff.calls) AddChange(change);
    Add("</ul></div>\n");
  }

  void AddChange(const CallChange& change) {
    const Call& call =
        change.kind == CallChange::Kind::kRemoved ? change.was : change.is;
    const absl::string_view what =
        change.kind == CallChange::Kind::kAdded     ? "added"
        : change.kind == CallChange::Kind::kRemoved ? "removed"
        : change.grew                               ? "more arguments"
                                                    : "fewer arguments";
    Add("<li class=\"", change.grew ? ClassOf(DangerOf(call)) : "soft", "\">",
        what, change.startup ? " at start-up" : "", ": <code>", call.name,
        "</code></li>");
  }

  static syscalls::Danger DangerOf(const Call& call) {
    return syscalls::GroupOf(call.number).danger;
  }

  void Comparison() {
    if (!subject_.other.has_value()) return;
    std::vector<std::string> here, there;
    for (const Call& call : policy_.calls) {
      if (FindCall(subject_.other->calls, call.number) == nullptr) {
        here.push_back(call.name);
      }
    }
    for (const Call& call : subject_.other->calls) {
      if (FindCall(policy_.calls, call.number) == nullptr) {
        there.push_back(call.name);
      }
    }
    Add("<div class=\"box\"><h3>Against the other analysis</h3><p>Only here: "
        "<code>",
        here.empty() ? "none" : absl::StrJoin(here, " "),
        "</code></p><p>Only there: <code>",
        there.empty() ? "none" : absl::StrJoin(there, " "),
        "</code></p></div>\n");
  }

  // The dangerous groups, and what of them is left.
  void Wanted() {
    Add("<h3>What an attacker would want</h3><div class=\"scroll\"><table>"
        "<thead><tr><th>Group</th><th class=\"wide\">What it does</th><th>Left "
        "to the program</th></tr></thead><tbody>\n");
    for (const syscalls::Group& group : syscalls::Groups()) {
      if (group.danger != Danger::kHigh) continue;
      std::vector<std::string> left;
      for (const Call& call : policy_.calls) {
        if (&syscalls::GroupOf(call.number) == &group) {
          left.push_back(CallLink(call));
        }
      }
      Add("<tr><td>", group.name, "</td><td class=\"wide soft\">", group.about,
          "</td><td>",
          left.empty() ? "<span class=\"low\">blocked</span>"
                       : absl::StrJoin(left, " "),
          "</td></tr>\n");
    }
    Add("</tbody></table></div>\n");
  }

  void Allowed() {
    Add("<h3>Allowed</h3>\n");
    for (const syscalls::Group& group : syscalls::Groups()) {
      std::string items;
      size_t count = 0;
      for (const Call& call : policy_.calls) {
        if (&syscalls::GroupOf(call.number) != &group) continue;
        ++count;
        const std::string rules = RulesOf(call);
        absl::StrAppend(&items, "<li>", CallLink(call),
                        rules.empty() ? ""
                                      : absl::StrCat(" <small>", Escape(rules),
                                                     "</small>"));
      }
      if (count == 0) continue;
      Add("<div><span class=\"", ClassOf(group.danger), "\">", group.name,
          "</span> <span class=\"soft\">(", ClassOf(group.danger), ", ", count,
          ")</span><ul class=\"calls\">", items, "</ul></div>\n");
    }
  }

  void Libraries() {
    std::map<std::string, std::vector<std::string>> modules;
    for (const Call& call : policy_.calls) {
      modules[ModuleOf(call)].push_back(call.name);
    }
    Add("<details><summary>Where the calls are made (", modules.size(),
        ")</summary><div class=\"scroll\"><table>");
    for (const auto& [module, calls] : modules) {
      Add("<tr><td>", Escape(module), "</td><td class=\"n\">", calls.size(),
          "</td><td class=\"soft wide\">", absl::StrJoin(calls, " "),
          "</td></tr>");
    }
    Add("</table></div></details>\n");
  }

  void Blocked() {
    Add("<details><summary>Blocked (",
        syscalls::All().size() - policy_.calls.size(), ")</summary>\n");
    for (const syscalls::Group& group : syscalls::Groups()) AddBlocked(group);
    Add("</details>\n");
  }

  void AddBlocked(const syscalls::Group& group) {
    std::vector<std::string> names;
    for (absl::string_view name : absl::StrSplit(group.calls, ' ')) {
      const int number = syscalls::FindByName(name)->number;
      if (FindCall(policy_.calls, number) == nullptr) names.emplace_back(name);
    }
    if (names.empty()) return;
    Add("<p><span class=\"", ClassOf(group.danger), "\">", group.name,
        "</span>: ");
    if (brief_) {
      Add(names.size(), "</p>\n");
    } else {
      Add("<small>", absl::StrJoin(names, " "), "</small></p>\n");
    }
  }

  const Subject& subject_;
  const Policy& policy_;
  const std::string& id_;
  const bool brief_;
  Reasons& reasons_;
  std::string html_;
};

}  // namespace

std::string WriteSection(const Subject& subject, const std::string& id,
                         bool brief, Reasons& reasons) {
  return Section(subject, id, brief, reasons).Write();
}

}  // namespace chestnut::report
