#include "driver/overlay.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::driver {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(absl::string_view text) {
  absl::StatusOr<Overlay> overlay = ParseOverlay(text, "o.json");
  return overlay.ok() ? "no error" : std::string(overlay.status().message());
}

TEST(Overlay, DecisionsAreFoundByPlace) {
  absl::StatusOr<Overlay> overlay = ParseOverlay(
      R"({"decisions": [
        {"place": "a+0x1", "decision": {"calls": ["read", "write"]},
         "reason": "seen"},
        {"place": "b+0x2", "decision": {"modules": ["p.so"], "names": ["f"]},
         "reason": "configured"},
        {"place": "c+0x3", "decision": "none", "reason": "dead"}]})",
      "o.json");
  ASSERT_TRUE(overlay.ok()) << overlay.status();
  ASSERT_NE(overlay->Find("a+0x1"), nullptr);
  EXPECT_THAT(overlay->Find("a+0x1")->calls, ElementsAre("read", "write"));
  EXPECT_THAT(overlay->Find("b+0x2")->modules, ElementsAre("p.so"));
  EXPECT_THAT(overlay->Find("b+0x2")->names, ElementsAre("f"));
  EXPECT_EQ(overlay->Find("c+0x3")->reason, "dead");
  EXPECT_EQ(overlay->Find("d+0x4"), nullptr);
}

TEST(Overlay, WhatIsWrongIsNamed) {
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("o.json: not an overlay"));
  EXPECT_THAT(ErrorOf("{"), HasSubstr("o.json: not an overlay"));
  EXPECT_THAT(
      ErrorOf(R"({"decisions": [{"place": "a+0x1", "decision": "none"}]})"),
      HasSubstr("no reason is given for a+0x1"));
  EXPECT_THAT(ErrorOf(R"({"decisions": [{"place": "a+0x1", "reason": "r",
                          "decision": {"calls": ["raed"]}}]})"),
              HasSubstr("a+0x1: unknown system call raed"));
  EXPECT_THAT(ErrorOf(R"({"decisions": [{"place": "a+0x1", "reason": "r",
                          "decision": "all"}]})"),
              HasSubstr("neither \"none\" nor"));
  EXPECT_THAT(ErrorOf(R"({"decisions": [{"place": "a", "reason": "r",
                          "decision": "none", "plcae": "b"}]})"),
              HasSubstr("unknown field plcae"));
  EXPECT_THAT(ErrorOf(R"({"decisions": [
                {"place": "a", "reason": "r", "decision": "none"},
                {"place": "a", "reason": "r", "decision": "none"}]})"),
              HasSubstr("a is decided twice"));
}

}  // namespace
}  // namespace chestnut::driver
