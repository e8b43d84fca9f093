// Sandboxed programs, from source to their end.
#include <csignal>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHello[] =
    "#include <stdio.h>\nint main(void) { puts(\"Hello World!\"); }\n";

class LinkTest : public ToolTest {
 protected:
  Outcome Link(const std::string& arguments) {
    return Shell("$MUSL " + arguments);
  }
  std::string Calls(const std::string& program) {
    return Shell("$BIN/chestnut show --format names " + program +
                 " | tr '\\n' ' '")
        .out;
  }
};

TEST_F(LinkTest, HelloMakesItsCallsAndNoOthersAreAllowed) {
  Write("hello.c", kHello);
  for (const char* flags :
       {"-O2", "-O0 -g", "-O2 -static", "-static-pie", "-fno-pie -no-pie",
        "-O2 -fuse-ld=lld", "-O2 -flto -fuse-ld=lld",
        "-O2 -flto=thin -fuse-ld=lld", "-O2 -s"}) {
    const Outcome link = Link(std::string(flags) + " hello.c -o hello");
    ASSERT_EQ(link.status, 0) << flags << link.err;
    const Outcome run = Execute({"./hello"});
    EXPECT_EQ(run.status, 0) << flags;
    EXPECT_EQ(run.out, "Hello World!\n") << flags;
    const Outcome names =
        Shell("$BIN/chestnut show --format names hello | wc -l");
    EXPECT_LE(std::stoi(names.out), 10) << flags << Calls("hello");
    EXPECT_THAT(Calls("hello"), HasSubstr("writev"));
    EXPECT_THAT(Calls("hello"), HasSubstr("rt_sigreturn"));
    EXPECT_THAT(Calls("hello"), HasSubstr("restart_syscall"));
    EXPECT_THAT(Calls("hello"), Not(HasSubstr("execve")));
  }
  EXPECT_THAT(Files(), ElementsAre("hello", "hello.c"));
}

// The call comes from bytes that the analysis never saw as code: an overwritten
// function pointer would bring a program there.
class ForbiddenCallTest : public LinkTest {
 protected:
  void SetUp() override {
    LinkTest::SetUp();
    if (IsSkipped()) return;
    Write("gadget.s",
          ".text\n.globl gadget\n.type gadget,@function\ngadget:\n"
          "  mov $39, %eax\n  syscall\n  ret\n"
          ".section .note.GNU-stack,\"\",@progbits\n");
    // Reviewed wrongly on purpose: the annotation is the lie of an attacker.
    Write("gadget.h",
          "#include \"chestnut.h\"\nCHESTNUT_ASSEMBLY_FUNCTION(gadget);\n");
    Write("main.c",
          "#include <stdio.h>\nlong gadget(void);\n"
          "int main(void) {\n  puts(\"before\"); fflush(stdout);\n"
          "  long result = gadget();\n"
          "  printf(\"after %s\\n\", result < 0 ? \"error\" : \"success\");\n"
          "}\n");
  }
  Outcome RunWith(const std::string& mode) {
    const Outcome link = Link("--chestnut-mode=" + mode +
                              " --chestnut-annotations=gadget.h main.c "
                              "gadget.s -o victim");
    EXPECT_EQ(link.status, 0) << link.err;
    return Execute({"./victim"});
  }
};

TEST_F(ForbiddenCallTest, KillEndsTheProcess) {
  const Outcome run = RunWith("kill");
  EXPECT_EQ(run.status, -SIGSYS);
  EXPECT_EQ(run.out, "before\n");
}

TEST_F(ForbiddenCallTest, ErrnoFailsTheCall) {
  const Outcome run = RunWith("errno=38");
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "before\nafter error\n");
}

TEST_F(ForbiddenCallTest, TrapSaysWhat) {
  const Outcome run = RunWith("trap");
  EXPECT_EQ(run.out, "before\n");
  EXPECT_THAT(run.err, HasSubstr("getpid (39) is not allowed"));
}

TEST_F(ForbiddenCallTest, LogAllowsAndSaysSo) {
  const Outcome run = RunWith("log");
  EXPECT_EQ(run.out, "before\nafter success\n");
  EXPECT_THAT(run.err, HasSubstr("not confined"));
}

TEST_F(LinkTest, ExplainGivesTheWayFromMainToTheCall) {
  Write("hello.c", kHello);
  ASSERT_EQ(Link("hello.c -o hello").status, 0);
  const Outcome why = Shell("$BIN/chestnut explain hello futex");
  EXPECT_EQ(why.status, 0);
  EXPECT_THAT(why.out, HasSubstr("main"));
  EXPECT_THAT(why.out, HasSubstr("hello.c:2"));
  EXPECT_THAT(why.out, HasSubstr("puts"));
  const Outcome not_allowed = Shell("$BIN/chestnut explain hello execve");
  EXPECT_EQ(not_allowed.status, 1);
  EXPECT_THAT(not_allowed.out, HasSubstr("execve is not allowed by hello"));
  EXPECT_EQ(Shell("$BIN/chestnut explain hello no_such_call").status, 2);
}

TEST_F(LinkTest, ArchivesGiveOnlyWhatIsPulledIn) {
  Write("main.c", "int f(void);\nint main(void) { return f(); }\n");
  Write("f.c", "int f(void) { return 0; }\n");
  Write("g.c", "#include <unistd.h>\nint g(void) { return chdir(\"/\"); }\n");
  ASSERT_EQ(Shell("$MUSL -c main.c f.c g.c && ar rc libfg.a f.o g.o && "
                  "ar rcT thin.a f.o g.o")
                .status,
            0);
  for (const char* archive : {"-L. -lfg", "libfg.a", "thin.a"}) {
    ASSERT_EQ(Link(std::string("main.o ") + archive + " -o p").status, 0)
        << archive;
    EXPECT_THAT(Calls("p"), Not(HasSubstr("chdir"))) << archive;
    EXPECT_EQ(Execute({"./p"}).status, 0);
  }
}

// memset is in no source; the compiler makes it of the loop or initialiser.
TEST_F(LinkTest, WhatTheCompilerCallsIsKnown) {
  Write("main.c",
        "#include <unistd.h>\n"
        "void *memset(void *to, int c, unsigned long n) {\n"
        "  char *p = to;\n"
        "  while (n--) *(volatile char *)p++ = (char)c;\n"
        "  getppid();\n  return to;\n}\n"
        "void use(char *p);\n"
        "int main(int argc, char **argv) {\n"
        "  char big[5000] = {0};\n  use(big);\n  return big[argc];\n}\n");
  Write("use.c", "void use(char *p) { p[1] = 0; }\n");
  ASSERT_EQ(Link("-O1 main.c use.c -o p").status, 0);
  EXPECT_THAT(Calls("p"), HasSubstr("getppid"));
  EXPECT_EQ(Execute({"./p"}).status, 0);
}

TEST_F(LinkTest, FileScopeAssemblyIsLinked) {
  Write("main.c",
        "#include <unistd.h>\n"
        "__asm__(\".text\\n.globl stub\\nstub: jmp target\\n\");\n"
        "int stub(void);\n"
        "__attribute__((used)) int target(void) { return getppid() < 0; }\n"
        "int main(void) { return stub(); }\n");
  ASSERT_EQ(Link("-O2 main.c -o p").status, 0);
  EXPECT_THAT(Calls("p"), HasSubstr("getppid"));
  EXPECT_EQ(Execute({"./p"}).status, 0);
}

TEST_F(LinkTest, GccMakesSandboxedProgramsToo) {
  Write("hello.c", kHello);
  Write("other.c", "int other(void) { return 0; }\n");
  const Outcome link = Link("--chestnut-real=gcc -O2 hello.c other.c -o hello");
  ASSERT_EQ(link.status, 0) << link.err;
  EXPECT_EQ(Execute({"./hello"}).out, "Hello World!\n");
  ASSERT_EQ(Link("--chestnut-real=gcc -O2 -c hello.c").status, 0);
  ASSERT_EQ(Link("hello.o -o hello2").status, 0);
  EXPECT_EQ(Execute({"./hello2"}).out, "Hello World!\n");
}

TEST_F(LinkTest, FactsAreDroppedAndThePolicySurvivesStrip) {
  Write("hello.c", kHello);
  ASSERT_EQ(Link("-g hello.c -o hello --chestnut-policy-out=p.json "
                 "--chestnut-facts-out=all.facts")
                .status,
            0);
  EXPECT_THAT(Shell("objdump -h hello").out, Not(HasSubstr(".chestnut.facts")));
  const std::string before =
      Shell("$BIN/chestnut show --format json hello").out;
  EXPECT_EQ(before, Read("p.json"));
  ASSERT_EQ(Shell("strip hello").status, 0);
  EXPECT_EQ(Shell("$BIN/chestnut show --format json hello").out, before);
  EXPECT_EQ(Execute({"./hello"}).out, "Hello World!\n");
  // The same facts give the same policy by hand.
  ASSERT_EQ(Shell("$BIN/chestnut policy --facts all.facts --target hello -o "
                  "again.json --header policy.h")
                .status,
            0);
  EXPECT_THAT(Read("policy.h"), HasSubstr("chestnut_filter"));
}

TEST_F(LinkTest, LinksAreReproducible) {
  Write("hello.c", kHello);
  ASSERT_EQ(Shell("$MUSL -c hello.c && mkdir x && $MUSL hello.o -o one && "
                  "$MUSL hello.o -o x/one && cmp one x/one")
                .status,
            0);
}

// What a second build takes from the cache carries its facts.
TEST_F(LinkTest, BehindCcacheInAParallelMake) {
  Write("main.c", "int f(void);\nint main(void) { return f(); }\n");
  Write("f.c", "#include <unistd.h>\nint f(void) { return getppid() < 0; }\n");
  Write("Makefile",
        "p: main.o f.o\n\t$(CC) -o $@ $^\n"
        "%.o: %.c\n\t$(CC) -O2 -MD -c -o $@ $<\n");
  const std::string make =
      "export CCACHE_DIR=$PWD/ccache CCACHE_NODISABLE=1; "
      "make -j4 CC=\"ccache $MUSL\" && mv p ";
  ASSERT_EQ(Shell(make + "first && rm *.o").status, 0);
  ASSERT_EQ(Shell(make + "second").status, 0);
  EXPECT_THAT(Shell("CCACHE_DIR=$PWD/ccache ccache --print-stats").out,
              HasSubstr("direct_cache_hit\t2"));
  EXPECT_EQ(Read("first"), Read("second"));
  EXPECT_THAT(Calls("second"), HasSubstr("getppid"));
  EXPECT_EQ(Execute({"./second"}).status, 0);
}

// Hardened builds ask for what a static program is or does not need.
TEST_F(LinkTest, WhatTheLibcDecidesGivesNoWarning) {
  Write("main.c", "int main(void) { return 0; }\n");
  ASSERT_EQ(Link("main.c -o p").status, 0);  // may have to build the libc
  for (const char* flags : {"-pie", "-no-pie", "-rdynamic", "-static-pie"}) {
    const Outcome link =
        Link(std::string("-Wall -Werror ") + flags + " main.c -o p");
    EXPECT_EQ(link.status, 0) << flags;
    EXPECT_EQ(link.err, "") << flags;
    EXPECT_EQ(Execute({"./p"}).status, 0) << flags;
  }
}

}  // namespace
}  // namespace chestnut::driver_test
