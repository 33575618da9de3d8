#pragma once

#include <cstdint>
#include <optional>

#include "graph/operation.h"

/// How lines are split into short transforms that registers hold (shaders/include/line_dft.glsl).
namespace gfnet::plan {

/// The divisor of a line's length that makes its transform cheapest; the length itself where it is
/// best left whole.
std::int64_t best_factor(std::int64_t length);
/// Where the best is not to split a line, the best split, and the other way round.
std::int64_t other_factor(std::int64_t length);

/// A line of first · second elements that is transformed in two stages, of so many elements each.
struct LineSplit {
  std::int64_t first = 1;
  /// 1 for a line short enough for one stage.
  std::int64_t second = 1;
};

/// The split with the least arithmetic; nothing for a length of which none fits registers.
std::optional<LineSplit> split_line(std::int64_t length);

/// Whether both axes of the grid split, as passes::SpectralPath::kLines wants it.
bool lines_fit(const graph::Extent& grid);

}  // namespace gfnet::plan
