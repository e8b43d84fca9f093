#include "support/digest.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace chestnut::support {
namespace {

// Examples published with FIPS 180-4.
TEST(Sha256Test, AgreesWithThePublishedExamples) {
  EXPECT_EQ(Sha256Hex(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256Hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Test, DoesNotDependOnHowTheInputIsCut) {
  std::string text;
  for (int i = 0; i < 300; ++i) text.push_back(static_cast<char>(i * 7));
  for (size_t length = 0; length <= text.size(); ++length) {
    const absl::string_view input = absl::string_view(text).substr(0, length);
    for (size_t cut : {size_t{1}, size_t{63}, size_t{64}, size_t{65}}) {
      Sha256 pieces;
      for (size_t at = 0; at < length; at += cut) {
        pieces.Update(input.substr(at, cut));
      }
      Sha256 whole;
      whole.Update(input);
      ASSERT_EQ(pieces.Finish(), whole.Finish()) << length << "/" << cut;
    }
  }
}

}  // namespace
}  // namespace chestnut::support
