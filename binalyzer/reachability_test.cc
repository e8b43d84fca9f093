#include "binalyzer/reachability.h"

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace chestnut::binalyzer {
namespace {

using Edges = std::vector<std::pair<uint32_t, uint32_t>>;

TEST(ReachabilityTest, FollowsChainsAndCycles) {
  Reachability graph(6, {{0, 1}, {1, 2}, {2, 1}, {2, 3}, {4, 3}});
  EXPECT_TRUE(graph.HasEdge(0, 1));
  EXPECT_FALSE(graph.HasEdge(0, 2));
  EXPECT_TRUE(graph.Reaches(0, 3));
  EXPECT_TRUE(graph.Reaches(2, 1));
  EXPECT_TRUE(graph.Reaches(5, 5));
  EXPECT_FALSE(graph.Reaches(3, 2));
  EXPECT_FALSE(graph.Reaches(1, 0));
  EXPECT_FALSE(graph.Reaches(4, 2));
}

// Against Warshall's algorithm.
TEST(ReachabilityTest, AgreesWithAllPairs) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    const uint32_t nodes = 1 + random() % 20;
    Edges edges;
    for (uint32_t i = random() % 40; i > 0; --i) {
      edges.push_back({random() % nodes, random() % nodes});
    }
    std::vector<std::vector<bool>> expected(nodes, std::vector<bool>(nodes));
    for (uint32_t i = 0; i < nodes; ++i) expected[i][i] = true;
    for (const auto& [from, to] : edges) expected[from][to] = true;
    for (uint32_t k = 0; k < nodes; ++k) {
      for (uint32_t i = 0; i < nodes; ++i) {
        for (uint32_t j = 0; j < nodes; ++j) {
          if (expected[i][k] && expected[k][j]) expected[i][j] = true;
        }
      }
    }
    Reachability graph(nodes, edges);
    for (uint32_t i = 0; i < nodes; ++i) {
      for (uint32_t j = 0; j < nodes; ++j) {
        EXPECT_EQ(graph.Reaches(i, j), expected[i][j])
            << round << ": " << i << " to " << j;
      }
    }
  }
}

}  // namespace
}  // namespace chestnut::binalyzer
