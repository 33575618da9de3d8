#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "plan/linear_kernels.h"

namespace gfnet::plan {

/// With fewer workgroups than this a large GPU has idle cores, and a smaller tile does better even
/// though it fetches more for each product. A guess, to be corrected by the tuner.
inline constexpr std::int64_t kEnoughGroups = 256;

/// tiles: from large to small, each with the workgroups that it makes of a problem. Keeps the
/// `most` best, best first: those that fill a device, the largest of them first; then the others,
/// those with the most workgroups first, of equals the smallest.
template <typename Tile>
void keep_best_tiles(std::vector<Tile>& tiles, const LinearProblem& problem, std::size_t most) {
  std::ranges::reverse(tiles);
  const auto filled = std::ranges::stable_partition(
      tiles, [&](const Tile& tile) { return tile.groups(problem) >= kEnoughGroups; });
  std::reverse(tiles.begin(), filled.begin());
  std::ranges::stable_sort(filled, std::ranges::greater(),
                           [&](const Tile& tile) { return tile.groups(problem); });
  tiles.resize(std::min(tiles.size(), most));
}

}  // namespace gfnet::plan
