#include "policy/json.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
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
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"
#include "policy/model.h"

namespace chestnut::policy {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

enum class Presence { kRequired, kOptional };

// Reads one policy and keeps the first error; after it, every step does
// nothing, so that the steps can be written one after the other.
class Reader {
 public:
  absl::StatusOr<Policy> Read(absl::string_view text, absl::string_view origin);

 private:
  using Visit = std::function<void(const Json&)>;

  void Fail(absl::string_view message) {
    if (error_.empty()) {
      error_ = place_.empty() ? std::string(message)
                              : absl::StrCat(place_, ": ", message);
    }
  }
  bool failed() const { return !error_.empty(); }

  // Calls `visit` with `place_` extended by `step`.
  void At(const std::string& step, const Json& value, const Visit& visit);
  void Field(const Json& object, const char* name, Presence presence,
             const Visit& visit);
  void Items(const Json& array, const Visit& visit);
  void OnlyFields(const Json& object, std::initializer_list<const char*> known);

  void String(const Json& value, std::string& out);
  void Integer(const Json& value, int& out);
  void Value(const Json& value, std::vector<uint64_t>& out);

  Json Parse(absl::string_view text);
  void ReadVersion(const Json& root);
  void ReadHead(const Json& root, Policy& policy);
  void ReadIncomplete(const Json& value, Policy& policy);
  void ReadModule(const Json& value, Policy& policy);
  void ReadRule(const Json& value, Call& call);
  void ReadStep(const Json& value, std::vector<WitnessStep>& witness);
  void ReadExecution(const Json& value, Policy& policy);
  void ReadCall(const Json& value, std::vector<Call>& calls);

  std::string place_;
  std::string error_;
};

void Reader::At(const std::string& step, const Json& value,
                const Visit& visit) {
  if (failed()) return;
  const size_t length = place_.size();
  absl::StrAppend(&place_, place_.empty() || step[0] == '[' ? "" : ".", step);
  visit(value);
  place_.resize(length);
}

void Reader::Field(const Json& object, const char* name, Presence presence,
                   const Visit& visit) {
  if (failed()) return;
  auto found = object.find(name);
  if (found == object.end()) {
    if (presence == Presence::kRequired) {
      Fail(absl::StrCat("field \"", name, "\" is missing"));
    }
    return;
  }
  At(name, *found, visit);
}

void Reader::Items(const Json& array, const Visit& visit) {
  if (failed()) return;
  if (!array.is_array()) return Fail("this is not a list");
  for (size_t i = 0; i < array.size() && !failed(); ++i) {
    At(absl::StrCat("[", i, "]"), array[i], visit);
  }
}

void Reader::OnlyFields(const Json& object,
                        std::initializer_list<const char*> known) {
  if (failed()) return;
  if (!object.is_object()) return Fail("this is not an object");
  for (const auto& [name, value] : object.items()) {
    bool found = false;
    for (const char* field : known) found = found || name == field;
    if (!found) return Fail(absl::StrCat("unknown field \"", name, "\""));
  }
}

void Reader::String(const Json& value, std::string& out) {
  if (!value.is_string()) return Fail("this is not a string");
  out = value.get_ref<const std::string&>();
}

void Reader::Integer(const Json& value, int& out) {
  constexpr int kMaximum = std::numeric_limits<int>::max();
  if (!value.is_number_unsigned() || value.get<uint64_t>() > kMaximum) {
    return Fail(
        absl::StrCat("this is not a whole number from 0 to ", kMaximum));
  }
  out = value.get<int>();
}

void Reader::Value(const Json& value, std::vector<uint64_t>& out) {
  std::string text;
  String(value, text);
  if (failed()) return;
  absl::string_view digits = text;
  uint64_t number = 0;
  if (!absl::ConsumePrefix(&digits, "0x") || digits.empty() ||
      digits.size() > 16 || !absl::ascii_isxdigit(digits[0]) ||
      !absl::SimpleHexAtoi(digits, &number)) {
    return Fail("a value is written as a hexadecimal string like \"0x1f\"");
  }
  out.push_back(number);
}

// nlohmann::json keeps the last of two fields with one name; a reader by eye
// may see the first.
Json Reader::Parse(absl::string_view text) {
  std::vector<std::set<std::string>> names;
  std::string repeated;
  auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
        names.emplace_back();
        break;
      case Json::parse_event_t::object_end:
        names.pop_back();
        break;
      case Json::parse_event_t::key:
        if (!names.back().insert(parsed.get<std::string>()).second) {
          repeated = parsed.get<std::string>();
        }
        break;
      default:
        break;
    }
    return true;
  };
  Json root = Json::parse(text.begin(), text.end(), watch,
                          /*allow_exceptions=*/false);
  if (root.is_discarded()) {
    Fail("this is not JSON");
  } else if (!repeated.empty()) {
    Fail(absl::StrCat("field \"", repeated, "\" is given twice"));
  } else if (!root.is_object()) {
    Fail("this is not a JSON object");
  }
  return root;
}

void Reader::ReadVersion(const Json& root) {
  std::string version;
  Field(root, "schema_version", Presence::kRequired,
        [&](const Json& value) { String(value, version); });
  if (failed()) return;
  std::vector<std::string> parts = absl::StrSplit(version, '.');
  uint32_t minor = 0;
  if (parts.size() != 2 || parts[0] != "1" ||
      !absl::SimpleAtoi(parts[1], &minor)) {
    Fail(absl::StrCat("schema_version is \"", version,
                      "\"; this program reads version ", kSchemaVersion,
                      ": make the policy anew or use the Chestnut that made "
                      "it"));
  }
}

void Reader::ReadHead(const Json& root, Policy& policy) {
  std::string text;
  Field(root, "architecture", Presence::kRequired,
        [&](const Json& value) { String(value, policy.architecture); });
  Field(root, "program", Presence::kRequired,
        [&](const Json& value) { String(value, policy.program); });
  Field(root, "install_point", Presence::kRequired, [&](const Json& value) {
    String(value, text);
    std::optional<InstallPoint> point = ParseInstallPoint(text);
    if (!point) {
      return Fail(
          absl::StrCat("\"", text, "\" is none of main, entry, exec, manual"));
    }
    policy.install_point = *point;
  });
  Field(root, "mode", Presence::kRequired, [&](const Json& value) {
    String(value, text);
    std::optional<Mode> mode = ParseMode(text);
    if (!mode) {
      return Fail(absl::StrCat("\"", text,
                               "\" is none of kill, errno, trap, log, notify"));
    }
    policy.mode = *mode;
  });
  Field(root, "errno", Presence::kOptional, [&](const Json& value) {
    Integer(value, policy.errno_value);
    if (policy.mode != Mode::kErrno) Fail("only mode errno has one");
  });
  Field(root, "max_known", Presence::kRequired,
        [&](const Json& value) { Integer(value, policy.max_known); });
}

void Reader::ReadIncomplete(const Json& value, Policy& policy) {
  Incomplete incomplete;
  OnlyFields(value, {"place", "reason"});
  Field(value, "place", Presence::kRequired,
        [&](const Json& place) { String(place, incomplete.place); });
  Field(value, "reason", Presence::kRequired,
        [&](const Json& reason) { String(reason, incomplete.reason); });
  policy.incomplete.push_back(std::move(incomplete));
}

void Reader::ReadModule(const Json& value, Policy& policy) {
  Module module;
  OnlyFields(value, {"name", "build_id"});
  Field(value, "name", Presence::kRequired,
        [&](const Json& name) { String(name, module.name); });
  Field(value, "build_id", Presence::kOptional,
        [&](const Json& id) { String(id, module.build_id); });
  policy.modules.push_back(std::move(module));
}

void Reader::ReadRule(const Json& value, Call& call) {
  ArgumentRule rule;
  OnlyFields(value, {"index", "width", "values"});
  Field(value, "index", Presence::kRequired,
        [&](const Json& index) { Integer(index, rule.index); });
  Field(value, "width", Presence::kRequired,
        [&](const Json& width) { Integer(width, rule.width); });
  Field(value, "values", Presence::kRequired, [&](const Json& values) {
    Items(values, [&](const Json& item) { Value(item, rule.values); });
  });
  call.arguments.push_back(std::move(rule));
}

void Reader::ReadStep(const Json& value, std::vector<WitnessStep>& witness) {
  WitnessStep step;
  OnlyFields(value, {"function", "place", "reason"});
  Field(value, "function", Presence::kRequired,
        [&](const Json& function) { String(function, step.function); });
  Field(value, "place", Presence::kOptional,
        [&](const Json& place) { String(place, step.place); });
  Field(value, "reason", Presence::kOptional,
        [&](const Json& reason) { String(reason, step.reason); });
  witness.push_back(std::move(step));
}

void Reader::ReadExecution(const Json& value, Policy& policy) {
  Execution execution;
  OnlyFields(value, {"function", "program", "command", "witness"});
  Field(value, "function", Presence::kRequired,
        [&](const Json& function) { String(function, execution.function); });
  Field(value, "program", Presence::kOptional,
        [&](const Json& program) { String(program, execution.program); });
  Field(value, "command", Presence::kOptional,
        [&](const Json& command) { String(command, execution.command); });
  Field(value, "witness", Presence::kOptional, [&](const Json& witness) {
    Items(witness,
          [&](const Json& item) { ReadStep(item, execution.witness); });
  });
  policy.executes.push_back(std::move(execution));
}

void Reader::ReadCall(const Json& value, std::vector<Call>& calls) {
  Call call;
  OnlyFields(value, {"name", "number", "arguments", "witness"});
  Field(value, "name", Presence::kRequired,
        [&](const Json& name) { String(name, call.name); });
  Field(value, "number", Presence::kRequired,
        [&](const Json& number) { Integer(number, call.number); });
  Field(value, "arguments", Presence::kOptional, [&](const Json& arguments) {
    Items(arguments, [&](const Json& item) { ReadRule(item, call); });
  });
  Field(value, "witness", Presence::kOptional, [&](const Json& witness) {
    Items(witness, [&](const Json& item) { ReadStep(item, call.witness); });
  });
  calls.push_back(std::move(call));
}

absl::StatusOr<Policy> Reader::Read(absl::string_view text,
                                    absl::string_view origin) {
  Policy policy;
  const Json root = Parse(text);
  // The version first: a newer one may have other fields.
  ReadVersion(root);
  OnlyFields(root,
             {"schema_version", "architecture", "program", "install_point",
              "mode", "errno", "max_known", "incomplete", "modules", "calls",
              "startup_calls", "exec_policy", "executes"});
  ReadHead(root, policy);
  Field(root, "incomplete", Presence::kRequired, [&](const Json& value) {
    Items(value, [&](const Json& item) { ReadIncomplete(item, policy); });
  });
  Field(root, "modules", Presence::kOptional, [&](const Json& value) {
    Items(value, [&](const Json& item) { ReadModule(item, policy); });
  });
  Field(root, "calls", Presence::kRequired, [&](const Json& value) {
    Items(value, [&](const Json& item) { ReadCall(item, policy.calls); });
  });
  Field(root, "startup_calls", Presence::kOptional, [&](const Json& value) {
    Items(value,
          [&](const Json& item) { ReadCall(item, policy.startup_calls); });
  });
  Field(root, "exec_policy", Presence::kOptional, [&](const Json& value) {
    std::string text;
    String(value, text);
    std::optional<ExecChoice> choice = ParseExecChoice(text);
    if (!choice) {
      return Fail(absl::StrCat("\"", text, "\" is none of inherited, block, ",
                               "shared, per-program, supervised"));
    }
    policy.exec_choice = *choice;
  });
  Field(root, "executes", Presence::kOptional, [&](const Json& value) {
    Items(value, [&](const Json& item) { ReadExecution(item, policy); });
  });
  if (!failed()) {
    if (absl::Status status = Validate(policy); !status.ok()) {
      Fail(std::string(status.message()));
    }
  }
  if (failed()) {
    return absl::InvalidArgumentError(absl::StrCat(origin, ": ", error_));
  }
  return policy;
}

void AppendWitness(const std::vector<WitnessStep>& witness, OrderedJson& json) {
  for (const WitnessStep& step : witness) {
    OrderedJson item = {{"function", step.function}};
    if (!step.place.empty()) item["place"] = step.place;
    if (!step.reason.empty()) item["reason"] = step.reason;
    json["witness"].push_back(std::move(item));
  }
}

OrderedJson ExecutionToJson(const Execution& execution) {
  OrderedJson json = {{"function", execution.function}};
  if (!execution.program.empty()) json["program"] = execution.program;
  if (!execution.command.empty()) json["command"] = execution.command;
  AppendWitness(execution.witness, json);
  return json;
}

OrderedJson CallToJson(const Call& call) {
  OrderedJson json = {{"name", call.name}, {"number", call.number}};
  for (const ArgumentRule& rule : call.arguments) {
    OrderedJson values = OrderedJson::array();
    for (uint64_t value : rule.values) {
      values.push_back(absl::StrCat("0x", absl::Hex(value)));
    }
    json["arguments"].push_back({{"index", rule.index},
                                 {"width", rule.width},
                                 {"values", std::move(values)}});
  }
  AppendWitness(call.witness, json);
  return json;
}

// Names come from programs: bytes that are not UTF-8 are replaced, not fatal.
std::string Dump(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

// A list with one item a line, so that two policies can be compared by eye.
void AppendList(std::string& text, absl::string_view name,
                const std::vector<std::string>& items) {
  absl::StrAppend(&text, ",\n\"", name, "\":[");
  const char* separator = "\n";
  for (const std::string& item : items) {
    absl::StrAppend(&text, separator, item);
    separator = ",\n";
  }
  text.push_back(']');
}

std::vector<std::string> DumpCalls(const std::vector<Call>& calls) {
  std::vector<std::string> items;
  items.reserve(calls.size());
  for (const Call& call : calls) items.push_back(Dump(CallToJson(call)));
  return items;
}

}  // namespace

absl::StatusOr<Policy> ReadPolicy(absl::string_view json,
                                  absl::string_view origin) {
  return Reader().Read(json, origin);
}

std::string WritePolicy(const Policy& policy) {
  const bool has_execs =
      policy.exec_choice != ExecChoice::kInherited || !policy.executes.empty();
  OrderedJson head = {
      {"schema_version",
       has_execs ? kSchemaVersionOfExecs.data() : kSchemaVersion.data()},
      {"architecture", policy.architecture},
      {"program", policy.program},
      {"install_point", std::string(ToString(policy.install_point))},
      {"mode", std::string(ToString(policy.mode))}};
  if (policy.mode == Mode::kErrno) head["errno"] = policy.errno_value;
  head["max_known"] = policy.max_known;
  if (policy.exec_choice != ExecChoice::kInherited) {
    head["exec_policy"] = std::string(ToString(policy.exec_choice));
  }
  std::string text = Dump(head);
  text.pop_back();  // the lists follow

  std::vector<std::string> items;
  items.reserve(policy.incomplete.size());
  for (const Incomplete& incomplete : policy.incomplete) {
    items.push_back(
        Dump({{"place", incomplete.place}, {"reason", incomplete.reason}}));
  }
  AppendList(text, "incomplete", items);
  items.clear();
  for (const Module& module : policy.modules) {
    OrderedJson item = {{"name", module.name}};
    if (!module.build_id.empty()) item["build_id"] = module.build_id;
    items.push_back(Dump(item));
  }
  AppendList(text, "modules", items);
  AppendList(text, "calls", DumpCalls(policy.calls));
  AppendList(text, "startup_calls", DumpCalls(policy.startup_calls));
  items.clear();
  for (const Execution& execution : policy.executes) {
    items.push_back(Dump(ExecutionToJson(execution)));
  }
  if (!items.empty()) AppendList(text, "executes", items);
  absl::StrAppend(&text, "}\n");
  return text;
}

}  // namespace chestnut::policy
