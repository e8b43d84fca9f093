#include "support/compression.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace chestnut::support {
namespace {

constexpr uint64_t kLimit = 1 << 20;

TEST(CompressionTest, GivesBackWhatItWasGiven) {
  std::string mixed;
  for (int i = 0; i < 300000; ++i) mixed.push_back(static_cast<char>(i * i));
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string(500000, 'x'), mixed}) {
    absl::StatusOr<std::string> read = Decompress(Compress(bytes), kLimit);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, bytes);
  }
  EXPECT_LT(Compress(std::string(500000, 'x')).size(), 1000);
}

TEST(CompressionTest, RefusesWhatIsNoWholeStream) {
  const std::string stream = Compress("some text, some text, some text");
  for (size_t size = 0; size < stream.size(); ++size) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        Decompress(stream.substr(0, size), kLimit).status()))
        << size;
  }
  EXPECT_FALSE(Decompress(stream + "x", kLimit).ok());
  std::string damaged = stream;
  damaged.back() ^= 1;
  EXPECT_FALSE(Decompress(damaged, kLimit).ok());
}

TEST(CompressionTest, ALargeContentOfASmallStreamIsRefused) {
  const std::string stream = Compress(std::string(kLimit + 1, '\0'));
  EXPECT_FALSE(Decompress(stream, kLimit).ok());
  EXPECT_TRUE(Decompress(stream, kLimit + 1).ok());
}

}  // namespace
}  // namespace chestnut::support
