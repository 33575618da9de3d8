#include "kernels/line_split.h"

namespace gfnet::kernels {
namespace {

/// Limit for the number of elements that one stage of a line's transform combines.
/// spectral_bins.comp holds four lines of the second stage in registers: for each of two pairs of
/// channels, a line and its mirror image. Longer lines spill registers and compile slowly.
constexpr std::int64_t kLongestStage = 16;

/// Lines of more tokens than this are long. Shorter lines gain less, and keep the order of their
/// sums from before there were long ones, and so their bits: published pyramids have lines of 56,
/// the reference checkpoints up to 96.
constexpr std::int64_t kLongLine = 96;

/// Limits where second stages run together. spectral_bins.comp then holds second · second vectors
/// of four channels, and as many of the mirrored group.
constexpr std::int64_t kLongestFirstStage = 28;
constexpr std::int64_t kLongestTogether = 6;

/// Estimated number of products and sums of one dense transform of this length. The transform works
/// on the even and odd parts of the line (line_dft.glsl).
std::int64_t dense_cost(std::int64_t length) {
  const std::int64_t pairs = (length - 1) / 2;
  return 4 * pairs * pairs + 6 * length;
}

/// Estimated number of products and sums of a line's transform that is split by `factor`. The
/// estimate includes the products with twiddle factors.
std::int64_t line_cost(std::int64_t length, std::int64_t factor) {
  const std::int64_t others = length / factor;
  if (others == 1) return dense_cost(length);
  return others * dense_cost(factor) + factor * dense_cost(others) + 4 * length;
}

std::int64_t stages_cost(const LineSplit& split) {
  return split.second * line_cost(split.first, best_factor(split.first)) +
         split.first * line_cost(split.second, best_factor(split.second));
}

/// Returns the divisor of `length` by which the transform of a line is split for the least
/// arithmetic. Returns `length` itself if the transform is cheapest without a split. splits: if
/// true, returns `length` only if it is a prime.
std::int64_t best_of(std::int64_t length, bool splits) {
  std::int64_t best = length;
  for (std::int64_t factor = 2; factor < length; ++factor) {
    if (length % factor != 0) continue;
    const bool is_first_split = splits && best == length;
    if (is_first_split || line_cost(length, factor) < line_cost(length, best)) best = factor;
  }
  return best;
}

}  // namespace

std::int64_t best_factor(std::int64_t length) { return best_of(length, false); }

std::int64_t other_factor(std::int64_t length) {
  return best_factor(length) == length ? best_of(length, true) : length;
}

std::optional<LineSplit> split_line(std::int64_t length) {
  if (length <= kLongestStage) return LineSplit{length, 1};
  std::optional<LineSplit> best;
  for (std::int64_t first = kLongestStage; first > 1; --first) {
    const LineSplit split{first, length / first};
    if (length % first != 0 || split.second > kLongestStage) continue;
    if (!best || stages_cost(split) < stages_cost(*best)) best = split;
  }
  return best;
}

namespace {

/// The split of a long line whose second stage is small. nullopt if there is none.
std::optional<LineSplit> split_long_line(std::int64_t length) {
  if (length <= kLongLine) return std::nullopt;
  std::optional<LineSplit> best;
  for (std::int64_t second = kLongestTogether; second > 1; --second) {
    const LineSplit split{length / second, second};
    if (length % second != 0 || split.first > kLongestFirstStage) continue;
    if (!best || stages_cost(split) < stages_cost(*best)) best = split;
  }
  return best;
}

}  // namespace

std::optional<GridSplit> split_grid(const graph::Extent& grid, bool software) {
  const std::optional<LineSplit> rows = split_line(grid.width);
  const std::optional<LineSplit> columns = split_line(grid.height);
  if (!rows || !columns) return std::nullopt;
  if (software) {
    const std::optional<LineSplit> long_rows = split_long_line(grid.width);
    const std::optional<LineSplit> long_columns = split_long_line(grid.height);
    if (long_rows && long_columns) return GridSplit{*long_rows, *long_columns, true};
  }
  return GridSplit{*rows, *columns, false};
}

bool lines_fit(const graph::Extent& grid) {
  return split_line(grid.height).has_value() && split_line(grid.width).has_value();
}

}  // namespace gfnet::kernels
