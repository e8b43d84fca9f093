// Whatever is wrong: one line that says it, a documented status, and no program
// that would run without its sandbox.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BadInputTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    if (IsSkipped()) return;
    Write("main.c", "int f(void);\nint main(void) { return f(); }\n");
    Write("f.c", "int f(void) { return 0; }\n");
    ASSERT_EQ(Shell("$MUSL -c main.c f.c").status, 0);
    // A program of an earlier build, which a failed link must not leave.
    Write("p", "old");
  }

  // The link fails with `status`; one line of ours says `message`.
  void ExpectLinkFails(const std::string& arguments, int status,
                       const std::string& message) {
    const Outcome link = Shell("$MUSL " + arguments + " -o p");
    EXPECT_EQ(link.status, status) << arguments << link.err;
    EXPECT_THAT(link.err, HasSubstr("chestnut: ")) << arguments;
    EXPECT_THAT(link.err, HasSubstr(message)) << arguments;
    const size_t first = link.err.find("chestnut: ");
    EXPECT_EQ(link.err.find("\nchestnut: ", first), std::string::npos)
        << link.err;
    EXPECT_FALSE(Exists("p")) << arguments;
    for (const std::string& file : Files()) {
      EXPECT_THAT(file, Not(HasSubstr(".chestnut-")));
    }
  }

  // Replaces bytes of the facts in an object by `edit`, a Python expression of
  // the section's bytes `b`.
  void EditFacts(const std::string& object, const std::string& edit) {
    const Outcome outcome = Shell(
        "objcopy --dump-section .chestnut.facts=s " + object +
        " && python3 -c 'b=bytearray(open(\"s\",\"rb\").read()); b=" + edit +
        "; open(\"s\",\"wb\").write(b)' && objcopy --update-section "
        ".chestnut.facts=s " +
        object);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
  }
};

// A number from memory could be any.
TEST_F(BadInputTest, CodeWithAnOpenCallLeavesThePolicyIncomplete) {
  Write("number.s",
        ".globl f\nf: mov number(%rip),%eax\n syscall\n xor %eax,%eax\n ret\n"
        ".data\nnumber: .long 39\n");
  Write("number.c",
        "__asm__(\".globl f\\nf: mov number(%rip),%eax\\n syscall\\n xor "
        "%eax,%eax\\n ret\\n\"\n"
        "\".data\\nnumber: .long 39\\n.text\");\n");
  Write("number.h",
        "#include <chestnut.h>\nCHESTNUT_ASSEMBLY_SYSCALL(f, 39);\n");
  ASSERT_EQ(Shell("$MUSL -c number.s -o assembly.o && "
                  "$MUSL -c number.c -o number.o")
                .status,
            0);
  for (const char* libc : {"$MUSL", "$CC", "$CC -static"}) {
    for (const char* object : {"assembly.o", "number.o"}) {
      const std::string link = std::string(libc) + " main.c " + object;
      const Outcome open = Shell(link + " -o p");
      EXPECT_EQ(open.status, 3) << link << open.err;
      EXPECT_THAT(
          open.err,
          HasSubstr("chestnut: incomplete: " + std::string(object) + "+0x"))
          << link;
      EXPECT_FALSE(Exists("p")) << link;
      const Outcome described =
          Shell(link + " --chestnut-annotations=number.h -o q");
      EXPECT_EQ(described.status, 0) << link << described.err;
      EXPECT_EQ(Execute({"./q"}).status, 0) << link;
    }
  }
}

// The kernel would take them for calls of a 32-bit program.
TEST_F(BadInputTest, CallsOf32BitProgramsAreNotAllowed) {
  for (const char* instruction : {"int $0x80", "sysenter"}) {
    Write("old.s", std::string(".globl f\nf: mov $20,%eax\n ") + instruction +
                       "\n ret\n");
    ASSERT_EQ(Shell("$MUSL -c old.s").status, 0);
    const Outcome link = Shell("$MUSL main.c old.o -o p");
    EXPECT_EQ(link.status, 3) << instruction << link.err;
    EXPECT_THAT(link.err, HasSubstr("chestnut: incomplete: old.o+0x"));
    EXPECT_FALSE(Exists("p")) << instruction;
  }
}

TEST_F(BadInputTest, LinkerErrorsAreTheLinkers) {
  for (const char* arguments :
       {"main.o", "main.o f.o f.o", "main.o f.o -lno"}) {
    const Outcome link = Shell(std::string("$MUSL ") + arguments + " -o p");
    EXPECT_EQ(link.status, 1) << arguments;
    EXPECT_THAT(link.err, Not(HasSubstr("chestnut:"))) << arguments;
    EXPECT_FALSE(Exists("p")) << arguments;
  }
}

TEST_F(BadInputTest, FactsOfAnotherVersion) {
  EditFacts("f.o", "b[:8]+bytes([99])+b[9:]");
  ExpectLinkFails("main.o f.o", 2, "f.o");
}

TEST_F(BadInputTest, TruncatedFacts) {
  EditFacts("f.o", "b[:len(b)//2]");
  ExpectLinkFails("main.o f.o", 2, "f.o");
}

TEST_F(BadInputTest, RandomFacts) {
  EditFacts("f.o", "b[:16]+bytes((i*7919)%251 for i in range(len(b)-16))");
  ExpectLinkFails("main.o f.o", 2, "f.o");
}

TEST_F(BadInputTest, ALibraryThatTheLoaderWillNotFind) {
  Write("lib.c", "int outside(void) { return 0; }\n");
  Write("uses.c", "int outside(void); int main(void) { return outside(); }\n");
  ASSERT_EQ(Shell("$REAL -shared -fPIC lib.c -o libonlyhere.so").status, 0);
  const Outcome link = Shell("$CC uses.c -L. -lonlyhere -o p");
  EXPECT_EQ(link.status, 2);
  EXPECT_THAT(link.err, HasSubstr("libonlyhere.so"));
  EXPECT_FALSE(Exists("p"));
}

TEST_F(BadInputTest, SharedObjectsOfAStaticLibc) {
  ExpectLinkFails("-shared -fPIC f.c", 2, "-shared");
}

TEST_F(BadInputTest, OwnStartCode) {
  Write("start.c", "int f(void);\nvoid _start(void) { f(); for (;;) {} }\n");
  ExpectLinkFails("-nostartfiles start.c f.o", 2, "start code");
  ExpectLinkFails("main.o f.o -Wl,-e,f", 2, "entry point 'f'");
  ExpectLinkFails("main.o f.o -Wl,--wrap=main", 2, "--wrap=main");
}

TEST_F(BadInputTest, OptionsThatAreWrong) {
  for (const char* option :
       {"--chestnut-mode=maybe", "--chestnut-mode=errno=0", "--chestnut-libc=x",
        "--chestnut-nothing", "--chestnut-real=", "--chestnut-help=x",
        "--chestnut-real=no-such-compiler"}) {
    const Outcome outcome =
        Shell(std::string("$MUSL ") + option + " main.o f.o -o q");
    EXPECT_EQ(outcome.status, 2) << option;
    EXPECT_THAT(outcome.err, HasSubstr("chestnut: ")) << option;
    EXPECT_FALSE(Exists("q")) << option;
  }
}

// The programs' parts, without one of them.
TEST_F(BadInputTest, MissingParts) {
  ASSERT_EQ(
      Shell("mkdir -p i/bin i/lib && cp $BIN/chestnut-cc $BIN/chestnut-ld "
            "i/bin")
          .status,
      0);
  const Outcome compile = Shell("i/bin/chestnut-cc -c f.c -o g.o");
  EXPECT_EQ(compile.status, 2);
  EXPECT_THAT(compile.err, HasSubstr("the compiler plugin"));
  EXPECT_FALSE(Exists("g.o"));
  Write("i/lib/chestnut-frontend-plugin.so", "not a library");
  EXPECT_NE(Shell("i/bin/chestnut-cc -c f.c -o g.o").status, 0);
  EXPECT_FALSE(Exists("g.o"));
  EXPECT_EQ(Shell("i/bin/chestnut-ld main.o -o q").status, 2);
  EXPECT_FALSE(Exists("q"));
}

TEST_F(BadInputTest, ACompilerThatCrashes) {
  Write("crash-clang", "#!/bin/sh\nkill -SEGV $$\n");
  ASSERT_EQ(Shell("chmod +x crash-clang").status, 0);
  const Outcome outcome =
      Shell("$CC --chestnut-real=./crash-clang -c f.c -o g.o");
  EXPECT_NE(outcome.status, 0);
  EXPECT_FALSE(Exists("g.o"));
  // As a linker: the program that was there before is gone, too.
  Write("ld.crash", "#!/bin/sh\nkill -SEGV $$\n");
  ASSERT_EQ(Shell("chmod +x ld.crash").status, 0);
  EXPECT_NE(Shell("$MUSL --ld-path=./ld.crash main.o f.o -o p").status, 0);
  EXPECT_FALSE(Exists("p"));
}

// A linker that ignores what it is told must not pass for one.
TEST_F(BadInputTest, ALinkerThatLeavesTheSandboxOut) {
  Write("ld.bare",
        "#!/bin/sh\nfor a; do shift; case $a in --wrap=main) ;; *runtime*.o) ;;"
        " *) set -- \"$@\" \"$a\";; esac; done\nexec ld \"$@\"\n");
  ASSERT_EQ(Shell("chmod +x ld.bare").status, 0);
  ExpectLinkFails("--ld-path=./ld.bare main.o f.o", 2, "left the sandbox out");
  ExpectLinkFails("--ld-path=./ld.bare -s main.o f.o", 2,
                  "left the sandbox out");
}

TEST_F(BadInputTest, AFullDisk) {
  // A limit on the size of files says no as a full disk does.
  const Outcome link =
      Shell("(ulimit -f 8; trap '' XFSZ; $MUSL main.o f.o -o p)");
  EXPECT_NE(link.status, 0);
  EXPECT_FALSE(Exists("p"));
  EXPECT_NE(
      Shell("$MUSL main.o f.o -o q --chestnut-policy-out=/dev/full").status, 0);
  EXPECT_FALSE(Exists("q"));
}

TEST_F(BadInputTest, AFolderThatCannotBeWrittenTo) {
  const Outcome link = Shell("$MUSL main.o f.o -o no/such/folder/q");
  EXPECT_EQ(link.status, 2);
  EXPECT_THAT(link.err, HasSubstr("no/such/folder"));
}

TEST_F(BadInputTest, CommandsOnFilesThatAreNone) {
  for (const char* command :
       {"show missing", "show main.c", "show main.o", "explain main.o read",
        "facts --dump main.c", "policy --facts main.c -o x.json",
        "policy --facts main.o -o no/such/x.json", "nothing", "",
        "show --format colours main.o", "explain main.o",
        "libc musl --source=missing.tar"}) {
    const Outcome outcome = Shell(
        std::string("XDG_CACHE_HOME=$PWD/cache $BIN/chestnut ") + command);
    EXPECT_EQ(outcome.status, 2) << command << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("chestnut: ")) << command;
  }
  EXPECT_FALSE(Exists("x.json"));
}

TEST_F(BadInputTest, AWordThatIsNoCommandIsNamed) {
  const Outcome outcome = Shell("$BIN/chestnut frobnicate p");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("'frobnicate' is no command"));
  EXPECT_THAT(outcome.err, HasSubstr("explain"));
}

TEST_F(BadInputTest, OutputThatNobodyGets) {
  for (const char* command :
       {"facts --dump f.o", "version", "show p.json --format json"}) {
    ASSERT_EQ(Shell("$BIN/chestnut policy --facts main.o f.o -o p.json").status,
              0);
    const Outcome outcome =
        Shell("$BIN/chestnut " + std::string(command) + " >/dev/full");
    EXPECT_EQ(outcome.status, 2) << command;
    EXPECT_THAT(outcome.err, HasSubstr("cannot write the output")) << command;
  }
}

TEST_F(BadInputTest, PoliciesThatSayWhatCannotBe) {
  ASSERT_EQ(Shell("$BIN/chestnut policy --facts main.o f.o -o p.json").status,
            0);
  const std::string edits[][2] = {
      {"s/\"restart_syscall\"/\"frobnicate\"/", "\"frobnicate\""},
      {"s/\"mode\"/\"mood\"/", "\"mood\""},
      {"s/\"number\":219/\"number\":232/", "not 232"},
      {"s/\"schema_version\":\"1/\"schema_version\":\"9/", "\"9.0\""},
      {"s/]}$//", "not JSON"}};
  for (const auto& [edit, message] : edits) {
    ASSERT_EQ(Shell("sed '" + edit + "' p.json >q.json").status, 0);
    for (const char* command : {"show q.json", "explain q.json read"}) {
      const Outcome outcome = Shell("$BIN/chestnut " + std::string(command));
      EXPECT_EQ(outcome.status, 2) << edit;
      EXPECT_THAT(outcome.err, HasSubstr("chestnut: q.json: ")) << edit;
      EXPECT_THAT(outcome.err, HasSubstr(message)) << edit;
      EXPECT_EQ(outcome.out, "") << edit;
    }
  }
}

// As the real linker's output, a policy appears whole or not at all.
TEST_F(BadInputTest, FactsThatContradictEachOtherMakeNoPolicy) {
  Write("f2.c", "int f(void) { return 1; }\n");
  Write("bad.c", "int f(void) { return undeclared; }\n");
  ASSERT_EQ(Shell("$MUSL -c f2.c").status, 0);
  Write("compile_commands.json",
        "[{\"directory\":\"" + folder_ +
            "\",\"command\":\"cc -c bad.c\",\"file\":\"bad.c\"}]");
  const Outcome facts = Shell("$BIN/chestnut facts -p . -o facts");
  EXPECT_EQ(facts.status, 2);
  EXPECT_THAT(facts.err, HasSubstr("bad.c:1: use of undeclared identifier"));
  EXPECT_THAT(facts.err, HasSubstr("facts of 0 units"));
  const std::string cases[][2] = {
      {"main.o f.o f2.o", "symbol f is defined in f.c and in f2.c"},
      {"main.o", "f"},
      {"main.o facts/*", "a unit with errors"}};
  for (const auto& [files, message] : cases) {
    const Outcome outcome =
        Shell("$BIN/chestnut policy -o x.json --facts " + files);
    EXPECT_EQ(outcome.status, 2) << files;
    EXPECT_THAT(outcome.err, HasSubstr("chestnut: ")) << files;
    EXPECT_THAT(outcome.err, HasSubstr(message)) << files;
    EXPECT_FALSE(Exists("x.json")) << files;
  }
}

TEST_F(BadInputTest, ADiskThatIsReallyFull) {
  ASSERT_EQ(Shell("mkdir small").status, 0);
  if (Shell("mount -t tmpfs -o size=64k chestnut-test small").status != 0) {
    GTEST_SKIP() << "needs to mount a file system";
  }
  Shell("head -c 1M /dev/zero >small/fill");
  const Outcome policy =
      Shell("$BIN/chestnut policy --facts main.o f.o -o small/p.json");
  EXPECT_EQ(policy.status, 2);
  EXPECT_THAT(policy.err, HasSubstr("No space left on device"));
  EXPECT_NE(Shell("$MUSL -c f.c -o small/f.o").status, 0);
  EXPECT_NE(Shell("$MUSL main.o f.o -o small/p").status, 0);
  // The program could be written, its policy not.
  EXPECT_EQ(
      Shell("$MUSL main.o f.o -o q --chestnut-policy-out=small/p.json").status,
      2);
  EXPECT_FALSE(Exists("q"));
  EXPECT_NE(Shell("TMPDIR=$PWD/small $MUSL main.o f.o -o q").status, 0);
  EXPECT_FALSE(Exists("q"));
  EXPECT_EQ(Shell("ls -A small").out, "fill\n");
  EXPECT_EQ(Shell("umount small").status, 0);
}

}  // namespace
}  // namespace chestnut::driver_test
