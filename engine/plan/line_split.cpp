#include "plan/line_split.h"

namespace gfnet::plan {
namespace {

/// spectral_bins.comp has four lines of the second stage in registers, twice over for the filter's
/// two channels; longer ones spill, and take compilers long.
constexpr std::int64_t kLongestStage = 16;

/// Products of a dense transform of this length by even and odd parts, with its sums.
std::int64_t dense_cost(std::int64_t length) {
  const std::int64_t pairs = (length - 1) / 2;
  return 4 * pairs * pairs + 6 * length;
}

/// The same of a line as a·b, twiddle factors included.
std::int64_t line_cost(std::int64_t length, std::int64_t factor) {
  const std::int64_t others = length / factor;
  if (others == 1) return dense_cost(length);
  return others * dense_cost(factor) + factor * dense_cost(others) + 4 * length;
}

std::int64_t stages_cost(const LineSplit& split) {
  return split.second * line_cost(split.first, best_factor(split.first)) +
         split.first * line_cost(split.second, best_factor(split.second));
}

/// Of all divisors, or of those that split the length; the length itself where there is none.
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

bool lines_fit(const graph::Extent& grid) {
  return split_line(grid.height).has_value() && split_line(grid.width).has_value();
}

}  // namespace gfnet::plan
