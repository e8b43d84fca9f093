#include "test/callgraph/expectation.h"

#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace chestnut::test {
namespace {

constexpr absl::string_view kMark = "// expect-";

constexpr std::array<absl::string_view, 12> kKinds = {
    "arguments",  "call",         "complete",    "edge",
    "incomplete", "no-call",      "no-edge",     "no-startup-call",
    "reachable",  "startup-call", "unreachable", "unconstrained"};

// "run(int)" is meant by "run", "N::C::~C()" by "N::C::~C".
std::string Readable(const std::string& name) {
  // Without that prefix the demangler reads types: "f" is float.
  if (!absl::StartsWith(name, "_Z")) return name;
  int status = 0;
  char* demangled =
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
  if (demangled == nullptr) return name;
  std::string text = demangled;
  std::free(demangled);
  // `operator()` keeps its own parentheses.
  size_t from = text.find("operator()");
  from = from == std::string::npos ? 0 : from + 10;
  return text.substr(0, text.find('(', from));
}

bool IsMeant(absl::string_view expected, const std::string& name) {
  return expected == name || expected == Readable(name);
}

std::string CallNames(const std::vector<policy::Call>& calls) {
  return absl::StrJoin(calls, " ",
                       [](std::string* out, const policy::Call& call) {
                         absl::StrAppend(out, call.name);
                       });
}

const policy::Call* FindByName(const std::vector<policy::Call>& calls,
                               absl::string_view name) {
  for (const policy::Call& call : calls) {
    if (call.name == name) return &call;
  }
  return nullptr;
}

std::string CheckCall(const std::vector<policy::Call>& calls,
                      absl::string_view name, bool wanted) {
  const policy::Call* call = FindByName(calls, name);
  if ((call != nullptr) == wanted) return "";
  if (wanted) return absl::StrCat("the calls are: ", CallNames(calls));
  std::string chain =
      absl::StrJoin(call->witness, " -> ",
                    [](std::string* out, const policy::WitnessStep& step) {
                      absl::StrAppend(out, step.function, " ", step.place);
                      if (!step.reason.empty()) {
                        absl::StrAppend(out, " (", step.reason, ")");
                      }
                    });
  return absl::StrCat("it is allowed: ", chain);
}

std::string CheckEdge(const callgraph::Result& result, absl::string_view text,
                      bool wanted) {
  std::vector<std::string> ends = absl::StrSplit(text, " -> ");
  if (ends.size() != 2) return "not of the form CALLER -> CALLEE";
  std::vector<std::string> callees;
  for (const auto& [from, to] : result.edges) {
    if (!IsMeant(ends[0], from)) continue;
    if (IsMeant(ends[1], to)) {
      return wanted ? "" : "the edge is there";
    }
    callees.push_back(Readable(to));
  }
  if (!wanted) return "";
  return absl::StrCat(ends[0], " calls: ", absl::StrJoin(callees, " "));
}

std::string CheckReachable(const callgraph::Result& result,
                           absl::string_view name, bool wanted) {
  const bool reachable = std::any_of(
      result.reachable.begin(), result.reachable.end(),
      [name](const std::string& function) { return IsMeant(name, function); });
  if (reachable == wanted) return "";
  if (!wanted) return "it can run";
  std::vector<std::string> names;
  names.reserve(result.reachable.size());
  for (const std::string& function : result.reachable) {
    names.push_back(Readable(function));
  }
  return absl::StrCat("what can run: ", absl::StrJoin(names, " "));
}

// "NAME[INDEX]" and what stands after " = ".
bool ParseArgument(absl::string_view text, std::string& name, int& index,
                   std::vector<absl::string_view>& values) {
  std::pair<absl::string_view, absl::string_view> sides =
      absl::StrSplit(text, absl::MaxSplits(" = ", 1));
  absl::string_view place = sides.first;
  const size_t bracket = place.find('[');
  if (bracket == absl::string_view::npos || !absl::ConsumeSuffix(&place, "]") ||
      !absl::SimpleAtoi(place.substr(bracket + 1), &index)) {
    return false;
  }
  name = std::string(place.substr(0, bracket));
  values = absl::StrSplit(sides.second, ',', absl::SkipEmpty());
  return true;
}

std::string CheckArguments(const callgraph::Result& result,
                           absl::string_view text, bool constrained) {
  std::string name;
  int index = 0;
  std::vector<absl::string_view> expected;
  if (!ParseArgument(text, name, index, expected)) {
    return "not of the form NAME[INDEX] = N,N";
  }
  const policy::Call* call = FindByName(result.policy.calls, name);
  if (call == nullptr) {
    return absl::StrCat("the calls are: ", CallNames(result.policy.calls));
  }
  const policy::ArgumentRule* rule = nullptr;
  for (const policy::ArgumentRule& candidate : call->arguments) {
    if (candidate.index == index) rule = &candidate;
  }
  if (rule == nullptr) return constrained ? "it is unconstrained" : "";
  std::set<uint64_t> wanted;
  for (absl::string_view value : expected) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(value, &number)) return "not a number";
    const uint64_t mask = rule->width == 32 ? 0xffffffff : ~uint64_t{0};
    wanted.insert(static_cast<uint64_t>(number) & mask);
  }
  const std::set<uint64_t> found(rule->values.begin(), rule->values.end());
  if (constrained && wanted == found) return "";
  return absl::StrCat("its values are ", absl::StrJoin(found, ","));
}

std::string Incompletes(const policy::Policy& policy) {
  return absl::StrJoin(policy.incomplete, "; ",
                       [](std::string* out, const policy::Incomplete& entry) {
                         absl::StrAppend(out, entry.place, ": ", entry.reason);
                       });
}

std::string CheckIncomplete(const policy::Policy& policy,
                            absl::string_view part) {
  for (const policy::Incomplete& entry : policy.incomplete) {
    if (absl::StrContains(entry.place, part) ||
        absl::StrContains(entry.reason, part)) {
      return "";
    }
  }
  if (policy.incomplete.empty()) {
    return absl::StrCat("the policy is complete, its calls are: ",
                        CallNames(policy.calls));
  }
  return Incompletes(policy);
}

}  // namespace

absl::StatusOr<std::vector<Expectation>> ParseExpectations(
    absl::string_view source) {
  std::vector<Expectation> expectations;
  int line = 0;
  for (absl::string_view text : absl::StrSplit(source, '\n')) {
    ++line;
    const size_t at = text.find(kMark);
    if (at == absl::string_view::npos) continue;
    std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(
        text.substr(at + kMark.size()), absl::MaxSplits(": ", 1));
    Expectation expectation;
    expectation.line = line;
    expectation.kind = std::string(absl::StripAsciiWhitespace(parts.first));
    expectation.text = std::string(absl::StripAsciiWhitespace(parts.second));
    const bool alone = expectation.kind == "complete";
    if (std::find(kKinds.begin(), kKinds.end(), expectation.kind) ==
            kKinds.end() ||
        alone != expectation.text.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", line, ": no such expectation: ", text));
    }
    expectations.push_back(std::move(expectation));
  }
  if (expectations.empty()) {
    return absl::InvalidArgumentError("the fixture expects nothing");
  }
  return expectations;
}

std::string Check(const Expectation& expectation,
                  const callgraph::Result& result) {
  const std::string& kind = expectation.kind;
  const std::string& text = expectation.text;
  const policy::Policy& policy = result.policy;
  if (kind == "edge" || kind == "no-edge") {
    return CheckEdge(result, text, kind == "edge");
  }
  if (kind == "reachable" || kind == "unreachable") {
    return CheckReachable(result, text, kind == "reachable");
  }
  if (kind == "call" || kind == "no-call") {
    return CheckCall(policy.calls, text, kind == "call");
  }
  if (kind == "startup-call" || kind == "no-startup-call") {
    return CheckCall(policy.startup_calls, text, kind == "startup-call");
  }
  if (kind == "arguments" || kind == "unconstrained") {
    return CheckArguments(result, text, kind == "arguments");
  }
  if (kind == "incomplete") return CheckIncomplete(policy, text);
  if (policy.incomplete.empty()) return "";
  return absl::StrCat("it is incomplete: ", Incompletes(policy));
}

}  // namespace chestnut::test
