// Everything third_party/ finds must compile, link and load together, and be
// of the version that the rest of the tree is written for.
#include <seccomp.h>

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "clang/Basic/Version.h"
#include "flatbuffers/flatbuffers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/MemoryBuffer.h"
#include "nlohmann/json.hpp"

namespace {

TEST(Dependencies, LlvmAndClangAreOneVersion) {
  EXPECT_EQ(LLVM_VERSION_MAJOR, 19);
  EXPECT_THAT(clang::getClangFullVersion(), testing::HasSubstr("version 19."));
  EXPECT_EQ(llvm::MemoryBuffer::getMemBuffer("ab")->getBufferSize(), 2u);
}

TEST(Dependencies, LibseccompKnowsThisMachine) {
  EXPECT_EQ(seccomp_arch_native(), SCMP_ARCH_X86_64);
  EXPECT_EQ(seccomp_syscall_resolve_name("getpid"), 39);
}

TEST(Dependencies, AbseilCarriesStatus) {
  const absl::StatusOr<int> missing = absl::NotFoundError("x");
  EXPECT_TRUE(absl::IsNotFound(missing.status()));
  absl::flat_hash_map<std::string, int> map;
  map[absl::StrCat("a", 1)] = 1;
  EXPECT_TRUE(map.contains("a1"));
}

TEST(Dependencies, FlatbuffersVerifies) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(builder.CreateString("chestnut"));
  flatbuffers::Verifier verifier(builder.GetBufferPointer(), builder.GetSize());
  EXPECT_TRUE(verifier.VerifyString(
      flatbuffers::GetRoot<flatbuffers::String>(builder.GetBufferPointer())));
}

TEST(Dependencies, HeadersOnly) {
  EXPECT_EQ(nlohmann::json::parse("[1]", nullptr, false)[0], 1);
  CLI::App app;
  bool flag = false;
  app.add_flag("--flag", flag);
  std::vector<std::string> arguments = {"--flag"};
  app.parse(arguments);
  EXPECT_TRUE(flag);
}

}  // namespace
