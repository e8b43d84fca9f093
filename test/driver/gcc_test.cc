// gcc as the real compiler: as drop-in as with clang.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class GccTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    if (IsSkipped()) return;
    Write("a.c",
          "#include <stdlib.h>\n#include \"a.h\"\nint twice(int x);\n"
          "int main(void) { return twice(A) - 6; }\n");
    Write("a.h", "#define A 3\n");
    Write("b.c",
          "#include <unistd.h>\n"
          "static int call(int (*f)(void)) { return f() < 0; }\n"
          "static int parent(void) { return getppid(); }\n"
          "int twice(int x) { return 2 * x + call(parent); }\n");
    Write("bad.c", "int main(void) { return undeclared; }\n");
    Write("flags.rsp", "-O2 -DB=\"1\" a.c");
  }

  void ExpectSame(const std::string& arguments) {
    const Outcome real = Shell("gcc " + arguments);
    const Outcome ours = Shell("$CC --chestnut-real=gcc " + arguments);
    EXPECT_EQ(ours.status, real.status) << arguments;
    EXPECT_EQ(ours.out, real.out) << arguments;
    EXPECT_EQ(ours.err, real.err) << arguments;
  }

  Outcome Link(const std::string& arguments) {
    return Shell("$MUSL --chestnut-real=gcc " + arguments + " -o p");
  }

  std::string Facts(const std::string& object) {
    return Shell("$BIN/chestnut facts --dump " + object).out;
  }
};

TEST_F(GccTest, OutputIsTheRealCompilers) {
  for (const char* arguments :
       {"-E a.c", "-M a.c", "-MM a.c b.c", "-S -O2 a.c -o -", "--version",
        "-dumpmachine", "-print-file-name=libc.a", "", "-c bad.c", "bad.c",
        "-c missing.c", "-c --no-such-option a.c", "-c a.c b.c",
        "-c a.c b.c -o x.o", "-c @flags.rsp", "-MD -MF a.d -c a.c",
        "-c -o no/such/folder/a.o a.c", "-E - </dev/null"}) {
    ExpectSame(arguments);
  }
}

// The wrappers hand arguments on by builtins that clang has not.
TEST_F(GccTest, FortifiedHeadersAreRead) {
  Write("fortified.c",
        "#include <fcntl.h>\n#include <stdio.h>\n"
        "int main(int argc, char** argv) {\n"
        "  char text[20];\n"
        "  sprintf(text, \"%d\", open(argv[0], argc, 0600));\n"
        "  return printf(\"%s\\n\", text) < 0;\n}\n");
  const std::string flags = " -O2 -D_FORTIFY_SOURCE=2 ";
  const Outcome c =
      Shell("$CC --chestnut-real=gcc" + flags + "fortified.c -o c && ./c");
  EXPECT_EQ(c.status, 0);
  EXPECT_EQ(c.err, "");
  const Outcome cxx = Shell("$BIN/chestnut c++ --chestnut-real=g++" + flags +
                            "-x c++ fortified.c -o cxx && ./cxx");
  EXPECT_EQ(cxx.status, 0);
  EXPECT_EQ(cxx.err, "");
  EXPECT_EQ(Shell("$BIN/chestnut-frontend -o f.facts -- g++" + flags +
                  "-x c++ -c fortified.c")
                .err,
            "");
}

TEST_F(GccTest, EveryObjectCarriesFacts) {
  ASSERT_EQ(Shell("$CC --chestnut-real=gcc -c a.c b.c").status, 0);
  EXPECT_THAT(Facts("a.o"), HasSubstr("\"name\": \"a.c\""));
  EXPECT_THAT(Facts("b.o"), HasSubstr("\"name\": \"b.c\""));
  ASSERT_EQ(Shell("$CC --chestnut-real=gcc -r a.c b.c -o ab.o").status, 0);
  EXPECT_THAT(Facts("ab.o"), HasSubstr("\"name\": \"a.c\""));
  EXPECT_THAT(Facts("ab.o"), HasSubstr("\"name\": \"b.c\""));
  const std::string input = "$CC --chestnut-real=gcc -x c -c - ";
  ASSERT_EQ(
      Shell(input + "-o in.o <b.c && cat b.c | " + input + "-o pipe.o").status,
      0);
  EXPECT_THAT(Facts("in.o"), HasSubstr("\"twice\""));
  EXPECT_EQ(Read("in.o"), Read("pipe.o"));
}

TEST_F(GccTest, EveryKindOfProgram) {
  ASSERT_EQ(Link("a.c b.c").status,
            0);  // may have to build the libc, and say so
  for (const char* arguments :
       {"-O2 a.c b.c", "-O2 -static a.c b.c", "-pie a.c b.c", "-no-pie a.c b.c",
        "-static-pie a.c b.c", "-O2 -flto a.c b.c",
        "-O2 -flto -ffat-lto-objects a.c b.c", "-fuse-ld=lld a.c b.c",
        "-fuse-ld=gold a.c b.c", "@flags.rsp b.c", "-s a.c b.c"}) {
    const Outcome link = Link(arguments);
    ASSERT_EQ(link.status, 0) << arguments << link.err;
    EXPECT_EQ(link.err, "") << arguments;
    EXPECT_EQ(Execute({"./p"}).status, 0) << arguments;
    const std::string calls = Shell("$BIN/chestnut show --format names p").out;
    EXPECT_THAT(calls, HasSubstr("getppid")) << arguments;
    EXPECT_THAT(calls, Not(HasSubstr("execve"))) << arguments;
  }
}

TEST_F(GccTest, TheLinkStagesOwnStatusArrives) {
  ASSERT_EQ(Shell("gcc -flto -c b.c -o lto.o").status, 0);
  const Outcome lto = Link("-flto a.c lto.o");
  EXPECT_EQ(lto.status, 2);
  EXPECT_THAT(lto.err, HasSubstr("lto.o"));
  Write("any.c",
        "#include <unistd.h>\n"
        "int main(int argc, char** argv) { return syscall(argc); }\n");
  const Outcome incomplete = Link("any.c");
  EXPECT_EQ(incomplete.status, 3);
  EXPECT_THAT(incomplete.err, HasSubstr("chestnut: incomplete: "));
  EXPECT_EQ(Link("a.c b.c -shared").status, 2);
  EXPECT_EQ(Link("a.c").status, 1);  // the linker's
  EXPECT_FALSE(Exists("p"));
}

}  // namespace
}  // namespace chestnut::driver_test
