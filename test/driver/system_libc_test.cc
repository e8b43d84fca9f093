// Sandboxed programs with the system's libc: source facts for what is compiled
// here, binary facts for all else that ends up in the process.
#include <csignal>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/driver/tool.h"

namespace chestnut::driver_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SystemLibcTest : public ToolTest {
 protected:
  // Builds `program` of what `arguments` name and runs it.
  Outcome Run(const std::string& arguments) {
    const Outcome link = Shell("$CC -o program " + arguments);
    EXPECT_EQ(link.status, 0) << arguments << "\n" << link.err;
    return link.status == 0 ? Execute({"./program"}) : link;
  }
  std::string Calls() {
    return Shell("$BIN/chestnut show --format names program | tr '\\n' ' '")
        .out;
  }
};

TEST_F(SystemLibcTest, HelloRunsHoweverItIsLinked) {
  Write("hello.c",
        "#include <stdio.h>\nint main(void) { puts(\"Hello World!\"); }\n");
  for (const char* flags :
       {"-O2", "-O0 -g", "-fno-pie -no-pie", "-Wl,-z,now", "-Wl,-z,lazy",
        "-O2 -flto", "-s", "-static", "-static-pie"}) {
    const Outcome run = Run(std::string(flags) + " hello.c");
    EXPECT_EQ(run.status, 0) << flags;
    EXPECT_EQ(run.out, "Hello World!\n") << flags;
    EXPECT_THAT(Calls(), HasSubstr("write")) << flags;
    EXPECT_THAT(Calls(), Not(HasSubstr("execve"))) << flags;
  }
}

TEST_F(SystemLibcTest, FamiliesOfCallsServeAnotherLibc) {
  Write("hello.c",
        "#include <stdio.h>\nint main(void) { puts(\"Hello World!\"); }\n");
  EXPECT_EQ(Run("hello.c").status, 0);
  EXPECT_THAT(Calls(), HasSubstr("openat2"));
  EXPECT_EQ(Run("--chestnut-exact hello.c").status, 0);
  EXPECT_THAT(Calls(), Not(HasSubstr("openat2")));
}

// Whatever libc is handed comes back as a call, and each makes one of its own.
constexpr char kCallbacks[] = R"(
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
static void on_signal(int number) { getppid(); }
static int compare(const void* a, const void* b) { getpgid(0); return *(const int*)a - *(const int*)b; }
static void* start(void* argument) { getpgrp(); return argument; }
static void at_exit(void) { getsid(0); write(1, "at exit\n", 8); }
static ssize_t cookie_write(void* cookie, const char* bytes, size_t size) {
  getuid();
  return write(1, bytes, size);
}
static int cookie_close(void* cookie) { geteuid(); return 0; }
static int tree_compare(const void* a, const void* b) { getegid(); return strcmp(a, b); }
struct outside { int (*callback)(int); };
int run_outside(struct outside* outside, int number);
static int called_outside(int x) { sched_yield(); return x; }
__attribute__((constructor)) static void construct(void) { getpriority(0, 0); }
__attribute__((destructor)) static void destruct(void) { alarm(0); }
int main(void) {
  struct sigaction action = {0};
  action.sa_handler = on_signal;
  sigaction(SIGUSR1, &action, 0);
  raise(SIGUSR1);
  int v[4] = {3, 1, 2, 0};
  qsort(v, 4, sizeof *v, compare);
  pthread_t thread;
  pthread_create(&thread, 0, start, 0);
  pthread_join(thread, 0);
  atexit(at_exit);
  cookie_io_functions_t io = {.write = cookie_write, .close = cookie_close};
  FILE* file = fopencookie(0, "w", io);
  fprintf(file, "cookie %d%d%d%d\n", v[0], v[1], v[2], v[3]);
  fclose(file);
  void* root = 0;
  tsearch("a", &root, tree_compare);
  tsearch("b", &root, tree_compare);
  struct outside outside = {called_outside};
  return run_outside(&outside, SYS_gettid) > 0 && syscall(SYS_getgid) >= 0 ? 0 : 1;
}
)";

// Compiled by another compiler: no facts.
constexpr char kOutside[] = R"(
struct outside { int (*callback)(int); };
static long raw(double unused, long number) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
  return result;
}
int run_outside(struct outside* outside, int number) {
  outside->callback(3);
  return (int)raw(1.5, number) + (int)raw(2.5, 102);
}
)";

TEST_F(SystemLibcTest, WhatLibcAndForeignCodeCallBackMayMakeItsCalls) {
  Write("main.c", kCallbacks);
  Write("outside.c", kOutside);
  for (const char* foreign : {"gcc -O0", "gcc -O2", "clang-19 -O2 -fPIC"}) {
    ASSERT_EQ(Shell(std::string(foreign) + " -c outside.c").status, 0);
    for (const char* flags : {"-O0", "-O2", "-O2 -static"}) {
      const Outcome run = Run(std::string(flags) + " main.c outside.o");
      EXPECT_EQ(run.status, 0) << foreign << flags;
      EXPECT_EQ(run.out, "cookie 0123\nat exit\n") << foreign << flags;
    }
  }
}

TEST_F(SystemLibcTest, SharedAndStaticLibrariesNeedNoFacts) {
  Write("main.c", kCallbacks);
  Write("outside.c", kOutside);
  ASSERT_EQ(Shell("gcc -O2 -fPIC -shared outside.c -o liboutside.so && "
                  "gcc -O2 -c outside.c && ar rcs libarchive.a outside.o")
                .status,
            0);
  for (const char* library :
       {"-L. -loutside -Wl,-rpath,'$ORIGIN'", "-L. -larchive"}) {
    EXPECT_EQ(Run(std::string("-O2 main.c ") + library).status, 0) << library;
    EXPECT_THAT(Calls(), HasSubstr("getuid")) << library;
  }
}

// How many registers a double or a struct takes does not show in the arguments
// as written: such a number is not guessed.
TEST_F(SystemLibcTest, ANumberBehindOtherRegistersIsUnknown) {
  Write("outside.c",
        "struct pair { long a, b; };\n"
        "long run_outside(struct pair p, long number) { long r;\n"
        "  __asm__ volatile(\"syscall\" : \"=a\"(r) : \"a\"(number) "
        ": \"rcx\", \"r11\", \"memory\");\n  return r; }\n");
  Write("main.c",
        "struct pair { long a, b; };\n"
        "long run_outside(struct pair p, long number, int more);\n"
        "int main(void) { struct pair p = {1, 2};\n"
        "  return run_outside(p, 39, 5) <= 0; }\n");
  ASSERT_EQ(Shell("gcc -O2 -c outside.c").status, 0);
  const Outcome link = Shell("$CC main.c outside.o -o program");
  EXPECT_EQ(link.status, 3);
  EXPECT_THAT(link.err,
              HasSubstr("chestnut: incomplete: main.c:4: the number"));
  EXPECT_FALSE(Exists("program"));
}

TEST_F(SystemLibcTest, AssemblyIsReadAsItIs) {
  Write("call.s",
        ".text\n.globl call\n.type call,@function\ncall:\n"
        "  mov $107, %eax\n  syscall\n  ret\n"
        ".section .note.GNU-stack,\"\",@progbits\n");
  Write("main.c", "long call(void);\nint main(void) { return call() < 0; }\n");
  EXPECT_EQ(Run("main.c call.s").status, 0);
  EXPECT_THAT(Calls(), HasSubstr("geteuid"));
}

constexpr char kClasses[] = R"(
#include <filesystem>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <regex>
#include <streambuf>
#include <unistd.h>
struct Buffer : std::streambuf {
  int overflow(int c) override {
    getppid();
    char byte = static_cast<char>(c);
    return write(1, &byte, 1) == 1 ? c : -1;
  }
};
struct Base { virtual ~Base() {} virtual int go() { return getpgid(0); } };
struct Derived : Base { int go() override { return getsid(0); } };
int main() {
  Buffer buffer;
  std::ostream out(&buffer);
  std::unique_ptr<Base> object(new Derived);
  auto future = std::async(std::launch::async, [] { return getpgrp(); });
  out << (object->go() >= 0) << (future.get() > 0)
      << std::regex_match("abc123", std::regex("[a-z]+[0-9]+"));
  for (auto& entry : std::filesystem::directory_iterator("/")) {
    out << entry.path().empty();
    break;
  }
  try {
    std::map<int, int>().at(3);
  } catch (const std::out_of_range&) {
    out << " caught" << std::endl;
  }
}
)";

TEST_F(SystemLibcTest, ClassesOfLibstdcxxCallWhatOverridesTheirMethods) {
  Write("classes.cc", kClasses);
  for (const char* flags : {"-O0", "-O2", "-O2 -static"}) {
    const std::string command =
        std::string(flags) + " -std=c++20 --driver-mode=g++ classes.cc";
    const Outcome run = Run(command);
    EXPECT_EQ(run.status, 0) << flags;
    EXPECT_EQ(run.out, "1110 caught\n") << flags;
  }
}

TEST_F(SystemLibcTest, WhatIsOpenedByNameBelongsToTheProgram) {
  Write("plugin.c",
        "#include <unistd.h>\nint plugged(void) { return getpgid(0); }\n");
  Write("main.c",
        "#include <dlfcn.h>\nint main(void) {\n"
        "  void* plugin = dlopen(\"libplugin.so\", RTLD_NOW);\n"
        "  int (*plugged)(void) = (int (*)(void))dlsym(plugin, \"plugged\");\n"
        "  return plugged() < 0;\n}\n");
  ASSERT_EQ(Shell("gcc -fPIC -shared plugin.c -o libplugin.so").status, 0);
  EXPECT_EQ(Run("main.c -Wl,-rpath,'$ORIGIN'").status, 0);
  EXPECT_THAT(Calls(), HasSubstr("getpgid"));
}

// What libc decides by data and not by code: the calls that every thread
// repeats after setuid, and the modules of the name service.
constexpr char kIdentity[] = R"(
#define _GNU_SOURCE
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>
static pthread_barrier_t barrier;
static void* start(void* argument) {
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  return argument;
}
int main(void) {
  pthread_t thread;
  pthread_barrier_init(&barrier, 0, 2);
  pthread_create(&thread, 0, start, 0);
  pthread_barrier_wait(&barrier);
  int result = setuid(getuid()) | setresgid(-1, getgid(), -1);
  pthread_barrier_wait(&barrier);
  pthread_join(thread, 0);
  struct passwd* user = getpwnam("root");
  printf("%d %s\n", result, user ? user->pw_name : "nobody");
}
)";

TEST_F(SystemLibcTest, ThreadsRepeatASetuidAndNamesAreFound) {
  Write("identity.c", kIdentity);
  for (const char* flags : {"-O2", "-O2 -static"}) {
    const Outcome run = Run(std::string(flags) + " -w identity.c");
    EXPECT_EQ(run.status, 0) << flags;
    EXPECT_EQ(run.out, "0 root\n") << flags;
  }
}

TEST_F(SystemLibcTest, WhatNothingNeedsIsKilled) {
  Write("gadget.c",
        "#include <string.h>\n#include <sys/mman.h>\n"
        "int main(void) {\n"
        "  static const unsigned char code[] = {0xb8, 101, 0, 0, 0, 0x0f, 5, "
        "0xc3};\n"
        "  void* page = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,\n"
        "                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);\n"
        "  memcpy(page, code, sizeof code);\n"
        "  return ((int (*)(void))page)();\n}\n");
  EXPECT_EQ(Run("gadget.c").status, -SIGSYS);
}

}  // namespace
}  // namespace chestnut::driver_test
