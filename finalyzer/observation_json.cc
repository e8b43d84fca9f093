#include "finalyzer/observation_json.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
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
#include "finalyzer/observation.h"
#include "nlohmann/json.hpp"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr Abi kAbis[] = {Abi::kX86_64, Abi::kX32, Abi::kI386, Abi::kOther};
constexpr Answer kAnswers[] = {Answer::kAllowed, Answer::kContinued,
                               Answer::kDenied};
constexpr const char* kKinds[] = {"zero", "positive", "negative", "address"};
constexpr int kMostArguments = 6;
// More than anybody keeps; what is beyond it was not written by us.
constexpr size_t kMostFrames = 64;

std::string Hexadecimal(uint64_t value) {
  return absl::StrCat("0x", absl::Hex(value));
}

// Reads one document and keeps the first error; after it, every step does
// nothing.
class Reader {
 public:
  absl::StatusOr<Observations> Read(absl::string_view text,
                                    absl::string_view origin);

 private:
  void Fail(absl::string_view message) {
    if (error_.empty()) error_ = absl::StrCat(place_, message);
  }
  bool failed() const { return !error_.empty(); }

  // The field, or null with an error where it has to be there.
  const Json* Field(const Json& object, const char* name, bool required = true);
  bool IsList(const Json* value);
  bool OnlyFields(const Json& object, std::initializer_list<const char*> known);
  std::string Text(const Json& object, const char* name);
  uint64_t Number(const Json& object, const char* name, uint64_t most);
  bool Flag(const Json& object, const char* name);
  uint64_t Address(const Json& value);
  Place ReadPlace(const Json& value);
  ArgumentSeen ReadArgument(const Json& value, int& index);
  void ReadCall(const Json& value, Observations& observations);
  void ReadHead(const Json& root, Observations& observations);

  std::string place_;
  std::string error_;
};

const Json* Reader::Field(const Json& object, const char* name, bool required) {
  if (failed()) return nullptr;
  if (!object.is_object()) {
    Fail("this is not an object");
    return nullptr;
  }
  auto found = object.find(name);
  if (found != object.end()) return &*found;
  if (required) Fail(absl::StrCat("field \"", name, "\" is missing"));
  return nullptr;
}

bool Reader::IsList(const Json* value) {
  if (value == nullptr) return false;
  if (!value->is_array()) Fail("a list is expected where there is none");
  return value->is_array();
}

bool Reader::OnlyFields(const Json& object,
                        std::initializer_list<const char*> known) {
  if (!object.is_object()) {
    Fail("this is not an object");
    return false;
  }
  for (const auto& [name, value] : object.items()) {
    bool found = false;
    for (const char* field : known) found = found || name == field;
    if (!found) Fail(absl::StrCat("unknown field \"", name, "\""));
  }
  return !failed();
}

std::string Reader::Text(const Json& object, const char* name) {
  const Json* value = Field(object, name);
  if (value == nullptr) return "";
  if (!value->is_string()) {
    Fail(absl::StrCat("\"", name, "\" is not a string"));
    return "";
  }
  return value->get<std::string>();
}

uint64_t Reader::Number(const Json& object, const char* name, uint64_t most) {
  const Json* value = Field(object, name);
  if (value == nullptr) return 0;
  if (!value->is_number_unsigned() || value->get<uint64_t>() > most) {
    Fail(absl::StrCat("\"", name, "\" is not a whole number from 0 to ", most));
    return 0;
  }
  return value->get<uint64_t>();
}

bool Reader::Flag(const Json& object, const char* name) {
  const Json* value = Field(object, name, false);
  if (value == nullptr) return false;
  if (!value->is_boolean()) {
    Fail(absl::StrCat("\"", name, "\" is no yes or no"));
  }
  return value->is_boolean() && value->get<bool>();
}

uint64_t Reader::Address(const Json& value) {
  uint64_t number = 0;
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  absl::string_view digits = text;
  if (!absl::ConsumePrefix(&digits, "0x") || digits.empty() ||
      digits.size() > 16 || !absl::ascii_isxdigit(digits[0]) ||
      !absl::SimpleHexAtoi(digits, &number)) {
    Fail("a value is written as a hexadecimal string like \"0x1f\"");
  }
  return number;
}

Place Reader::ReadPlace(const Json& value) {
  Place place;
  if (!OnlyFields(value, {"module", "offset"})) return place;
  place.module = Text(value, "module");
  const Json* offset = Field(value, "offset");
  if (offset != nullptr) place.offset = Address(*offset);
  return place;
}

ArgumentSeen Reader::ReadArgument(const Json& value, int& index) {
  ArgumentSeen seen;
  if (!OnlyFields(value, {"index", "kinds", "values", "any"})) return seen;
  index = static_cast<int>(Number(value, "index", kMostArguments - 1));
  const Json* kinds = Field(value, "kinds");
  if (IsList(kinds)) {
    for (const Json& item : *kinds) {
      bool known = false;
      for (const char* kind : kKinds) known |= item == kind;
      if (!known) return Fail("this kind of argument is not known"), seen;
      seen.kinds.insert(item.get<std::string>());
    }
  }
  const Json* values = Field(value, "values", false);
  if (values != nullptr && IsList(values)) {
    for (const Json& item : *values) seen.values.insert(Address(item));
  }
  seen.any = Flag(value, "any");
  if (seen.values.size() > kMostValues || (seen.any && !seen.values.empty())) {
    Fail("an argument has too many values");
  }
  return seen;
}

void Reader::ReadCall(const Json& value, Observations& observations) {
  if (!OnlyFields(value, {"program", "abi", "number", "name", "answer", "place",
                          "stack", "arguments", "count"})) {
    return;
  }
  CallSite site;
  site.program = Text(value, "program");
  const std::string abi = Text(value, "abi");
  const std::string answer = Text(value, "answer");
  std::optional<Abi> found_abi;
  std::optional<Answer> found_answer;
  for (Abi known : kAbis) {
    if (ToString(known) == abi) found_abi = known;
  }
  for (Answer known : kAnswers) {
    if (ToString(known) == answer) found_answer = known;
  }
  if (!found_abi) Fail("\"abi\" is none of x86_64, x32, i386, other");
  if (!found_answer) Fail("\"answer\" is none of allowed, continued, denied");
  if (failed()) return;
  site.abi = *found_abi;
  site.answer = *found_answer;
  site.number = static_cast<int>(
      Number(value, "number", std::numeric_limits<int>::max()));
  // The name is for people; one that does not fit would deceive them.
  const Json* name = Field(value, "name", false);
  if (name != nullptr && (site.abi != Abi::kX86_64 ||
                          *name != syscalls::NameOrNumber(site.number))) {
    Fail("\"name\" is not that of \"number\"");
  }
  if (const Json* place = Field(value, "place")) site.place = ReadPlace(*place);
  Seen seen;
  seen.count = Number(value, "count", std::numeric_limits<int64_t>::max());
  const Json* stack = Field(value, "stack", false);
  if (stack != nullptr && IsList(stack)) {
    if (stack->size() > kMostFrames) Fail("the stack is too long");
    for (const Json& frame : *stack) {
      if (failed()) return;
      seen.stack.push_back(ReadPlace(frame));
    }
  }
  const Json* arguments = Field(value, "arguments", false);
  if (arguments != nullptr && IsList(arguments)) {
    for (const Json& item : *arguments) {
      int index = 0;
      ArgumentSeen argument = ReadArgument(item, index);
      if (failed()) return;
      if (!seen.arguments.emplace(index, std::move(argument)).second) {
        return Fail("an argument is given twice");
      }
    }
  }
  if (failed()) return;
  if (!observations.calls.emplace(std::move(site), std::move(seen)).second) {
    Fail("this call is given twice");
  }
}

void Reader::ReadHead(const Json& root, Observations& observations) {
  const std::string version = Text(root, "schema_version");
  if (failed()) return;
  const std::vector<std::string> parts = absl::StrSplit(version, '.');
  uint32_t minor = 0;
  if (parts.size() != 2 || parts[0] != "1" ||
      !absl::SimpleAtoi(parts[1], &minor)) {
    return Fail(absl::StrCat("schema_version is \"", version,
                             "\"; this program reads version ",
                             kObservationVersion, ": run it again"));
  }
  if (!OnlyFields(root, {"schema_version", "kind", "program", "policy",
                         "recorded", "runs", "complete", "calls"})) {
    return;
  }
  if (Text(root, "kind") != "observations") Fail("this holds no observations");
  observations.program = Text(root, "program");
  observations.policy_digest = Text(root, "policy");
  const std::string recorded = Text(root, "recorded");
  if (recorded != "all" && recorded != "missing") {
    Fail("\"recorded\" is none of all, missing");
  }
  observations.recorded =
      recorded == "all" ? Recorded::kAll : Recorded::kMissing;
  observations.runs = Number(root, "runs", std::numeric_limits<int32_t>::max());
  observations.complete = Flag(root, "complete");
}

absl::StatusOr<Observations> Reader::Read(absl::string_view text,
                                          absl::string_view origin) {
  Observations observations;
  const Json root = Json::parse(text.begin(), text.end(), nullptr,
                                /*allow_exceptions=*/false);
  if (root.is_discarded()) {
    Fail("this is not JSON, or it was cut off; run it again");
  } else {
    ReadHead(root, observations);
  }
  const Json* calls = Field(root, "calls");
  if (IsList(calls)) {
    for (size_t i = 0; i < calls->size() && !failed(); ++i) {
      place_ = absl::StrCat("calls[", i, "]: ");
      ReadCall((*calls)[i], observations);
    }
  }
  if (failed()) {
    return absl::InvalidArgumentError(absl::StrCat(origin, ": ", error_));
  }
  return observations;
}

OrderedJson PlaceToJson(const Place& place) {
  return {{"module", place.module}, {"offset", Hexadecimal(place.offset)}};
}

OrderedJson ArgumentToJson(int index, const ArgumentSeen& seen) {
  OrderedJson json = {{"index", index}, {"kinds", seen.kinds}};
  if (seen.any) json["any"] = true;
  for (uint64_t value : seen.values) {
    json["values"].push_back(Hexadecimal(value));
  }
  return json;
}

OrderedJson CallToJson(const CallSite& site, const Seen& seen) {
  OrderedJson json = {{"program", site.program},
                      {"abi", std::string(ToString(site.abi))},
                      {"number", site.number}};
  if (site.abi == Abi::kX86_64) {
    json["name"] = syscalls::NameOrNumber(site.number);
  }
  json["answer"] = std::string(ToString(site.answer));
  json["count"] = seen.count;
  json["place"] = PlaceToJson(site.place);
  for (const Place& frame : seen.stack) {
    json["stack"].push_back(PlaceToJson(frame));
  }
  for (const auto& [index, argument] : seen.arguments) {
    json["arguments"].push_back(ArgumentToJson(index, argument));
  }
  return json;
}

// Names come from programs: bytes that are not UTF-8 are replaced, not fatal.
std::string Dump(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace

std::string WriteObservations(const Observations& observations) {
  std::string text =
      Dump({{"schema_version", std::string(kObservationVersion)},
            {"kind", "observations"},
            {"program", observations.program},
            {"policy", observations.policy_digest},
            {"recorded",
             observations.recorded == Recorded::kAll ? "all" : "missing"},
            {"runs", observations.runs},
            {"complete", observations.complete}});
  text.pop_back();  // the calls follow
  absl::StrAppend(&text, ",\n\"calls\":[");
  const char* separator = "\n";
  for (const auto& [site, seen] : observations.calls) {
    absl::StrAppend(&text, separator, Dump(CallToJson(site, seen)));
    separator = ",\n";
  }
  absl::StrAppend(&text, "]}\n");
  return text;
}

absl::StatusOr<Observations> ReadObservations(absl::string_view json,
                                              absl::string_view origin) {
  return Reader().Read(json, origin);
}

}  // namespace chestnut::finalyzer
