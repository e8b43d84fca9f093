// The drop-in compiler against the real one: what it prints, returns and leaves
// behind is the same.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DropInTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    if (IsSkipped()) return;
    Write("a.c",
          "#include \"a.h\"\nint twice(int x);\n"
          "int main(void) { return twice(A) - 6; }\n");
    Write("a.h", "#define A 3\n");
    Write("b.c", "int twice(int x) { return 2 * x; }\n");
    Write("bad.c", "int main(void) { return undeclared; }\n");
    Write("warn.c", "int main(void) { int unused; return 0; }\n");
    Write("asm.S", "#define NAME f\n.globl NAME\nNAME: ret\n");
    Write("flags.rsp", "-O2 -DB=\"1\" a.c");
  }

  // Runs the arguments with both compilers, in the same folder.
  void ExpectSame(const std::string& arguments) {
    const Outcome real = Shell("$REAL " + arguments);
    const Outcome ours = Shell("$CC " + arguments);
    EXPECT_EQ(ours.status, real.status) << arguments;
    EXPECT_EQ(ours.out, real.out) << arguments;
    EXPECT_EQ(ours.err, real.err) << arguments;
  }

  // The same for a file that the arguments write.
  void ExpectSameFile(const std::string& arguments, const std::string& file) {
    ASSERT_EQ(Shell("$REAL " + arguments).status, 0) << arguments;
    const std::string real = Read(file);
    ASSERT_EQ(Shell("rm " + file + "; $CC " + arguments).status, 0)
        << arguments;
    EXPECT_EQ(Read(file), real) << arguments;
    EXPECT_THAT(real, Not(IsEmpty()));
  }
};

TEST_F(DropInTest, TextIsTheRealCompilers) {
  for (const char* arguments :
       {"-E a.c", "-E -dM a.c", "-M a.c", "-MM a.c b.c", "-S -O2 -g a.c -o -",
        "-fsyntax-only -Wall warn.c", "--version", "-v", "-dumpmachine",
        "-print-search-dirs", "-print-file-name=libc.a", "",
        "-E -x c++ - </dev/null", "-E @flags.rsp", "-E -P -C a.c"}) {
    ExpectSame(arguments);
  }
}

TEST_F(DropInTest, DiagnosticsAndStatusAreTheRealCompilers) {
  for (const char* arguments :
       {"-c bad.c", "-c -Wall warn.c", "-c -Wall -Werror warn.c",
        "-c missing.c", "-c --no-such-option a.c", "-c bad.c b.c",
        "-c -Werror -Wunused-command-line-argument -lm b.c", "bad.c",
        "-x c -c - <bad.c", "@missing.rsp"}) {
    ExpectSame(arguments);
  }
}

TEST_F(DropInTest, WrittenTextIsTheSame) {
  ExpectSameFile("-S -O2 a.c -o a.s", "a.s");
  ExpectSameFile("-S -O2 a.c", "a.s");
  ExpectSameFile("-E a.c -o a.i", "a.i");
  ExpectSameFile("-MD -MF a.d -c a.c -o a.o", "a.d");
  ExpectSameFile("-MMD -c a.c", "a.d");
  ExpectSameFile("-c asm.S -o asm.o", "asm.o");
}

// Objects differ by the facts alone.
TEST_F(DropInTest, CodeIsTheSame) {
  for (const char* flags : {"-O0 -g", "-O2", "-O2 -fPIC -ffunction-sections"}) {
    const Outcome outcome = Shell(
        "COMPILE='" + std::string(flags) +
        " -c a.c -o'; "
        "$REAL $COMPILE real.o && $CC $COMPILE ours.o && objcopy "
        "--remove-section .chestnut.facts ours.o bare.o && "
        "for o in real bare; do objdump -d -r $o.o | tail -n +4 >$o.txt; done; "
        "cmp real.txt bare.txt && objdump -h ours.o");
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr(".chestnut.facts")) << flags;
  }
}

TEST_F(DropInTest, EveryInputGetsItsObject) {
  ASSERT_EQ(Shell("$CC -c a.c b.c").status, 0);
  EXPECT_TRUE(Exists("a.o"));
  EXPECT_TRUE(Exists("b.o"));
  for (const char* object : {"a.o", "b.o"}) {
    EXPECT_THAT(Shell("$BIN/chestnut facts --dump " + std::string(object)).out,
                HasSubstr(std::string("\"name\": \"") + object[0] + ".c\""));
  }
}

TEST_F(DropInTest, StandardInputAndResponseFilesCarryFacts) {
  ASSERT_EQ(Shell("$CC -x c -c - -o in.o <b.c").status, 0);
  EXPECT_THAT(Shell("$BIN/chestnut facts --dump in.o").out,
              HasSubstr("\"twice\""));
  ASSERT_EQ(Shell("$CC -c @flags.rsp -o rsp.o").status, 0);
  EXPECT_THAT(Shell("$BIN/chestnut facts --dump rsp.o").out,
              HasSubstr("\"main\""));
}

TEST_F(DropInTest, StandsBeforeACompilerAsALauncher) {
  for (const char* compiler : {"clang-19", "gcc"}) {
    const Outcome outcome = Shell("$CC --chestnut-launch " +
                                  std::string(compiler) + " -c b.c -o b.o");
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(Shell("$BIN/chestnut facts --dump b.o").out,
                HasSubstr("\"twice\""))
        << compiler;
  }
  const Outcome none = Shell("$CC --chestnut-launch -c b.c");
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("'-c' is not a compiler"));
  const Outcome two = Shell("$CC --chestnut-launch --chestnut-real=gcc gcc");
  EXPECT_EQ(two.status, 2);
  EXPECT_THAT(two.err, HasSubstr("leave out --chestnut-real"));
}

TEST_F(DropInTest, SharedAndRelocatableLinksKeepFacts) {
  ASSERT_EQ(Shell("$CC -r a.c b.c -o ab.o").status, 0);
  const std::string merged = Shell("$BIN/chestnut facts --dump ab.o").out;
  EXPECT_THAT(merged, HasSubstr("\"name\": \"a.c\""));
  EXPECT_THAT(merged, HasSubstr("\"name\": \"b.c\""));
  ASSERT_EQ(Shell("$CC -shared -fPIC b.c -o b.so").status, 0);
  EXPECT_THAT(Shell("$BIN/chestnut facts --dump b.so").out,
              HasSubstr("\"twice\""));
}

TEST_F(DropInTest, LinkerQuestionsReachTheLinker) {
  ExpectSame("-Wl,--version");
  ExpectSame("-Wl,--help a.c");
}

TEST_F(DropInTest, NothingIsLeftBehind) {
  Shell("$CC -c bad.c");
  Shell("$CC -shared -fPIC b.c -o b.so; rm -f b.so");
  EXPECT_THAT(Files(), ElementsAre("a.c", "a.h", "asm.S", "b.c", "bad.c",
                                   "flags.rsp", "warn.c"));
}

TEST_F(DropInTest, HelpNamesTheOwnOptions) {
  const Outcome outcome = Shell("$CC --chestnut-help");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("--chestnut-libc=musl"));
  EXPECT_THAT(Shell("$BIN/chestnut cc --chestnut-help").out,
              HasSubstr("--chestnut-mode=MODE"));
}

}  // namespace
}  // namespace chestnut::driver_test
