// What build systems are made of: facts beside the objects, the policy of a
// link command and the program in two steps, policies compared and rewritten.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// `part` is only called by a program with arguments.
constexpr char kMain[] = R"(
#include <stdio.h>
void part(void);
int main(int argc, char** argv) {
  if (argc > 1) part();
  return puts("hello") < 0;
}
)";
constexpr char kPart[] = R"(
#include <unistd.h>
void part(void) { chroot("/nowhere"); }
)";

class KeptPoliciesTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    if (IsSkipped()) return;
    Write("main.c", kMain);
    Write("part.c", kPart);
    const Outcome done = Shell(
        "for unit in main part; do $REAL -O2 -c $unit.c && "
        "$BIN/chestnut-frontend -o $unit.facts -- $REAL -O2 -c $unit.c && "
        "printf '%s\\n' $unit.o $unit.facts >> list || exit; done; "
        "ar rc libpart.a part.o");
    ASSERT_EQ(done.status, 0) << done.err;
  }

  // The policy of a link, then the program, as a build system makes them.
  Outcome Link(const std::string& options, const std::string& command) const {
    return Shell("$BIN/chestnut link -o program --policy-only " + options +
                 " --policy-out policy.json --unit-facts list -- " + command +
                 " && $BIN/chestnut link -o program --policy policy.json -- " +
                 command);
  }
  std::string Calls() const {
    return Shell("$BIN/chestnut show --format names program").out;
  }
};

TEST_F(KeptPoliciesTest, FactsBesideObjectsServeAsThoseInThem) {
  for (const char* command :
       {"clang-19 main.o libpart.a -o elsewhere",
        "gcc -B/usr/bin main.o libpart.a -oelsewhere",
        "clang-19 -fuse-ld=lld -o elsewhere main.o libpart.a",
        "gcc -fuse-ld=gold main.o libpart.a"}) {
    const Outcome link = Link("", command);
    ASSERT_EQ(link.status, 0) << command << "\n" << link.err;
    EXPECT_FALSE(Exists("elsewhere")) << command;
    EXPECT_EQ(Execute({"./program"}).out, "hello\n") << command;
    EXPECT_THAT(Calls(), HasSubstr("chroot")) << command;
    EXPECT_THAT(Calls(), Not(HasSubstr("socket"))) << command;
    // By the source: machine code has no lines.
    EXPECT_THAT(Shell("$BIN/chestnut explain program chroot").out,
                HasSubstr("part.c:3"))
        << command;
    EXPECT_EQ(Read("policy.json"),
              Shell("$BIN/chestnut show --format json program").out);
  }
}

TEST_F(KeptPoliciesTest, AnObjectThatChangedIsReadAsMachineCode) {
  const Outcome done = Shell(
      "objcopy --add-section .more=main.c part.o && ar rc libpart.a part.o && "
      "sed -i /part/d list");
  ASSERT_EQ(done.status, 0) << done.err;
  const Outcome link = Link("", "clang-19 main.o libpart.a");
  ASSERT_EQ(link.status, 0) << link.err;
  EXPECT_THAT(Calls(), HasSubstr("chroot"));
}

TEST_F(KeptPoliciesTest, APolicyIsOfItsOwnProgram) {
  ASSERT_EQ(Link("--mode errno=38", "clang-19 main.o part.o").status, 0);
  const Outcome other = Shell(
      "$BIN/chestnut link -o other --policy policy.json -- clang-19 main.o "
      "part.o");
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("the policy of 'program', not of 'other'"));
  EXPECT_FALSE(Exists("other"));
  const Outcome broken = Shell(
      "echo '{' > broken; $BIN/chestnut link -o program --policy broken -- "
      "clang-19 main.o part.o");
  EXPECT_EQ(broken.status, 2);
  EXPECT_FALSE(Exists("program"));
}

TEST_F(KeptPoliciesTest, WhatLinksNoProgramIsRefused) {
  for (const char* command : {"clang-19 -shared main.o", "clang-19 -c main.c",
                              "clang-19 --version", ""}) {
    const Outcome link =
        Shell(std::string("$BIN/chestnut link -o program -- ") + command);
    EXPECT_EQ(link.status, 2) << command;
    EXPECT_THAT(link.err, HasSubstr("chestnut: ")) << command;
    EXPECT_FALSE(Exists("program")) << command;
  }
  EXPECT_EQ(Shell("$BIN/chestnut link -o program --policy-only -- clang-19 "
                  "main.o part.o")
                .status,
            2);
}

TEST_F(KeptPoliciesTest, AnOverlayDecides) {
  Write("part.c",
        "#include <stdlib.h>\n#include <unistd.h>\n"
        "void part(void) { syscall(atoi(getenv(\"N\"))); }\n");
  ASSERT_EQ(Shell("$REAL -c part.c && $BIN/chestnut-frontend -o part.facts -- "
                  "$REAL -c part.c")
                .status,
            0);
  const Outcome open = Link("", "clang-19 main.o part.o");
  EXPECT_EQ(open.status, 3) << open.err;
  EXPECT_THAT(open.err, HasSubstr("part.c:3"));
  EXPECT_FALSE(Exists("program"));
  Write("overlay.json",
        R"({"decisions": [{"place": "part.c:3", "decision":
            {"calls": ["getppid"]}, "reason": "nothing else is set"}]})");
  const Outcome link = Link("--overlay overlay.json", "clang-19 main.o part.o");
  EXPECT_EQ(link.status, 0) << link.err;
  EXPECT_THAT(Calls(), HasSubstr("getppid"));
}

TEST_F(KeptPoliciesTest, ADiffNamesNewCallsAndTheirWay) {
  ASSERT_EQ(Link("", "clang-19 main.o part.o").status, 0);
  ASSERT_EQ(Shell("cp policy.json before.json").status, 0);
  EXPECT_EQ(Shell("$BIN/chestnut diff before.json program").status, 0);
  Write("part.c",
        "#include <sys/socket.h>\n\n"
        "void part(void) { socket(AF_INET, SOCK_STREAM, 0); }\n");
  ASSERT_EQ(Shell("$REAL -O2 -c part.c && $BIN/chestnut-frontend -o part.facts "
                  "-- $REAL -O2 -c part.c")
                .status,
            0);
  ASSERT_EQ(Link("", "clang-19 main.o part.o").status, 0);
  const Outcome diff = Shell("$BIN/chestnut diff before.json policy.json");
  EXPECT_EQ(diff.status, 1);
  EXPECT_THAT(diff.out, HasSubstr("+ socket  (argument 0: AF_INET"));
  EXPECT_THAT(diff.out, HasSubstr("part.c:3"));
  EXPECT_THAT(diff.out, HasSubstr("- chroot  [part led to chroot]\n"));
  EXPECT_EQ(Shell("$BIN/chestnut diff nothing policy.json").status, 2);
}

TEST_F(KeptPoliciesTest, KeptPoliciesAreRewritten) {
  ASSERT_EQ(Link("", "clang-19 main.o part.o").status, 0);
  Write("kept.list", "//:program\tkept/program.json\tpolicy.json\n");
  const std::string update = "mkdir -p kept; $BIN/chestnut update kept.list";
  const Outcome first = Shell(update);
  EXPECT_EQ(first.status, 1) << first.err;
  EXPECT_THAT(first.out, HasSubstr("//:program (kept/program.json): new"));
  EXPECT_EQ(Read("kept/program.json"), Read("policy.json"));
  EXPECT_EQ(Shell(update).status, 0);
  // Only a place differs.
  ASSERT_EQ(Shell("sed -i s/part.c:3/part.c:2/ kept/program.json").status, 0);
  const Outcome refreshed = Shell(update);
  EXPECT_EQ(refreshed.status, 0);
  EXPECT_THAT(refreshed.out, HasSubstr("0 changed, 1 refreshed"));
  EXPECT_EQ(Read("kept/program.json"), Read("policy.json"));
  ASSERT_EQ(Shell("sed -i 's/\"mode\":\"kill\"/\"mode\":\"trap\"/; "
                  "s/\"mode\": \"kill\"/\"mode\": \"trap\"/' "
                  "kept/program.json")
                .status,
            0);
  const std::string before = Read("kept/program.json");
  const Outcome checked = Shell(update + " --check");
  EXPECT_EQ(checked.status, 1);
  EXPECT_THAT(checked.out, HasSubstr("~ mode: kill; was trap"));
  EXPECT_EQ(Read("kept/program.json"), before);
  EXPECT_EQ(Shell(update + " --exit-zero").status, 0);
  EXPECT_EQ(Read("kept/program.json"), Read("policy.json"));
}

TEST_F(KeptPoliciesTest, AListLeadsNowhereElse) {
  for (const char* line :
       {"//:program\t../outside.json\tpolicy.json\n",
        "//:program\t/tmp/outside.json\tpolicy.json\n", "//:program kept\n"}) {
    Write("kept.list", line);
    const Outcome update = Shell("$BIN/chestnut update kept.list");
    EXPECT_EQ(update.status, 2) << line;
    EXPECT_THAT(update.err, HasSubstr("kept.list")) << line;
  }
}

}  // namespace
}  // namespace chestnut::driver_test
