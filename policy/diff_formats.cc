#include "policy/diff_formats.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "syscalls/arguments.h"

namespace chestnut::policy {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> ValuesOf(const Call& call, const ArgumentRule& rule) {
  std::vector<std::string> values;
  values.reserve(rule.values.size());
  for (uint64_t value : rule.values) {
    values.push_back(syscalls::FormatArgument(call.number, rule.index, value));
  }
  return values;
}

Json RulesJson(const Call& call) {
  Json rules = Json::array();
  for (const ArgumentRule& rule : call.arguments) {
    rules.push_back({{"index", rule.index}, {"values", ValuesOf(call, rule)}});
  }
  return rules;
}

std::string RulesText(const Call& call) {
  std::vector<std::string> rules;
  rules.reserve(call.arguments.size());
  for (const ArgumentRule& rule : call.arguments) {
    rules.push_back(absl::StrCat("argument ", rule.index, ": ",
                                 absl::StrJoin(ValuesOf(call, rule), ", ")));
  }
  return rules.empty() ? "any arguments" : absl::StrJoin(rules, "; ");
}

absl::string_view Verb(CallChange::Kind kind) {
  switch (kind) {
    case CallChange::Kind::kAdded:
      return "added";
    case CallChange::Kind::kRemoved:
      return "removed";
    case CallChange::Kind::kRules:
      break;
  }
  return "rules";
}

const Call& CallOf(const CallChange& change) {
  return change.kind == CallChange::Kind::kRemoved ? change.was : change.is;
}

Json WitnessJson(const Call& call) {
  Json steps = Json::array();
  for (const WitnessStep& step : call.witness) {
    steps.push_back({{"function", step.function},
                     {"place", step.place},
                     {"reason", step.reason}});
  }
  return steps;
}

Json ChangeJson(const CallChange& change, const Cause& cause) {
  const Call& call = CallOf(change);
  Json json = {{"change", Verb(change.kind)},
               {"name", call.name},
               {"number", call.number},
               {"startup", change.startup},
               {"grew", change.grew}};
  if (change.kind != CallChange::Kind::kRemoved) {
    json["arguments"] = RulesJson(change.is);
  }
  if (change.kind != CallChange::Kind::kAdded) {
    json["was_arguments"] = RulesJson(change.was);
  }
  json["reason"] = {{"kind", ToString(cause.kind)},
                    {"subject", cause.subject},
                    {"place", cause.place},
                    {"text", cause.text}};
  json["witness"] = WitnessJson(call);
  return json;
}

Json FieldsJson(const std::vector<FieldChange>& changes, const char* name) {
  Json json = Json::array();
  for (const FieldChange& change : changes) {
    json.push_back(
        {{name, change.field}, {"was", change.was}, {"is", change.is}});
  }
  return json;
}

Json PlacesJson(const std::vector<Incomplete>& places) {
  Json json = Json::array();
  for (const Incomplete& entry : places) {
    json.push_back({{"place", entry.place}, {"reason", entry.reason}});
  }
  return json;
}

std::string Dump(const Json& json) {
  // Names of functions and files are bytes.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// One line that says all of a change.
std::string Sentence(const CallChange& change, const Cause& cause) {
  const Call& call = CallOf(change);
  const std::string startup = change.startup ? " at start-up" : "";
  const std::string because =
      cause.text.empty() ? "" : absl::StrCat(": ", cause.text);
  switch (change.kind) {
    case CallChange::Kind::kAdded:
      return absl::StrCat("may now call ", call.name, startup, because);
    case CallChange::Kind::kRemoved:
      return absl::StrCat("no longer calls ", call.name, startup, because);
    case CallChange::Kind::kRules:
      break;
  }
  return absl::StrCat("may call ", call.name, startup, " with ",
                      RulesText(change.is), "; was ", RulesText(change.was),
                      because);
}

// --- SARIF

// "cp.c:7" as file and line; 0 if it is no place in source.
struct SourcePlace {
  std::string file;
  int line = 0;
};

SourcePlace ParsePlace(const std::string& place) {
  const size_t colon = place.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == place.size()) {
    return {};
  }
  SourcePlace result;
  for (size_t i = colon + 1; i < place.size(); ++i) {
    if (place[i] < '0' || place[i] > '9' || result.line > 100000000) return {};
    result.line = result.line * 10 + (place[i] - '0');
  }
  if (result.line == 0) return {};
  result.file = place.substr(0, colon);
  return result;
}

// A path as a relative URI reference (RFC 3986), or as one of a file.
std::string Uri(const std::string& path) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri = path[0] == '/' ? "file://" : "";
  for (char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
        (c >= '0' && c <= '9') ||
        absl::string_view("-._~/+").find(c) != absl::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return uri;
}

Json PhysicalPlace(const std::string& file, int line) {
  Json json;
  json["artifactLocation"]["uri"] = Uri(file);
  json["region"]["startLine"] = line;
  return json;
}

Json Location(const WitnessStep& step, const std::string& otherwise) {
  const SourcePlace place = ParsePlace(step.place);
  Json location;
  location["physicalLocation"] = place.line > 0
                                     ? PhysicalPlace(place.file, place.line)
                                     : PhysicalPlace(otherwise, 1);
  if (!step.function.empty()) {
    const Json function = {{"fullyQualifiedName", step.function},
                           {"kind", "function"}};
    location["logicalLocations"] = Json::array({function});
  }
  const std::string text =
      absl::StrCat(step.function, step.place.empty() ? "" : " at ", step.place,
                   step.reason.empty() ? "" : ": ", step.reason);
  if (!text.empty()) location["message"]["text"] = text;
  return location;
}

struct Rule {
  const char* id;
  const char* about;
};
constexpr Rule kRules[] = {
    {"call-added", "The program may make a system call that it could not make"},
    {"call-removed", "The program makes a system call no longer"},
    {"rules-widened", "A system call is allowed with more arguments"},
    {"rules-narrowed", "A system call is allowed with fewer arguments"},
    {"policy-field", "The policy as a whole is another one"},
    {"place-undecided", "The analysis does not know what happens at a place"},
    {"place-decided", "A place that was not known is known now"},
    {"reference-added", "The code refers to a function that is elsewhere"},
    {"reference-removed", "The code refers to a function no longer"},
};

size_t IndexOfRule(absl::string_view id) {
  const auto* found =
      std::find_if(std::begin(kRules), std::end(kRules),
                   [id](const Rule& rule) { return id == rule.id; });
  return static_cast<size_t>(found - std::begin(kRules));
}

Json Result(absl::string_view rule, bool grew, const std::string& text,
            const std::string& fingerprint, Json location) {
  Json json;
  json["ruleId"] = rule;
  json["ruleIndex"] = IndexOfRule(rule);
  json["level"] = grew ? "warning" : "note";
  json["message"]["text"] = text;
  json["locations"] = Json::array({std::move(location)});
  json["partialFingerprints"]["chestnut/v1"] =
      absl::StrCat(rule, "/", fingerprint);
  return json;
}

absl::string_view RuleOf(const CallChange& change) {
  switch (change.kind) {
    case CallChange::Kind::kAdded:
      return "call-added";
    case CallChange::Kind::kRemoved:
      return "call-removed";
    case CallChange::Kind::kRules:
      break;
  }
  return change.grew ? "rules-widened" : "rules-narrowed";
}

Json CallResult(const ReviewedDiff& review, const CallChange& change,
                const Cause& cause) {
  const Call& call = CallOf(change);
  // Where it was changed; else the place in source that is nearest to the call.
  WitnessStep at{.function = "", .place = cause.place, .reason = ""};
  for (auto step = call.witness.rbegin(); step != call.witness.rend(); ++step) {
    if (ParsePlace(at.place).line > 0) break;
    if (ParsePlace(step->place).line > 0) at = *step;
  }
  at.reason.clear();
  Json result =
      Result(RuleOf(change), change.grew,
             absl::StrCat(review.program, " ", Sentence(change, cause)),
             absl::StrCat(review.program, "/", change.startup ? "startup/" : "",
                          call.name),
             Location(at, review.after));
  if (!call.witness.empty()) {
    Json steps = Json::array();
    for (const WitnessStep& step : call.witness) {
      Json entry;
      entry["location"] = Location(step, review.after);
      steps.push_back(std::move(entry));
    }
    Json thread;
    thread["locations"] = std::move(steps);
    Json flow;
    flow["threadFlows"] = Json::array({std::move(thread)});
    result["codeFlows"] = Json::array({std::move(flow)});
  }
  result["properties"] = {{"reason", ToString(cause.kind)},
                          {"call", call.name},
                          {"number", call.number}};
  return result;
}

void AddPlaces(const ReviewedDiff& review, absl::string_view rule, bool grew,
               const std::vector<Incomplete>& places, Json& results) {
  for (const Incomplete& entry : places) {
    results.push_back(Result(
        rule, grew,
        absl::StrCat(review.program, ": ", entry.place, ": ", entry.reason),
        absl::StrCat(review.program, "/", entry.place),
        Location({.function = "", .place = entry.place, .reason = ""},
                 review.after)));
  }
}

// --- Markdown

std::string Cell(absl::string_view text) {
  std::string cell;
  for (char c : text) {
    if (c == '|' || c == '`' || c == '<' || c == '*' || c == '_' || c == '\\') {
      cell += '\\';
    }
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

std::string Row(absl::string_view sign, absl::string_view what,
                absl::string_view why, absl::string_view where) {
  return absl::StrCat("| ", sign, " | ", what, " | ", Cell(why), " | ",
                      Cell(where), " |\n");
}

std::string ChangeRow(const CallChange& change, const Cause& cause) {
  const Call& call = CallOf(change);
  const char* sign = change.kind == CallChange::Kind::kAdded     ? "+"
                     : change.kind == CallChange::Kind::kRemoved ? "-"
                                                                 : "~";
  std::string what = absl::StrCat("**", Cell(call.name), "**",
                                  change.startup ? " (start-up)" : "");
  if (change.kind == CallChange::Kind::kRules) {
    absl::StrAppend(&what, ": ", Cell(RulesText(change.is)), "; was ",
                    Cell(RulesText(change.was)));
  }
  return Row(sign, what, cause.text, cause.place);
}

std::string WaysMarkdown(const ReviewedDiff& review) {
  std::string ways;
  for (const CallChange& change : review.diff.calls) {
    if (!change.grew || change.is.witness.empty()) continue;
    absl::StrAppend(&ways, change.is.name, "\n");
    for (const WitnessStep& step : change.is.witness) {
      absl::StrAppend(
          &ways, "  ", step.function, step.place.empty() ? "" : "  ",
          step.place,
          step.reason.empty() ? "" : absl::StrCat("  [", step.reason, "]"),
          "\n");
    }
  }
  if (ways.empty()) return "";
  // A fence that is longer than any in the text.
  std::string fence = "```";
  while (ways.find(fence) != std::string::npos) fence += "`";
  return absl::StrCat("\n<details><summary>The ways to them</summary>\n\n",
                      fence, "text\n", ways, fence, "\n\n</details>\n");
}

}  // namespace

bool ReviewedDiff::grew() const {
  return diff.grew() ||
         std::any_of(references.begin(), references.end(),
                     [](const Reference& entry) { return !entry.removed; });
}

std::string DiffJson(const ReviewedDiff& review) {
  Json json = {{"schema_version", "1.0"},   {"kind", "diff"},
               {"program", review.program}, {"before", review.before},
               {"after", review.after},     {"changed", !review.empty()},
               {"grew", review.grew()}};
  json["fields"] = FieldsJson(review.diff.fields, "field");
  json["calls"] = Json::array();
  for (size_t i = 0; i < review.diff.calls.size(); ++i) {
    json["calls"].push_back(ChangeJson(review.diff.calls[i], review.causes[i]));
  }
  json["undecided"] = PlacesJson(review.diff.undecided);
  json["decided"] = PlacesJson(review.diff.decided);
  json["modules"] = FieldsJson(review.diff.modules, "name");
  json["references"] = Json::array();
  for (const Reference& entry : review.references) {
    json["references"].push_back(
        {{"change", entry.removed ? "removed" : "added"},
         {"symbol", entry.symbol},
         {"referrer", entry.referrer},
         {"place", entry.place}});
  }
  return Dump(json);
}

std::string DiffSarif(const ReviewedDiff& review) {
  Json rules = Json::array();
  for (const Rule& rule : kRules) {
    Json json;
    json["id"] = rule.id;
    json["shortDescription"]["text"] = rule.about;
    rules.push_back(std::move(json));
  }
  Json results = Json::array();
  for (const FieldChange& change : review.diff.fields) {
    results.push_back(
        Result("policy-field", true,
               absl::StrCat(review.program, ": ", change.field, " is ",
                            change.is, "; was ", change.was),
               absl::StrCat(review.program, "/", change.field),
               Location({}, review.after)));
  }
  for (size_t i = 0; i < review.diff.calls.size(); ++i) {
    results.push_back(
        CallResult(review, review.diff.calls[i], review.causes[i]));
  }
  AddPlaces(review, "place-undecided", true, review.diff.undecided, results);
  AddPlaces(review, "place-decided", false, review.diff.decided, results);
  for (const Reference& entry : review.references) {
    results.push_back(Result(
        entry.removed ? "reference-removed" : "reference-added", !entry.removed,
        absl::StrCat(entry.referrer,
                     entry.removed ? " no longer refers to " : " refers to ",
                     entry.symbol),
        absl::StrCat(review.program, "/", entry.symbol),
        Location(
            {.function = entry.referrer, .place = entry.place, .reason = ""},
            review.after)));
  }
  Json run;
  run["tool"]["driver"]["name"] = "chestnut";
  run["tool"]["driver"]["rules"] = std::move(rules);
  run["columnKind"] = "utf16CodeUnits";
  run["results"] = std::move(results);
  Json log;
  log["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  log["version"] = "2.1.0";
  log["runs"] = Json::array({std::move(run)});
  return Dump(log);
}

std::string DiffMarkdown(const ReviewedDiff& review) {
  if (review.empty()) return "";
  std::string text = absl::StrCat(
      "### ", Cell(review.program), ": the policy ",
      review.grew() ? "allows more than before" : "allows less than before",
      "\n\n|  | System call | Why | Where |\n|---|---|---|---|\n");
  for (const FieldChange& change : review.diff.fields) {
    text += Row("~", Cell(change.field),
                absl::StrCat(change.is, "; was ", change.was), "");
  }
  for (size_t i = 0; i < review.diff.calls.size(); ++i) {
    text += ChangeRow(review.diff.calls[i], review.causes[i]);
  }
  for (const Incomplete& entry : review.diff.undecided) {
    text += Row("+", "*not known*", entry.reason, entry.place);
  }
  for (const Incomplete& entry : review.diff.decided) {
    text += Row("-", "*not known*", entry.reason, entry.place);
  }
  for (const Reference& entry : review.references) {
    text += Row(entry.removed ? "-" : "+", Cell(entry.symbol),
                absl::StrCat("referred to by ", entry.referrer), entry.place);
  }
  return text + WaysMarkdown(review);
}

}  // namespace chestnut::policy
