#include "plan/arena.h"

#include <algorithm>
#include <numeric>

namespace gfnet::plan {

ArenaLayout lay_out_arena(const std::vector<LiveRange>& ranges, std::uint64_t alignment) {
  const auto room = [&](std::size_t i) {
    return (ranges[i].bytes + alignment - 1) / alignment * alignment;
  };
  std::vector<std::size_t> order(ranges.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return room(a) > room(b); });

  ArenaLayout layout;
  layout.offsets.resize(ranges.size());
  std::vector<std::size_t> placed;  // by ascending offset
  for (std::size_t i : order) {
    std::uint64_t offset = 0;
    for (std::size_t other : placed) {
      if (!ranges[i].overlaps(ranges[other])) continue;
      if (offset + room(i) <= layout.offsets[other]) break;
      offset = std::max(offset, layout.offsets[other] + room(other));
    }
    layout.offsets[i] = offset;
    layout.bytes = std::max(layout.bytes, offset + room(i));
    const auto after = std::ranges::upper_bound(
        placed, offset, {}, [&](std::size_t other) { return layout.offsets[other]; });
    placed.insert(after, i);
  }
  return layout;
}

}  // namespace gfnet::plan
