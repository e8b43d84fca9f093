#include "frontend/places.h"

#include "gtest/gtest.h"

namespace chestnut::frontend {
namespace {

TEST(Places, AFileBelowTheWorkingFolderIsRelativeToIt) {
  EXPECT_EQ(PortablePath("/home/me/p/src/a.c", "/home/me/p", {}), "src/a.c");
  EXPECT_EQ(PortablePath("./src/../src/a.c", "/home/me/p", {}), "src/a.c");
}

TEST(Places, AFileNearItIsReachedThroughParents) {
  EXPECT_EQ(PortablePath("/home/me/p/src/a.c", "/home/me/p/build", {}),
            "../src/a.c");
}

TEST(Places, AHeaderIsRelativeToItsSearchFolder) {
  EXPECT_EQ(PortablePath("/usr/include/x/bits/a.h", "/home/me/p",
                         {"/usr/include", "/usr/include/x"}),
            "bits/a.h");
}

TEST(Places, AnyOtherFileKeepsItsLastFolder) {
  EXPECT_EQ(PortablePath("/opt/lib/inc/a.h", "/home/me/p", {}), "inc/a.h");
}

}  // namespace
}  // namespace chestnut::frontend
