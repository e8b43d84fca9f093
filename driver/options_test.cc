#include "driver/options.h"

#include <string>
#include <vector>

#include "driver/linker_context.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::driver {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(OptionsTest, AreTakenOutWhereverTheyStand) {
  std::vector<std::string> arguments = {"-c",
                                        "--chestnut-libc=musl",
                                        "a.c",
                                        "--chestnut-mode=errno=38",
                                        "--chestnut-annotations=a.h",
                                        "--chestnut-annotations=b.h",
                                        "-O2"};
  const auto options = TakeOptions(arguments);
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_THAT(arguments, ElementsAre("-c", "a.c", "-O2"));
  EXPECT_EQ(options->libc, "musl");
  EXPECT_EQ(options->mode, "errno");
  EXPECT_EQ(options->errno_value, 38);
  EXPECT_THAT(options->annotations, ElementsAre("a.h", "b.h"));
}

TEST(OptionsTest, WrongOnesAreNamed) {
  for (const char* option :
       {"--chestnut-mode=", "--chestnut-mode=errno=4096", "--chestnut-mode=die",
        "--chestnut-libc=glibc", "--chestnut-exact=yes", "--chestnut-",
        "--chestnut-real", "--chestnut-policy-out="}) {
    std::vector<std::string> arguments = {option};
    const auto options = TakeOptions(arguments);
    ASSERT_FALSE(options.ok()) << option;
    EXPECT_THAT(std::string(options.status().message()),
                HasSubstr("--chestnut-"));
  }
}

TEST(OptionsTest, ReachTheLinkerStageUnchanged) {
  std::vector<std::string> arguments = {"--chestnut-libc=musl",
                                        "--chestnut-mode=errno=38",
                                        "--chestnut-policy-out=p,q.json",
                                        "--chestnut-annotations=a b.h",
                                        "--chestnut-exact",
                                        "--chestnut-unsandboxed"};
  LinkerContext context;
  context.options = *TakeOptions(arguments);
  context.linker = "/usr/bin/ld";
  context.compiler = "clang-19";
  context.sysroot = "/musl";
  context.lto = true;
  std::vector<std::string> encoded = EncodeLinkerContext(context);
  encoded.push_back("main.o");
  const auto decoded = TakeLinkerContext(encoded);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_THAT(encoded, ElementsAre("main.o"));
  EXPECT_EQ(LinkerOptions(decoded->options), LinkerOptions(context.options));
  EXPECT_EQ(decoded->linker, context.linker);
  EXPECT_EQ(decoded->compiler, context.compiler);
  EXPECT_EQ(decoded->sysroot, context.sysroot);
  EXPECT_TRUE(decoded->lto);
}

TEST(OptionsTest, TheLinkerStageIsNotCalledByItself) {
  std::vector<std::string> arguments = {"main.o", "-o", "p"};
  EXPECT_FALSE(TakeLinkerContext(arguments).ok());
}

}  // namespace
}  // namespace chestnut::driver
