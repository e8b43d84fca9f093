// What the compiler itself calls: in facts these are weak references, as no
// program must have them. A program that has them has their calls in its
// policy, or is not linked.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class HelpersTest : public ToolTest {
 protected:
  void SetUp() override {
    ToolTest::SetUp();
    if (IsSkipped()) return;
    Write("main.cc",
          "struct Guarded { Guarded(); ~Guarded(); int value; };\n"
          "struct Base { virtual ~Base() {} virtual int run() = 0; };\n"
          "struct Derived : Base { int run() override { return 1; } };\n"
          "Guarded::Guarded() : value(1) {}\n"
          "Guarded::~Guarded() {}\n"
          "int get() { static Guarded g; return g.value; }\n"
          "int main(int argc, char**) {\n"
          "  try {\n"
          "    if (argc > 1) throw 1;\n"
          "    Base* base = new Derived;\n"
          "    const int result = base->run() - get();\n"
          "    delete base;\n"
          "    return result;\n"
          "  } catch (int) { return 1; }\n"
          "}\n");
    Write("runtime.cc", Runtime());
    ASSERT_EQ(Shell(kCompiler + "-c main.cc runtime.cc && "
                                "clang++-19 -c runtime.cc -o plain.o")
                  .status,
              0);
  }

  // A support library of C++, as Debian has none for musl: each of its
  // functions makes a call of its own.
  static std::string Runtime(const std::string& leave_out = "nothing") {
    const std::string functions[] = {
        "void* __cxa_allocate_exception(long) { getppid(); return environ; }\n",
        "void __cxa_throw(void*, void*, void*) { sync(); _exit(3); }\n",
        "void* __cxa_begin_catch(void*) { getgid(); return nullptr; }\n",
        "void __cxa_end_catch() { geteuid(); }\n",
        "int __gxx_personality_v0() { getuid(); return 0; }\n",
        "int __cxa_guard_acquire(char* g) { getegid(); return *g == 0; }\n",
        "void __cxa_guard_release(char* g) { getsid(0); *g = 1; }\n",
        "void __cxa_guard_abort(char*) { getpgid(0); }\n",
        "void __cxa_pure_virtual() { chroot(\"/\"); }\n",
        "void _Unwind_Resume(void*) { vhangup(); _exit(9); }\n"};
    std::string text =
        "#include <stdlib.h>\n#include <unistd.h>\n"
        "void* operator new(unsigned long n) { dup(0); return malloc(n); }\n"
        "void operator delete(void* p) noexcept { free(p); }\n"
        "void operator delete(void* p, unsigned long) noexcept "
        "{ fsync(1); free(p); }\n"
        "namespace std { void terminate() noexcept { abort(); } }\n"
        "extern \"C\" {\n"
        "extern const void* const _ZTIi[2] = {};\n"
        "extern const void* const "
        "_ZTVN10__cxxabiv117__class_type_infoE[3] = {};\n"
        "extern const void* const "
        "_ZTVN10__cxxabiv120__si_class_type_infoE[3] = {};\n";
    for (const std::string& function : functions) {
      if (function.find(leave_out) == std::string::npos) text += function;
    }
    return text + "}\n";
  }

  Outcome Link(const std::string& arguments) {
    return Shell(kCompiler + arguments);
  }

  void ExpectLinkFails(const std::string& arguments, int status,
                       const std::string& message) {
    const Outcome link = Link(arguments + " -o p");
    EXPECT_EQ(link.status, status) << arguments << link.err;
    EXPECT_THAT(link.err, HasSubstr(message)) << arguments;
    EXPECT_FALSE(Exists("p")) << arguments;
  }

  const std::string kCompiler =
      "$BIN/chestnut-c++ --chestnut-libc=musl -nostdlib++ ";
};

TEST_F(HelpersTest, TheirCallsAreInThePolicy) {
  for (const char* flags : {"-O0", "-O2", "-O2 -flto -fuse-ld=lld"}) {
    const Outcome link = Link(std::string(flags) + " main.cc runtime.cc -o p");
    ASSERT_EQ(link.status, 0) << flags << link.err;
    const std::string calls = Shell("$BIN/chestnut show --format names p").out;
    for (const char* call : {"getppid", "sync", "getgid", "geteuid", "getuid",
                             "getegid", "getsid", "dup", "fsync", "vhangup"}) {
      EXPECT_THAT("\n" + calls, HasSubstr("\n" + std::string(call) + "\n"))
          << flags;
    }
    EXPECT_THAT(calls, Not(HasSubstr("execve")));
    EXPECT_EQ(Execute({"./p"}).status, 0) << flags;
    EXPECT_EQ(Execute({"./p", "throw"}).status, 3) << flags;
  }
}

TEST_F(HelpersTest, MissingTheyStopTheLink) {
  ExpectLinkFails("main.o", 1, "undefined reference to `__cxa_throw'");
}

TEST_F(HelpersTest, WithoutFactsTheirCodeIsRead) {
  ASSERT_EQ(Shell("ar rc libplain.a plain.o").status, 0);
  for (const char* plain : {"plain.o", "-L. -lplain"}) {
    ASSERT_EQ(Link(std::string("main.o ") + plain + " -o p").status, 0);
    const std::string calls = Shell("$BIN/chestnut show --format names p").out;
    for (const char* call : {"getppid", "getsid", "sync", "vhangup"}) {
      EXPECT_THAT(calls, HasSubstr(call)) << plain;
    }
    EXPECT_THAT(calls, Not(HasSubstr("execve"))) << plain;
    EXPECT_EQ(Execute({"./p", "throw"}).status, 3) << plain;
  }
}

TEST_F(HelpersTest, TheLinkersOwnStopTheLink) {
  Write("some.cc", Runtime("__cxa_throw"));
  ASSERT_EQ(Link("-c some.cc").status, 0);
  for (const char* linker : {"bfd", "gold", "lld"}) {
    const std::string with = std::string("-fuse-ld=") + linker + " main.o ";
    ExpectLinkFails(with + "some.o -Wl,--defsym=__cxa_throw=abort", 2,
                    "'__cxa_throw'");
    // Over a function that the program has.
    ExpectLinkFails(with + "runtime.o -Wl,--defsym,__cxa_throw=abort", 2,
                    "'__cxa_throw'");
  }
  Write("throw.ld", "/* f = g */ __cxa_throw = abort;\n");
  ExpectLinkFails("main.o runtime.o throw.ld", 2, "'__cxa_throw'");
  Write("other.ld", "limit = 0x10;\n");
  EXPECT_EQ(Link("main.o runtime.o other.ld -o q").status, 0);
}

TEST_F(HelpersTest, WeakReferencesOfTheUserAreNoDifferent) {
  Write("weak.c",
        "void hook(void) __attribute__((weak));\n"
        "int main(void) { if (hook) hook(); return 0; }\n");
  const std::string compiler = "$MUSL -O2 weak.c ";
  ASSERT_EQ(Shell(compiler + "-o p").status, 0);
  EXPECT_EQ(Execute({"./p"}).status, 0);
  const Outcome link = Shell(compiler + "-Wl,--defsym,hook=sync -o q");
  EXPECT_EQ(link.status, 2);
  EXPECT_THAT(link.err, HasSubstr("'hook'"));
  EXPECT_FALSE(Exists("q"));
}

}  // namespace
}  // namespace chestnut::driver_test
