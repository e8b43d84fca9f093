// Functions of closures, which compilers number as they come across them and
// facts name by their places.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::HasSubstr;

class ClosuresTest : public ToolTest,
                     public ::testing::WithParamInterface<const char*> {
 protected:
  std::string Compiler() const {
    return std::string("$CC --chestnut-real=") + GetParam();
  }
  Outcome Build(const std::string& arguments) {
    return Shell(Compiler() + " -std=c++20 " + arguments);
  }
};

// Two threads with the same signature, one of which is inlined down to its
// system call: the number is in the facts of one of them.
constexpr char kThreads[] = R"(
#include <atomic>
#include <functional>
#include <thread>
#include <unistd.h>
int main() {
  std::atomic<int> a = 0;
  std::jthread quiet([&] { (void)getppid(); });
  std::jthread loud([&] { a = 1; a.notify_one(); });
  a.wait(0);
  std::function<int(int)> f = [&](int x) { return x + a; };
  std::function<int(int)> g = [&](int x) { a.notify_all(); return x; };
  return f(1) + g(-2);
}
)";

TEST_P(ClosuresTest, WhatTheyCallKeepsItsArguments) {
  Write("threads.cc", kThreads);
  for (const char* flags : {"-O0", "-O2", "-O2 -static"}) {
    const Outcome link = Build(std::string(flags) + " threads.cc -o threads");
    EXPECT_EQ(link.status, 0) << flags << "\n" << link.err;
    EXPECT_EQ(Execute({"./threads"}).status, 0) << flags;
  }
}

// What the compiler alone calls in them is no less allowed: here nobody else
// calls it.
TEST_P(ClosuresTest, WhatTheCompilerAddsIsTheirs) {
  Write("closures.cc",
        "extern \"C\" {\n"
        "__attribute__((no_instrument_function))\n"
        "void __cyg_profile_func_enter(void*, void*);\n"
        "__attribute__((no_instrument_function))\n"
        "void __cyg_profile_func_exit(void*, void*);\n"
        "}\n"
        "int (*volatile chosen)(int);\n"
        "__attribute__((no_instrument_function)) int main(int argc, char**) {\n"
        "  auto once = [](int x) { return x - 1; };\n"
        "  auto twice = [](int x) { return x - 2; };\n"
        "  if (argc > 1) chosen = once; else chosen = twice;\n"
        "  return chosen(2);\n"
        "}\n");
  Write("enter.cc",
        "#include <unistd.h>\n"
        "extern \"C\" void __cyg_profile_func_enter(void*, void*) {\n"
        "  if (getsid(0) < 0) _exit(9);\n"
        "}\n"
        "extern \"C\" void __cyg_profile_func_exit(void*, void*) {}\n");
  EXPECT_EQ(Build("-c enter.cc").status, 0);
  for (const char* level : {"-O0", "-O2"}) {
    const Outcome link = Build(std::string(level) +
                               " -finstrument-functions closures.cc enter.o "
                               "-o closures");
    EXPECT_EQ(link.status, 0) << level << "\n" << link.err;
    EXPECT_EQ(Execute({"./closures"}).status, 0) << level;
    EXPECT_THAT(Shell("$BIN/chestnut show --format names closures").out,
                HasSubstr("getsid\n"))
        << level;
  }
}

INSTANTIATE_TEST_SUITE_P(Compilers, ClosuresTest,
                         ::testing::Values("clang++-19", "g++"));

}  // namespace
}  // namespace chestnut::driver_test
