#!/usr/bin/env python3
"""abseil and googletest with their own CMake files, as parts of sandboxed programs.

libraries.py BUILD
"""

import signal
import subprocess
import sys

from building import expect, main, run

PROJECT = """\
cmake_minimum_required(VERSION 3.21)
project(Libraries LANGUAGES C CXX)
set(CMAKE_CXX_STANDARD 17)
add_compile_options(-w)
set(ABSL_PROPAGATE_CXX_STD ON)
find_package(Chestnut REQUIRED)
add_subdirectory({abseil} abseil EXCLUDE_FROM_ALL)
add_subdirectory(/usr/src/googletest googletest EXCLUDE_FROM_ALL)
chestnut_add_executable(counter counter.cc)
target_link_libraries(counter PRIVATE absl::flat_hash_map absl::str_format absl::strings absl::synchronization
                      absl::time absl::cord absl::status absl::statusor absl::failure_signal_handler absl::symbolize)
chestnut_add_executable(counter_test counter_test.cc)
target_link_libraries(counter_test PRIVATE GTest::gtest_main GTest::gmock absl::flat_hash_map)
"""

COUNTER = """\
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>
#include "absl/container/flat_hash_map.h"
#include "absl/debugging/failure_signal_handler.h"
#include "absl/debugging/symbolize.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

absl::StatusOr<std::string> Read(const char* path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

int main(int argc, char** argv) {
  absl::InitializeSymbolizer(argv[0]);
  absl::FailureSignalHandlerOptions options;
  options.call_previous_handler = false;
  absl::InstallFailureSignalHandler(options);
  if (argc > 2 && std::string(argv[2]) == "abort") abort();
  if (argc > 2) {
    int* volatile nowhere = nullptr;
    return *nowhere;
  }
  absl::StatusOr<std::string> text = Read(argv[1]);
  if (!text.ok()) {
    absl::FPrintF(stderr, "%s\\n", text.status().ToString());
    return 1;
  }
  absl::Mutex mutex;
  absl::flat_hash_map<std::string, int> counts;
  absl::BlockingCounter done(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (absl::string_view word : absl::StrSplit(*text, absl::ByAnyChar(" \\n"), absl::SkipEmpty())) {
        absl::MutexLock lock(&mutex);
        ++counts[std::string(word)];
      }
      absl::SleepFor(absl::Milliseconds(1));
      done.DecrementCount();
    });
  }
  done.Wait();
  for (std::thread& thread : threads) thread.join();
  mutex.LockWhenWithTimeout(absl::Condition(+[](absl::flat_hash_map<std::string, int>* c) { return c->empty(); }, &counts),
                            absl::Milliseconds(5));
  mutex.Unlock();
  absl::Cord cord(absl::StrFormat("%d words, ", counts.size()));
  cord.Append(absl::FormatTime("%Y", absl::FromUnixSeconds(0), absl::LocalTimeZone()));
  absl::PrintF("%s, the: %d\\n", std::string(cord), counts["the"]);
  return 0;
}
"""

COUNTER_TEST = """\
#include "absl/container/flat_hash_map.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

struct Store {
  virtual ~Store() = default;
  virtual int Get(int key) = 0;
};
struct MockStore : Store {
  MOCK_METHOD(int, Get, (int key), (override));
};

TEST(Counter, Mock) {
  MockStore store;
  EXPECT_CALL(store, Get(::testing::Ge(3))).Times(2).WillRepeatedly(::testing::Return(7));
  EXPECT_EQ(store.Get(3) + store.Get(4), 14);
}
TEST(Counter, Map) {
  absl::flat_hash_map<int, int> map;
  for (int i = 0; i < 1000; ++i) map[i % 10] += i;
  EXPECT_THAT(map, ::testing::SizeIs(10));
}
struct Numbers : ::testing::TestWithParam<int> {};
TEST_P(Numbers, Small) { EXPECT_LT(GetParam(), 5); }
INSTANTIATE_TEST_SUITE_P(All, Numbers, ::testing::Range(0, 5));
"""


def written(folder, abseil):
    folder.mkdir()
    (folder / "CMakeLists.txt").write_text(PROJECT.format(abseil=abseil))
    (folder / "counter.cc").write_text(COUNTER)
    (folder / "counter_test.cc").write_text(COUNTER_TEST)
    return folder


def check(work):
    build = work.folder / "build"
    project = written(work.folder / "project", work.source("abseil"))
    run("cmake", "-S", project, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_COMPILER=clang-19",
        "-DCMAKE_CXX_COMPILER=clang++-19", f"-DCMAKE_PREFIX_PATH={work.installed()}")
    run("ninja", "-C", build, "-j2", "counter", "counter_test", timeout=3000)
    text = work.folder / "text"
    text.write_text("the cat and the dog\n" * 1000)
    counter = build / "counter"
    expect(run(counter, text, timeout=60) == "4 words, 1970, the: 8000\n", "counter")
    expect("NOT_FOUND" in run(counter, "/nothing", status=1), "counter without a file")
    # abseil's handler prints what it knows of a crash, within the sandbox.
    for argument, number in (("abort", signal.SIGABRT), ("null", signal.SIGSEGV)):
        crashed = subprocess.run([counter, text, argument], capture_output=True, text=True, check=False)
        expect(crashed.returncode == -number and f"*** {number.name} received" in crashed.stderr, argument,
               crashed.returncode, crashed.stderr)
    expect("[  PASSED  ] 7 tests." in run(build / "counter_test", timeout=60), "counter_test")
    report = work.folder / "report.xml"
    run(build / "counter_test", f"--gtest_output=xml:{report}", "--gtest_shuffle", "--gtest_repeat=3", timeout=60)
    expect("testsuites" in report.read_text(), "no report")
    for name in ("counter", "counter_test"):
        calls = work.calls(build / name)
        expect("futex" in calls, "futex is missing in the policy of", name)
        for call in ("ptrace", "mount", "listen"):
            expect(call not in calls, call, "is in the policy of", name)
        print(f"{name}: {len(calls)} calls")


if __name__ == "__main__":
    sys.exit(main(check, sys.argv))
