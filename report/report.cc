#include "report/report.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/diff.h"
#include "report/html.h"
#include "report/reasons.h"
#include "report/section.h"
#include "report/style.h"
#include "syscalls/groups.h"
#include "syscalls/table.h"

namespace chestnut::report {
namespace {

using policy::Call;
using policy::Policy;
using syscalls::Danger;

// So many still fit a page that is whole without its script.
constexpr size_t kFewSubjects = 8;

size_t DangerousCalls(const Policy& policy) {
  return static_cast<size_t>(std::count_if(
      policy.calls.begin(), policy.calls.end(), [](const Call& call) {
        return syscalls::GroupOf(call.number).danger == Danger::kHigh;
      }));
}

std::string Overview(const std::vector<Subject>& subjects,
                     const std::vector<std::string>& ids) {
  const size_t known = syscalls::All().size();
  std::string html =
      "<div class=\"scroll\"><table><thead><tr><th>Program</th><th "
      "class=\"n\">Calls</th><th class=\"wide\" aria-hidden=\"true\"></th><th "
      "class=\"n\">Dangerous</th><th>State</th></tr></thead><tbody>\n";
  for (size_t i = 0; i < subjects.size(); ++i) {
    const Policy& policy = subjects[i].policy;
    const bool changed =
        subjects[i].before.has_value() &&
        !policy::ComparePolicies(*subjects[i].before, policy).empty();
    absl::StrAppend(
        &html, "<tr data-name=\"", Escape(subjects[i].name),
        "\"><td><a href=\"#", ids[i], "\">", Escape(subjects[i].name),
        "</a></td><td class=\"n\">", policy.calls.size(),
        "</td><td class=\"wide\" aria-hidden=\"true\"><span class=\"bar\"><i "
        "style=\"width:",
        100 * policy.calls.size() / known,
        "%\"></i></span></td><td "
        "class=\"n\">",
        DangerousCalls(policy), "</td><td>",
        !policy.incomplete.empty() ? "<span class=\"high\">incomplete</span>"
        : changed                  ? "<span class=\"medium\">changed</span>"
                                   : policy::ToString(policy.mode),
        "</td></tr>\n");
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace

std::string WritePage(const std::vector<Subject>& subjects) {
  std::vector<std::string> ids;
  std::map<std::string, int> used;
  for (const Subject& subject : subjects) {
    const std::string id = Identifier(subject.name);
    const int times = used[id]++;
    ids.push_back(times == 0 ? id : absl::StrCat(id, "-", times + 1));
  }
  std::string html = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>",
      subjects.size() == 1 ? Escape(subjects[0].name) + ": " : "",
      "System-call policies</title><style>", StyleSheet(),
      "</style></head><body>\n<a class=\"skip\" href=\"#main\">To the "
      "policies</a><header><h1>System calls: what may be done, and "
      "why</h1></header>\n<p hidden><label>Show only <input id=\"filter\" "
      "type=\"search\" placeholder=\"openat\" autocomplete=\"off\"></label>"
      "</p>\n<main id=\"main\">\n");
  if (subjects.size() > 1) html += Overview(subjects, ids);
  const bool many = subjects.size() > kFewSubjects;
  Reasons reasons(many);
  for (size_t i = 0; i < subjects.size(); ++i) {
    html += WriteSection(subjects[i], ids[i], many, reasons);
  }
  return absl::StrCat(html, "</main>\n", reasons.Names(), "<script>", Script(),
                      "</script></body></html>\n");
}

}  // namespace chestnut::report
