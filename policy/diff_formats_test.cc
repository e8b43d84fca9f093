#include "policy/diff_formats.h"

#include <cctype>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "policy/cause.h"
#include "policy/diff.h"
#include "policy/model.h"

namespace chestnut::policy {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

// One change of every kind.
ReviewedDiff MakeReview() {
  Policy was = EmptyPolicy("server|<x>", InstallPoint::kMain, Mode::kKill);
  was.calls.push_back({"getuid", 102, {}, {{"main", "a.c:2", ""}}});
  was.calls.push_back({"ioctl", 16, {{1, 32, {1}}}, {{"main", "a.c:2", ""}}});
  was.calls.push_back({"fcntl", 72, {{1, 32, {1, 2}}}, {}});
  was.incomplete = {{"a.c:4", "was not known"}};
  was.modules = {{"libc.so.6", "01"}};
  Policy is = EmptyPolicy("server|<x>", InstallPoint::kMain, Mode::kTrap);
  is.calls.push_back({"socket",
                      41,
                      {{0, 32, {2}}},
                      {{"main", "dir/a b.c:3", ""},
                       {"listen_on", "net.c:7", "called through a variable"},
                       {"socket", "libc.so.6+0x20", ""}}});
  is.calls.push_back({"ioctl", 16, {}, {{"main", "a.c:2", ""}}});
  is.calls.push_back({"fcntl", 72, {{1, 32, {1}}}, {}});
  is.startup_calls.push_back(
      {"getpid", 39, {}, {{"start", "libc.so.6+0x30", ""}}});
  is.incomplete = {{"net.c:9", "a name that is `not` known"}};
  is.modules = {{"libc.so.6", "02"}};
  Normalize(was);
  Normalize(is);
  ReviewedDiff review{.program = "server|<x>",
                      .before = "old.json",
                      .after = "policies/server.json",
                      .diff = ComparePolicies(was, is),
                      .causes = {},
                      .references = {{"connect", "main", "a.c:8", false},
                                     {"bind", "main", "a.c:8", true}}};
  review.causes = CausesOf(review.diff, was, is, {}, {});
  return review;
}

TEST(DiffJson, SaysAll) {
  const ReviewedDiff review = MakeReview();
  const Json json = Json::parse(DiffJson(review));
  EXPECT_EQ(json["kind"], "diff");
  EXPECT_EQ(json["schema_version"], "1.0");
  EXPECT_EQ(json["grew"], true);
  EXPECT_EQ(json["before"], "old.json");
  ASSERT_EQ(json["calls"].size(), review.diff.calls.size());
  const std::set<std::string> changes = {"added", "removed", "rules"};
  bool socket = false;
  for (const Json& call : json["calls"]) {
    EXPECT_TRUE(changes.count(call["change"]) == 1);
    EXPECT_TRUE(call["number"].is_number_integer());
    EXPECT_TRUE(call["reason"]["kind"].is_string());
    EXPECT_TRUE(call["witness"].is_array());
    if (call["name"] != "socket") continue;
    socket = true;
    EXPECT_EQ(call["grew"], true);
    EXPECT_EQ(call["reason"]["kind"], "new-function");
    EXPECT_EQ(call["reason"]["subject"], "listen_on");
    EXPECT_EQ(call["witness"].size(), 3U);
    EXPECT_EQ(call["arguments"][0]["values"][0], "AF_INET");
  }
  EXPECT_TRUE(socket);
  EXPECT_EQ(json["undecided"][0]["place"], "net.c:9");
  EXPECT_EQ(json["decided"][0]["place"], "a.c:4");
  EXPECT_EQ(json["modules"][0]["name"], "libc.so.6");
  EXPECT_EQ(json["references"][0]["symbol"], "connect");
  EXPECT_EQ(DiffJson(review), DiffJson(MakeReview()));
}

// What the OASIS standard requires of what is there (SARIF 2.1.0, 3.13 to
// 3.38), and what GitHub wants besides.
void CheckLocation(const Json& location) {
  const Json& physical = location.at("physicalLocation");
  const std::string uri = physical.at("artifactLocation").at("uri");
  EXPECT_FALSE(uri.empty());
  for (char c : uri) {
    EXPECT_TRUE(std::isgraph(static_cast<unsigned char>(c)) != 0 && c != '<' &&
                c != '>' && c != '|' && c != '"')
        << uri;
  }
  EXPECT_GE(physical.at("region").at("startLine").get<int>(), 1);
  if (location.contains("logicalLocations")) {
    for (const Json& logical : location["logicalLocations"]) {
      EXPECT_TRUE(logical.at("fullyQualifiedName").is_string());
      EXPECT_EQ(logical.at("kind"), "function");
    }
  }
}

void CheckResult(const Json& result, const Json& rules) {
  const auto index = result.at("ruleIndex").get<size_t>();
  ASSERT_LT(index, rules.size());
  EXPECT_EQ(rules[index].at("id"), result.at("ruleId"));
  EXPECT_TRUE(result.at("level") == "warning" || result.at("level") == "note");
  EXPECT_FALSE(result.at("message").at("text").get<std::string>().empty());
  ASSERT_EQ(result.at("locations").size(), 1U);
  CheckLocation(result["locations"][0]);
  EXPECT_TRUE(result.at("partialFingerprints").at("chestnut/v1").is_string());
  if (!result.contains("codeFlows")) return;
  for (const Json& flow : result["codeFlows"]) {
    ASSERT_TRUE(flow.at("threadFlows").is_array());
    for (const Json& thread : flow["threadFlows"]) {
      EXPECT_FALSE(thread.at("locations").empty());
      for (const Json& step : thread["locations"]) {
        CheckLocation(step.at("location"));
      }
    }
  }
}

TEST(DiffSarif, HasWhatTheStandardRequires) {
  const Json log = Json::parse(DiffSarif(MakeReview()));
  EXPECT_EQ(log.at("version"), "2.1.0");
  EXPECT_TRUE(log.at("$schema").is_string());
  ASSERT_TRUE(log.at("runs").is_array());
  ASSERT_EQ(log["runs"].size(), 1U);
  const Json& run = log["runs"][0];
  const Json& driver = run.at("tool").at("driver");
  EXPECT_EQ(driver.at("name"), "chestnut");
  std::set<std::string> ids;
  for (const Json& rule : driver.at("rules")) {
    EXPECT_TRUE(ids.insert(rule.at("id")).second);
    EXPECT_TRUE(rule.at("shortDescription").at("text").is_string());
  }
  ASSERT_TRUE(run.at("results").is_array());
  std::set<std::string> used;
  std::set<std::string> fingerprints;
  for (const Json& result : run["results"]) {
    CheckResult(result, driver["rules"]);
    used.insert(result.at("ruleId"));
    EXPECT_TRUE(
        fingerprints.insert(result["partialFingerprints"]["chestnut/v1"])
            .second);
  }
  EXPECT_EQ(used, ids);
}

TEST(DiffSarif, PutsACallWhereItsWayLeavesTheSource) {
  const Json log = Json::parse(DiffSarif(MakeReview()));
  bool socket = false;
  bool getpid = false;
  for (const Json& result : log["runs"][0]["results"]) {
    if (!result.contains("properties")) continue;
    const Json& place = result["locations"][0]["physicalLocation"];
    if (result["properties"]["call"] == "socket") {
      socket = true;
      EXPECT_EQ(place["artifactLocation"]["uri"], "net.c");
      EXPECT_EQ(place["region"]["startLine"], 7);
      EXPECT_EQ(
          result["codeFlows"][0]["threadFlows"][0]["locations"][0]["location"]
                ["physicalLocation"]["artifactLocation"]["uri"],
          "dir/a%20b.c");
    }
    if (result["properties"]["call"] == "getpid") {
      getpid = true;
      EXPECT_EQ(place["artifactLocation"]["uri"], "policies/server.json");
    }
  }
  EXPECT_TRUE(socket);
  EXPECT_TRUE(getpid);
}

TEST(DiffSarif, NothingChanged) {
  ReviewedDiff review;
  review.after = "b.json";
  const Json log = Json::parse(DiffSarif(review));
  EXPECT_TRUE(log["runs"][0]["results"].empty());
  EXPECT_TRUE(log["runs"][0]["results"].is_array());
}

TEST(DiffMarkdown, IsATableThatNothingBreaks) {
  const std::string text = DiffMarkdown(MakeReview());
  EXPECT_THAT(text, HasSubstr("### server\\|\\<x>: the policy allows more"));
  EXPECT_THAT(text, HasSubstr("| + | **socket** | new function listen\\_on | "
                              "net.c:7 |\n"));
  EXPECT_THAT(text, HasSubstr("| - | **getuid** |"));
  EXPECT_THAT(text, HasSubstr("<details>"));
  EXPECT_THAT(text, HasSubstr("a name that is \\`not\\` known"));
  EXPECT_EQ(DiffMarkdown(ReviewedDiff()), "");
}

}  // namespace
}  // namespace chestnut::policy
