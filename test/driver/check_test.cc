// `chestnut check`: what changed since a policy was made, and whether the
// policy still does.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kFits[] = "program: the policy fits\n";
constexpr char kDoesNotFit[] =
    "program: the policy does not fit; make a new one\n";

// A library that makes these calls when it is asked to.
std::string Library(const std::string& body) {
  return "#include <dlfcn.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n"
         "#include <unistd.h>\nlong answer(void) {\n" +
         body + "\n}\n";
}

class CheckTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    if (IsSkipped()) return;
    Write("main.c",
          "long answer(void);\nint main(void) { return answer() < 0; }\n");
    MakeLibrary("return getpgid(0);");
    Make("gcc -O1 main.c -L. -lanswer -Wl,-rpath,'$ORIGIN' -o program");
    Make("$BIN/chestnut analyze ./program -o program.json");
  }

  void Make(const std::string& command) {
    const Outcome outcome = Shell(command);
    ASSERT_EQ(outcome.status, 0) << command << "\n" << outcome.err;
  }
  void MakeLibrary(const std::string& body,
                   const std::string& flags = "-Wl,--build-id") {
    Write("answer.c", Library(body));
    Make("gcc -O1 -w -fPIC -shared answer.c -o libanswer.so " + flags);
  }
  std::string BuildId(const std::string& file) {
    return Shell("readelf -n " + file +
                 " | sed -n 's/.*Build ID: //p' | tr -d '\\n'")
        .out;
  }
  Outcome Check(const std::string& arguments =
                    "program.json "
                    "--program ./program") {
    return Shell("$BIN/chestnut check " + arguments);
  }
};

TEST_F(CheckTest, NothingChanged) {
  const Outcome check = Check();
  EXPECT_EQ(check.status, 0);
  EXPECT_EQ(check.out, kFits);
  EXPECT_EQ(check.err, "");
}

TEST_F(CheckTest, AChangedLibraryThatNeedsNoMore) {
  const std::string before = BuildId("libanswer.so");
  MakeLibrary("return getpgid(0) + 1;");
  const Outcome check = Check();
  EXPECT_EQ(check.status, 0);
  EXPECT_EQ(check.out, "libanswer.so: build id " + BuildId("libanswer.so") +
                           ", was " + before + "\n" + kFits);
}

TEST_F(CheckTest, AChangedLibraryThatNeedsAnotherCall) {
  const std::string before = BuildId("libanswer.so");
  MakeLibrary("return getpgid(0) + getsid(0);");
  const Outcome check = Check();
  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(check.out,
              StartsWith("libanswer.so: build id " + BuildId("libanswer.so") +
                         ", was " + before + "\n" +
                         "getsid: needed now, not allowed\n  "));
  // The way to it.
  EXPECT_THAT(check.out, ContainsRegex("\n  answer +libanswer.so\\+0x"));
  EXPECT_THAT(check.out, ContainsRegex("\n  getsid +libc.so.6\\+0x"));
  EXPECT_THAT(check.out, EndsWith(kDoesNotFit));
  // The policy that is made anew fits again.
  Make("$BIN/chestnut analyze ./program -o program.json");
  EXPECT_EQ(Check().out, kFits);
}

TEST_F(CheckTest, AChangedLibraryThatNeedsOtherArguments) {
  MakeLibrary("return socket(AF_UNIX, SOCK_STREAM, 0);");
  Make("$BIN/chestnut analyze ./program -o program.json");
  MakeLibrary("return socket(AF_NETLINK, SOCK_RAW, 0);");
  const Outcome check = Check();
  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(
      check.out,
      HasSubstr("socket: needed now, not allowed with all arguments\n"));
}

TEST_F(CheckTest, ALibraryWithoutABuildIdIsComparedByWhatItNeeds) {
  MakeLibrary("return getpgid(0);", "-Wl,--build-id=none");
  Make("$BIN/chestnut analyze ./program -o program.json");
  const std::string line =
      "libanswer.so: has no build id, so nobody can tell whether it changed\n";
  Outcome check = Check();
  EXPECT_EQ(check.status, 0);
  EXPECT_EQ(check.out, line + kFits);
  MakeLibrary("return getsid(0);", "-Wl,--build-id=none");
  check = Check();
  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(check.out, StartsWith(line + "getsid: needed now, not allowed"));
}

TEST_F(CheckTest, ALibraryThatIsGone) {
  Make("rm libanswer.so");
  const Outcome check = Check();
  EXPECT_EQ(check.status, 2);
  EXPECT_EQ(check.out, "");
  EXPECT_THAT(
      check.err,
      AllOf(
          StartsWith("chestnut: "),
          EndsWith(
              "/program: it needs libanswer.so, which is nowhere "
              "where the loader looks; install it, or give the "
              "folder of the right system with --root [E-missing-library]\n")));
}

TEST_F(CheckTest, AChangedProgramWithOtherLibraries) {
  const std::string before = BuildId("program");
  Write("more.c",
        "#include <unistd.h>\nlong more(void) { return getpgid(0); }");
  Make("gcc -O1 -fPIC -shared more.c -o libmore.so");
  Write("main.c", "long more(void);\nint main(void) { return more() < 0; }\n");
  Make("gcc -O1 main.c -L. -lmore -Wl,-rpath,'$ORIGIN' -o program");
  const Outcome check = Check();
  EXPECT_EQ(check.status, 0);
  EXPECT_EQ(check.out,
            "libanswer.so: is not loaded any more\n"
            "libmore.so: is new\n"
            "program: build id " +
                BuildId("program") + ", was " + before + "\n" + kFits);
}

TEST_F(CheckTest, WhatIsNotKnownAnyMore) {
  MakeLibrary("return dlopen(getenv(\"PLUGIN\"), RTLD_NOW) != 0;");
  const Outcome check = Check();
  // Whatever else is missing: nobody knows what the plugin needs.
  EXPECT_THAT(check.status, ::testing::AnyOf(1, 3));
  EXPECT_THAT(check.err, StartsWith("chestnut: incomplete: libanswer.so+0x"));
  EXPECT_THAT(check.out, Not(HasSubstr(kFits)));
}

// The libraries of another system, in its folder.
TEST_F(CheckTest, AnotherSystem) {
  Make(
      "mkdir -p system/usr/lib system/lib64 system/bin &&"
      " cp program system/bin/ && cp libanswer.so system/usr/lib/ &&"
      " cp /lib64/ld-linux-x86-64.so.2 system/lib64/ &&"
      " cp /lib/x86_64-linux-gnu/libc.so.6 "
      "/lib/x86_64-linux-gnu/libgcc_s.so.1 system/usr/lib/");
  const std::string other =
      "program.json --program system/bin/program --root \"$PWD/system\"";
  Outcome check = Check(other);
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_EQ(check.out, kFits);
  MakeLibrary("return getpgid(0) + getsid(0);");
  Make("cp libanswer.so system/usr/lib/");
  check = Check(other);
  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(check.out, HasSubstr("getsid: needed now, not allowed\n"));
}

TEST_F(CheckTest, AProgramThatCarriesItsPolicy) {
  Make("$CC main.c -L. -lanswer -Wl,-rpath,'$ORIGIN' -o program");
  Outcome check = Check("program");
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_EQ(check.out, kFits);
  const std::string before = BuildId("libanswer.so");
  MakeLibrary("return getpgid(0) + getsid(0);");
  check = Check("program");
  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(check.out,
              StartsWith("libanswer.so: build id " + BuildId("libanswer.so") +
                         ", was " + before + "\n"));
  EXPECT_THAT(check.out, HasSubstr("\ngetsid: needed now, not allowed\n"));
  EXPECT_THAT(check.out, EndsWith(kDoesNotFit));
  // Nothing else: what puts the filter on does it before there is one.
  EXPECT_EQ(Shell("$BIN/chestnut check program | grep -c 'needed now'").out,
            "1\n");
  // It says the truth: the call kills.
  EXPECT_LT(Execute({"./program"}).status, 0);
}

// What runs when main returns is the program's, though its wrapper calls it.
TEST_F(CheckTest, AProgramThatCarriesItsPolicyNeedsMoreAtItsEnd) {
  Make("$CC main.c -L. -lanswer -Wl,-rpath,'$ORIGIN' -o program");
  MakeLibrary(
      "return getpgid(0);\n}\n"
      "__attribute__((destructor)) static void end(void) {\n  getsid(0);");
  const Outcome check = Check("program");
  EXPECT_EQ(check.status, 1);
  EXPECT_THAT(check.out, HasSubstr("\ngetsid: needed now, not allowed\n"));
}

TEST_F(CheckTest, WhatCannotBeChecked) {
  Outcome check = Check("program.json");
  EXPECT_EQ(check.status, 2);
  EXPECT_THAT(check.err,
              HasSubstr("program: no executable of that name in PATH; "
                        "say which one is meant with --program "
                        "[E-not-in-path]\n"));
  check = Check("nowhere.json");
  EXPECT_EQ(check.status, 2);
  EXPECT_THAT(check.err, HasSubstr("nowhere.json"));
  check = Check("main.c --program ./program");
  EXPECT_EQ(check.status, 2);
  EXPECT_THAT(check.err, StartsWith("chestnut: main.c"));
  EXPECT_THAT(check.out, IsEmpty());
}

}  // namespace
}  // namespace chestnut::driver_test
