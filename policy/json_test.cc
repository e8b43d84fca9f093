#include "policy/json.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "policy/always.h"
#include "policy/model.h"

namespace chestnut::policy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Policy Example() {
  Policy policy = EmptyPolicy("cp", InstallPoint::kMain, Mode::kKill);
  policy.modules = {{"libc.so.6", "a1b2"}, {"libm.so.6", ""}};
  policy.incomplete = {{"plugin.c:7", "dlopen of an unknown name"}};
  policy.calls.push_back(
      {"openat",
       257,
       {{2, 32, {0, 0x80000}}},
       {{"main", "cp.c:7", ""}, {"open", "libc.so.6+0xf7e40", "by pointer"}}});
  policy.calls.push_back({"lseek", 8, {{1, 64, {0x1234567890}}}, {}});
  policy.startup_calls = {{"execve", 59, {}, {}}};
  Normalize(policy);
  return policy;
}

constexpr char kSmall[] = R"({"schema_version": "1.0", "architecture": "x86_64",
  "program": "p", "install_point": "main", "mode": "kill", "max_known": 471,
  "incomplete": [], "calls": [
    {"name": "ioctl", "number": 16, "arguments": [
       {"index": 1, "width": 32, "values": ["0x5401", "0x5413"]}]},
    {"name": "rt_sigreturn", "number": 15},
    {"name": "restart_syscall", "number": 219}]})";

// kSmall in order, changed in one place.
std::string Changed(const std::string& from, const std::string& to) {
  std::string text = absl::StrReplaceAll(
      kSmall,
      {{R"({"name": "rt_sigreturn", "number": 15},)", ""},
       {R"({"name": "ioctl")",
        R"({"name": "rt_sigreturn", "number": 15}, {"name": "ioctl")"}});
  EXPECT_THAT(text, HasSubstr(from));
  return absl::StrReplaceAll(text, {{from, to}});
}

std::string Refusal(const std::string& from, const std::string& to) {
  absl::StatusOr<Policy> policy = ReadPolicy(Changed(from, to), "x.json");
  EXPECT_FALSE(policy.ok()) << to;
  const std::string message(policy.status().message());
  EXPECT_THAT(message, AllOf(StartsWith("x.json: "), Not(HasSubstr("\n"))));
  return message;
}

TEST(JsonTest, ReadsBackWhatItWrote) {
  for (Mode mode : {Mode::kKill, Mode::kErrno, Mode::kTrap, Mode::kLog}) {
    Policy policy = Example();
    policy.mode = mode;
    if (mode == Mode::kErrno) policy.errno_value = 13;
    AddAlwaysNeeded(policy);
    const std::string text = WritePolicy(policy);
    absl::StatusOr<Policy> read = ReadPolicy(text, "x");
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, policy);
    EXPECT_EQ(WritePolicy(*read), text);
  }
}

TEST(JsonTest, WritesTheFormOfTheSchema) {
  const nlohmann::json json = nlohmann::json::parse(WritePolicy(Example()));
  EXPECT_EQ(json["schema_version"], "1.0");
  EXPECT_EQ(json["install_point"], "main");
  EXPECT_EQ(json["calls"][3]["name"], "openat");
  EXPECT_EQ(json["calls"][3]["arguments"][0]["values"][1], "0x80000");
  EXPECT_EQ(json["calls"][3]["witness"][1]["place"], "libc.so.6+0xf7e40");
  EXPECT_FALSE(json.contains("errno"));
}

TEST(JsonTest, WhatIsExecutedTakesTheNextVersion) {
  Policy policy = Example();
  AddAlwaysNeeded(policy);
  policy.executes = {
      {.function = "execvp", .program = "", .command = "", .witness = {}},
      {.function = "system",
       .program = "/bin/sh",
       .command = "ls -l",
       .witness = {
           {.function = "main", .place = "cp.c:7", .reason = "starts"}}}};
  const std::string text = WritePolicy(policy);
  EXPECT_THAT(text, HasSubstr("\"schema_version\":\"1.1\""));
  absl::StatusOr<Policy> read = ReadPolicy(text, "x");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, policy);
  for (ExecChoice choice : {ExecChoice::kBlock, ExecChoice::kShared,
                            ExecChoice::kPerProgram, ExecChoice::kSupervised}) {
    Policy chosen = Example();
    AddAlwaysNeeded(chosen);
    chosen.exec_choice = choice;
    read = ReadPolicy(WritePolicy(chosen), "x");
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, chosen);
  }
  EXPECT_THAT(Refusal("\"mode\"", "\"exec_policy\": \"free\", \"mode\""),
              HasSubstr("none of inherited, block, shared"));
}

TEST(JsonTest, OneEntryForEachThingThatIsExecuted) {
  Policy policy = Example();
  const WitnessStep far = {.function = "far", .place = "", .reason = ""};
  policy.executes = {
      {.function = "execl", .program = "/b", .command = "", .witness = {far}},
      {.function = "execl",
       .program = "/a",
       .command = "",
       .witness = {far, far}},
      {.function = "execl", .program = "/a", .command = "", .witness = {far}}};
  Normalize(policy);
  ASSERT_EQ(policy.executes.size(), 2u);
  EXPECT_EQ(policy.executes[0].program, "/a");
  EXPECT_EQ(policy.executes[0].witness.size(), 1u);
}

TEST(JsonTest, ReadsAPolicyWithoutOptionalFields) {
  absl::StatusOr<Policy> policy = ReadPolicy(Changed("p", "p"), "x");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->calls[1].arguments[0].values[1], 0x5413u);
}

TEST(JsonTest, RefusesOtherVersionsByName) {
  EXPECT_THAT(Refusal("\"1.0\"", "\"2.0\""),
              AllOf(HasSubstr("\"2.0\""), HasSubstr("1.0")));
  EXPECT_THAT(Refusal("\"1.0\"", "\"1\""), HasSubstr("schema_version"));
  EXPECT_THAT(Refusal("\"schema_version\": \"1.0\",", ""),
              HasSubstr("\"schema_version\" is missing"));
  // A newer version is named even if its fields are others.
  EXPECT_THAT(Refusal("\"1.0\"", "\"3.1\", \"new\": 1"), HasSubstr("\"3.1\""));
  EXPECT_TRUE(ReadPolicy(Changed("\"1.0\"", "\"1.4\""), "x").ok());
}

TEST(JsonTest, RefusesUnknownFieldsAndCalls) {
  EXPECT_THAT(Refusal("\"mode\"", "\"mood\": 1, \"mode\""),
              HasSubstr("unknown field \"mood\""));
  EXPECT_THAT(Refusal("\"width\"", "\"mask\": 1, \"width\""),
              AllOf(HasSubstr("calls[1].arguments[0]"),
                    HasSubstr("unknown field \"mask\"")));
  EXPECT_THAT(Refusal("\"ioctl\"", "\"ioctrl\""),
              HasSubstr("unknown call \"ioctrl\""));
  EXPECT_THAT(Refusal("\"number\": 16", "\"number\": 17"),
              HasSubstr("ioctl has number 16, not 17"));
}

TEST(JsonTest, RefusesFieldsGivenTwice) {
  EXPECT_THAT(Refusal("\"mode\"", "\"mode\": \"log\", \"mode\""),
              HasSubstr("\"mode\" is given twice"));
}

TEST(JsonTest, RefusesValuesOfTheWrongKind) {
  EXPECT_THAT(Refusal("\"kill\"", "\"none\""), HasSubstr("none of kill"));
  EXPECT_THAT(Refusal("\"kill\"", "7"),
              HasSubstr("mode: this is not a string"));
  EXPECT_THAT(Refusal("\"main\"", "\"start\""), HasSubstr("install_point"));
  EXPECT_THAT(Refusal("471", "-1"), HasSubstr("max_known"));
  EXPECT_THAT(Refusal("471", "4.5"), HasSubstr("max_known"));
  EXPECT_THAT(Refusal("471", "99999999999"), HasSubstr("max_known"));
  EXPECT_THAT(Refusal("\"0x5401\"", "\"5401\""), HasSubstr("hexadecimal"));
  EXPECT_THAT(Refusal("\"0x5401\"", "\"0x\""), HasSubstr("hexadecimal"));
  EXPECT_THAT(Refusal("\"0x5401\"", "\"0x12345678901234567\""),
              HasSubstr("hexadecimal"));
  EXPECT_THAT(Refusal("\"0x5401\"", "21505"), HasSubstr("values[0]"));
  EXPECT_THAT(Refusal("\"incomplete\": []", "\"incomplete\": {}"),
              HasSubstr("incomplete: this is not a list"));
  EXPECT_THAT(Refusal("\"mode\"", "\"errno\": 1, \"mode\""),
              HasSubstr("only mode errno"));
}

TEST(JsonTest, RefusesWhatIsNoJsonObject) {
  for (const char* text : {"", "{", "[]", "null", "{\"a\":1,}", "\xff\xfe"}) {
    absl::StatusOr<Policy> policy = ReadPolicy(text, "x.json");
    EXPECT_FALSE(policy.ok());
    EXPECT_THAT(std::string(policy.status().message()),
                HasSubstr("x.json: this is not"));
  }
}

TEST(JsonTest, SurvivesDeepNesting) {
  EXPECT_FALSE(ReadPolicy(std::string(1000000, '['), "x").ok());
  EXPECT_FALSE(
      ReadPolicy(std::string(100000, '[') + std::string(100000, ']'), "x")
          .ok());
}

TEST(JsonTest, KeepsNamesThatAreNotUtf8Readable) {
  Policy policy = Example();
  policy.program = "a\xff\"b\n";
  EXPECT_TRUE(ReadPolicy(WritePolicy(policy), "x").ok());
}

}  // namespace
}  // namespace chestnut::policy
