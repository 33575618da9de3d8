#include "plan/arena.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/random.h"

using namespace gfnet;

TEST_CASE("blocks that live at the same time never share memory") {
  test::Random random;
  CAPTURE(random.seed());
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t alignment = std::uint64_t{1} << random.integer(0, 8);
    const auto steps = random.integer(1, 20);
    std::vector<plan::LiveRange> ranges(static_cast<std::size_t>(random.integer(0, 30)));
    for (plan::LiveRange& range : ranges) {
      range.bytes = static_cast<std::uint64_t>(random.integer(1, 2000));
      range.first_step = static_cast<int>(random.integer(0, steps));
      range.last_step = static_cast<int>(random.integer(range.first_step, steps));
    }
    const plan::ArenaLayout layout = plan::lay_out_arena(ranges, alignment);
    REQUIRE(layout.offsets.size() == ranges.size());
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const std::uint64_t end = layout.offsets[i] + ranges[i].bytes;
      CHECK(layout.offsets[i] % alignment == 0);
      CHECK(end <= layout.bytes);
      sum += (ranges[i].bytes + alignment - 1) / alignment * alignment;
      for (std::size_t j = 0; j < i; ++j) {
        const bool apart =
            end <= layout.offsets[j] || layout.offsets[j] + ranges[j].bytes <= layout.offsets[i];
        CHECK((apart || !ranges[i].overlaps(ranges[j])));
      }
    }
    CHECK(layout.bytes <= sum);
  }
}

TEST_CASE("blocks whose lives do not overlap share memory") {
  const plan::ArenaLayout layout =
      plan::lay_out_arena({{100, 0, 1}, {100, 1, 2}, {100, 2, 3}, {50, 3, 4}}, 1);
  CHECK(layout.bytes == 200);
}
