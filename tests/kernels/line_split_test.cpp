#include "kernels/line_split.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace gfnet;

TEST_CASE("a line splits into at most two stages of up to 16 elements or not at all") {
  for (std::int64_t length = 1; length <= 300; ++length) {
    CAPTURE(length);
    bool possible = length <= 16;
    for (std::int64_t first = 2; first <= 16; ++first) {
      possible = possible || (length % first == 0 && length / first <= 16);
    }
    const auto split = kernels::split_line(length);
    REQUIRE(split.has_value() == possible);
    if (!split) continue;
    CHECK(split->first * split->second == length);
    CHECK(std::max(split->first, split->second) <= 16);
    CHECK((split->second == 1) == (length <= 16));
  }
}

TEST_CASE("software drivers split long lines into large first and small second stages") {
  for (std::int64_t length = 1; length <= 300; ++length) {
    CAPTURE(length);
    const graph::Extent grid{length, 112};
    const auto split = kernels::split_grid(grid, true);
    REQUIRE(split.has_value() == kernels::lines_fit(grid));
    REQUIRE(kernels::split_grid(grid, false).has_value() == split.has_value());
    if (!split) continue;
    CHECK(split->columns.first * split->columns.second == length);
    CHECK(split->rows.first * split->rows.second == 112);
    if (split->together) {
      CHECK(length > 96);
      CHECK(std::max(split->rows.first, split->columns.first) <= 28);
      CHECK(std::max(split->rows.second, split->columns.second) <= 6);
    } else {
      CHECK(split->rows.first == kernels::split_line(112)->first);
      CHECK(split->columns.first == kernels::split_line(length)->first);
    }
  }
  for (const std::int64_t side : {112, 140, 168}) {
    CHECK(kernels::split_grid({side, side}, true)->together);
    CHECK_FALSE(kernels::split_grid({side, side}, false)->together);
  }
  for (const std::int64_t side : {28, 56, 84, 96, 128}) {
    CHECK_FALSE(kernels::split_grid({side, side}, true)->together);
  }
}

TEST_CASE("lines_fit if both sides of the grid split") {
  for (const std::int64_t side : {28, 56, 84, 112, 140, 168})
    CHECK(kernels::lines_fit({side, side}));
  CHECK(kernels::lines_fit({1, 256}));
  CHECK_FALSE(kernels::lines_fit({34, 56}));
  CHECK_FALSE(kernels::lines_fit({56, 34}));
  CHECK_FALSE(kernels::lines_fit({1, 257}));
}

TEST_CASE("best_factor divides the line and splits it only where that is cheaper") {
  for (std::int64_t length = 1; length <= 64; ++length) {
    CAPTURE(length);
    CHECK(length % kernels::best_factor(length) == 0);
  }
  CHECK(kernels::best_factor(7) == 7);
  CHECK(kernels::best_factor(16) < 16);
}
