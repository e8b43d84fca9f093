#include "report/report.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/model.h"
#include "report/html.h"
#include "report/witness_tree.h"
#include "syscalls/table.h"

namespace chestnut::report {
namespace {

using policy::Call;
using policy::Policy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Call Named(absl::string_view name, std::vector<policy::WitnessStep> witness) {
  const syscalls::Syscall& call = *syscalls::FindByName(name);
  return {std::string(name), call.number, {}, std::move(witness)};
}

Policy Server() {
  Policy policy = policy::EmptyPolicy("server", policy::InstallPoint::kMain,
                                      policy::Mode::kKill);
  policy.calls.push_back(Named("openat", {{"main", "s.c:3", "start"},
                                          {"open<T>", "libc.so.6+0x10", ""}}));
  policy.calls.push_back(
      Named("ptrace", {{"main", "s.c:3", "start"}, {"Attach", "", ""}}));
  Normalize(policy);
  return policy;
}

TEST(WitnessTreeTest, WhatChainsShareIsSaidOnce) {
  const std::vector<WitnessNode> roots =
      WitnessTree({Named("openat", {{"main", "", ""}, {"a", "", ""}}),
                   Named("close", {{"main", "", ""}, {"a", "", ""}}),
                   Named("write", {{"main", "", ""}}), Named("read", {})});
  ASSERT_EQ(roots.size(), 1);
  EXPECT_THAT(roots[0].calls, ElementsAre("write"));
  ASSERT_EQ(roots[0].children.size(), 1);
  EXPECT_THAT(roots[0].children[0].calls, ElementsAre("close", "openat"));
  EXPECT_EQ(CallCount(roots[0]), 3);
}

TEST(ReportTest, SaysWhatIsAllowedWhyAndWhere) {
  const std::string page = WritePage({{"server", Server(), {}, {}}});
  EXPECT_THAT(page, HasSubstr("<h2 id=\"server-h\">server</h2>"));
  EXPECT_THAT(page, HasSubstr("Any other call kills the process"));
  EXPECT_THAT(page, HasSubstr("<a href=\"#server-ptrace\">ptrace</a>"));
  EXPECT_THAT(page, HasSubstr("<b id=\"server-ptrace\">"));
  EXPECT_THAT(page, HasSubstr("open&lt;T&gt;"));
  EXPECT_THAT(page, HasSubstr("<td>libc.so.6</td>"));
  EXPECT_THAT(page, HasSubstr(" execveat"));  // among the blocked
}

TEST(ReportTest, NeedsNothingFromElsewhere) {
  const std::string page = WritePage({{"server", Server(), {}, {}}});
  for (const char* word : {"http:", "https:", "src=", "@import", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(word)));
  }
}

TEST(ReportTest, EveryLinkLeadsSomewhereAndIdsAreUnique) {
  const std::string page =
      WritePage({{"a b", Server(), {}, {}}, {"a-b", Server(), {}, {}}}) +
      WritePage(std::vector<Subject>(20, {"many", Server(), {}, {}}));
  std::set<std::string> ids;
  for (size_t at = page.find(" id=\""); at != std::string::npos;
       at = page.find(" id=\"", at + 1)) {
    const std::string id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
    // Each page has these.
    EXPECT_TRUE(ids.insert(id).second || id == "filter" || id == "main") << id;
  }
  for (size_t at = page.find("href=\"#"); at != std::string::npos;
       at = page.find("href=\"#", at + 1)) {
    const std::string id = page.substr(at + 7, page.find('"', at + 7) - at - 7);
    EXPECT_TRUE(ids.contains(id)) << id;
  }
}

TEST(ReportTest, ChangesAndTheOtherAnalysis) {
  Policy before = Server();
  std::erase_if(before.calls,
                [](const Call& call) { return call.name == "ptrace"; });
  Policy other = Server();
  other.calls.push_back(Named("sync", {}));
  Normalize(other);
  const std::string page = WritePage({{"server", Server(), before, other}});
  EXPECT_THAT(page, HasSubstr("added: <code>ptrace</code>"));
  EXPECT_THAT(page, HasSubstr("Only there: <code>sync</code>"));
  EXPECT_THAT(WritePage({{"server", Server(), Server(), {}}}),
              HasSubstr("Nothing changed."));
}

TEST(ReportTest, IncompletePoliciesStandOut) {
  Policy open = Server();
  open.incomplete = {{"a.c:1", "unknown <number>"}};
  EXPECT_THAT(WritePage({{"server", open, {}, {}}}),
              HasSubstr("<code>a.c:1</code>: unknown &lt;number&gt;"));
}

// A page of many says once what their ways have in common.
TEST(ReportTest, ManyPoliciesShareTheirNames) {
  std::vector<Subject> few(2, {"server", Server(), {}, {}});
  std::vector<Subject> many(20, {"server", Server(), {}, {}});
  const std::string page = WritePage(many);
  EXPECT_THAT(page, HasSubstr("<template id=\"names\">"));
  EXPECT_THAT(page, HasSubstr("id=\"server-20-why\" data-tree=\"[["));
  EXPECT_EQ(page.find("libc.so.6+0x10"), page.rfind("libc.so.6+0x10"));
  EXPECT_THAT(WritePage(few), Not(HasSubstr("<template")));
}

}  // namespace
}  // namespace chestnut::report
