#include "driver/link_map.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chestnut::driver {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LinkMapTest, OfGnuLd) {
  const auto map = ParseLinkMap(
      R"(Archive member included to satisfy reference by file (symbol)

lib/libx.a(foo.o)             a.o (foo)
/usr/lib/x86_64-linux-gnu/libc_nonshared.a(atexit.oS)
                              lib/libx.a(foo.o) (atexit)

Discarded input sections

 .note.GNU-stack
                0x0000000000000000        0x0 a.o

Memory Configuration

Name             Origin             Length             Attributes
*default*        0x0000000000000000 0xffffffffffffffff

Linker script and memory map

LOAD a.o
LOAD lib/libx.a
START GROUP
LOAD /lib/x86_64-linux-gnu/libc.so.6
END GROUP
                0x0000000000000000                PROVIDE (__executable_start = SEGMENT_START ("text-segment", 0x0))
                0x0000000000001139                bar = foo

.text           0x0000000000001040      0x11b
 *(.text.unlikely .text.*_unlikely .text.unlikely.*)
 .text          0x0000000000001040       0x22 a.o
                0x0000000000001040                main
 *fill*         0x0000000000001062        0xe
OUTPUT(a elf64-x86-64)
)",
      "a.map");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_THAT(
      map->inputs,
      ElementsAre("lib/libx.a(foo.o)",
                  "/usr/lib/x86_64-linux-gnu/libc_nonshared.a(atexit.oS)",
                  "a.o", "lib/libx.a", "/lib/x86_64-linux-gnu/libc.so.6"));
  EXPECT_THAT(map->assigned, ElementsAre("__executable_start", "bar"));
  EXPECT_EQ(map->text_address, 0x1040);
  EXPECT_EQ(map->text_size, 0x11b);
}

TEST(LinkMapTest, OfGold) {
  const auto map = ParseLinkMap(
      R"(Archive member included because of file (symbol)

libx.a(foo.o)                 a.o (foo)

Memory map

 ** file header
                0x0000000000000000       0x40

.text           0x0000000000000580      0x11b
 .text          0x0000000000000580       0x22 a.o
                0x0000000000000580                main
 ** fill        0x00000000000005a2        0xe
 .text.of_a_function_with_a_long_name
                0x00000000000005b0       0xb9 b.o
 set_entries    0x0000000000000669        0x8 c.o
)",
      "a.map");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_THAT(map->inputs, ElementsAre("libx.a(foo.o)", "a.o", "b.o", "c.o"));
  EXPECT_EQ(map->text_address, 0x580);
  EXPECT_EQ(map->text_size, 0x11b);
}

TEST(LinkMapTest, OfLld) {
  const auto map = ParseLinkMap(
      R"(             VMA              LMA     Size Align Out     In      Symbol
             2a8              2a8       1c     1 .interp
             2a8              2a8       1c     1         <internal>:(.interp)
            1610             1610      11b    16 .text
            1610             1610       22    16         a.o:(.text)
            1610             1610       22     1                 _start
            1710             1710        0     1         bar = foo
            171c             171c        b     4         lib/libx.a(foo.o):(.text.foo)
)",
      "a.map");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_THAT(map->inputs, ElementsAre("a.o", "lib/libx.a(foo.o)"));
  EXPECT_THAT(map->assigned, ElementsAre("bar"));
  EXPECT_EQ(map->text_address, 0x1610);
  EXPECT_EQ(map->text_size, 0x11b);
}

TEST(LinkMapTest, WhatIsNoMapIsRefused) {
  for (const char* text : {"",
                           "\x7f"
                           "ELF",
                           "LOAD a.o\n", ".text 0x10 0x20\n",
                           "             VMA              LMA     Size Align "
                           "Out     In      Symbol"
                           "\n"}) {
    const auto map = ParseLinkMap(text, "a.map");
    ASSERT_FALSE(map.ok()) << text;
    EXPECT_THAT(std::string(map.status().message()),
                HasSubstr("a.map: no map of a program's link"));
  }
}

}  // namespace
}  // namespace chestnut::driver
