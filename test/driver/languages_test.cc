// Objects of other languages and hand-written code in the link: read as they
// are, whatever made them.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::HasSubstr;

class LanguagesTest : public ToolTest {
 protected:
  bool Has(const std::string& program) const {
    return Shell("command -v " + program).status == 0;
  }

  // What the program prints under its policy.
  std::string Linked(const std::string& arguments) {
    const Outcome link = Shell("$CC " + arguments + " -o program");
    EXPECT_EQ(link.status, 0) << arguments << link.err;
    const Outcome run = Execute({"./program"});
    EXPECT_EQ(run.status, 0) << arguments << run.err;
    return run.out;
  }
};

TEST_F(LanguagesTest, Fortran) {
  if (!Has("gfortran")) GTEST_SKIP() << "no gfortran";
  Write("part.f90",
        "subroutine part(n) bind(c)\n"
        "  use iso_c_binding\n"
        "  integer(c_int), value :: n\n"
        "  character(len=20) :: text\n"
        "  write (text, '(a,i0)') 'n is ', n\n"
        "  print '(a)', trim(text)\n"
        "end subroutine\n");
  Write("main.c",
        "void part(int n);\nint main(void) { part(41); return 0; }\n");
  Write("main.f90",
        "program main\n"
        "  interface\n"
        "    subroutine callee() bind(c)\n    end subroutine\n"
        "  end interface\n"
        "  open(10, file='written')\n"
        "  write(10,*) 'text'\n"
        "  close(10)\n"
        "  call callee()\n"
        "end program\n");
  Write("callee.c",
        "#include <stdio.h>\n#include <unistd.h>\n"
        "void callee(void) { printf(\"%d\\n\", getppid() > 0); }\n");
  ASSERT_EQ(Shell("gfortran -O2 -c part.f90 main.f90").status, 0);
  EXPECT_EQ(Linked("main.c part.o -lgfortran -lm"), "n is 41\n");
  EXPECT_EQ(Linked("callee.c main.o -lgfortran -lm"), "1\n");
  EXPECT_THAT(Read("written"), HasSubstr("text"));
}

TEST_F(LanguagesTest, Rust) {
  if (!Has("rustc")) GTEST_SKIP() << "no rustc";
  Write("part.rs",
        "#[no_mangle]\n"
        "pub extern \"C\" fn part(n: i32) -> i32 {\n"
        "    let text = format!(\"n is {}\", n);\n"
        "    println!(\"{}\", text);\n"
        "    std::thread::spawn(move || n + 1).join().unwrap()\n"
        "}\n");
  Write("main.c",
        "int part(int n);\nint main(void) { return part(41) != 42; }\n");
  ASSERT_EQ(
      Shell("rustc --crate-type staticlib -O part.rs -o libpart.a").status, 0);
  EXPECT_EQ(Linked("main.c libpart.a -lpthread -ldl -lm"), "n is 41\n");
}

// File-scope assembly and assembly of its own, each with calls of its own.
TEST_F(LanguagesTest, Assembly) {
  Write("store.s",
        ".globl store\nstore: mov %rdi,visible(%rip)\n ret\n"
        ".section .note.GNU-stack,\"\",@progbits\n");
  Write(
      "scope.c",
      "#include <unistd.h>\n"
      "static long inner(void) { return getppid(); }\n"
      "static long (*hidden)(void) __attribute__((used));\n"
      "long (*visible)(void);\n"
      "long (*const keep)(void) = inner;\n"
      "__asm__(\".text\\n\"\n"
      "        \".globl direct\\ndirect: mov $107,%eax\\n syscall\\n ret\\n\"\n"
      "        \".globl through\\nthrough: jmp *%rdi\\n\"\n"
      "        \".globl given\\ngiven: mov %edi,%eax\\n syscall\\n ret\\n\"\n"
      "        \".globl into\\ninto: sub $8,%rsp\\n call inner\\n\"\n"
      "        \" add $8,%rsp\\n ret\\n\"\n"
      "        \".globl hide\\nhide: mov %rdi,hidden(%rip)\\n ret\\n\");\n"
      "long direct(void), through(long (*)(void)), given(int), into(void);\n"
      "void store(long (*)(void)), hide(long (*)(void));\n"
      "static long called(void) { return getpgid(0); }\n"
      "static long stored(void) { return getsid(0); }\n"
      "static long hid(void) { return getegid(); }\n"
      "int main(void) {\n"
      "  store(stored);\n  hide(hid);\n"
      "  if (visible() < 0 || hidden() < 0) return 1;\n"
      "  return direct() < 0 || through(called) < 0 || given(102) < 0 ||\n"
      "         into() < 0;\n}\n");
  ASSERT_EQ(Shell("$MUSL -O1 -c scope.c").status, 0);
  for (const char* libc : {"", "-static", "--chestnut-libc=musl"}) {
    Linked("-O1 scope.c store.s " + std::string(libc));
    const std::string calls =
        "\n" + Shell("$BIN/chestnut show --format names program").out;
    for (const char* call :
         {"geteuid", "getpgid", "getuid", "getppid", "getsid", "getegid"}) {
      EXPECT_THAT(calls, HasSubstr("\n" + std::string(call) + "\n")) << libc;
    }
  }
}

}  // namespace
}  // namespace chestnut::driver_test
