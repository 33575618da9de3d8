#include "kernels/tile_order.h"

#include <algorithm>
#include <functional>

namespace gfnet::kernels {
namespace {

/// With fewer workgroups than this, a large GPU has idle cores. Then a smaller tile is faster,
/// although smaller tiles fetch more data per product. The number is an estimate; the tuner
/// measures what is really fastest.
constexpr std::int64_t kEnoughGroups = 256;

}  // namespace

void order_tiles(std::vector<LinearKernel>& kernels, std::int64_t rows, std::int64_t outputs) {
  const auto groups = [&](const LinearKernel& kernel) {
    return round_up(rows, kernel.tile_rows) / kernel.tile_rows *
           (round_up(outputs, kernel.tile_columns) / kernel.tile_columns);
  };
  std::ranges::reverse(kernels);
  const auto others = std::ranges::stable_partition(
      kernels, [&](const LinearKernel& kernel) { return groups(kernel) >= kEnoughGroups; });
  std::reverse(kernels.begin(), others.begin());
  std::ranges::stable_sort(others, std::ranges::greater(), groups);
}

}  // namespace gfnet::kernels
