#pragma once

#include <cstdint>
#include <optional>

#include "graph/operation.h"

/// Splits the transform of a line (a row or column of the grid) into short transforms that fit
/// registers (shaders/include/line_dft.glsl).
namespace gfnet::kernels {

/// The divisor of a line's length by which the line's transform is split for the least arithmetic.
/// The length itself if the transform is cheapest without a split.
std::int64_t best_factor(std::int64_t length);
/// The second candidate beside best_factor(). If best_factor() is the length itself (no split): the
/// best of the divisors that split the line. If best_factor() splits the line: the length itself. A
/// prime has no second candidate: equal to best_factor().
std::int64_t other_factor(std::int64_t length);

/// A line of first · second elements that is transformed in two stages: transforms of `first`
/// elements, then transforms of `second` elements.
struct LineSplit {
  std::int64_t first = 1;
  /// 1 if one stage transforms the whole line.
  std::int64_t second = 1;
};

/// The split of a line of this length with the least arithmetic. nullopt if no split gives stages
/// that fit registers.
std::optional<LineSplit> split_line(std::int64_t length);

/// The split of a grid's rows and columns.
struct GridSplit {
  LineSplit rows;
  LineSplit columns;
  /// Whether the second stages of rows and columns run in one kernel. There are then five passes
  /// over memory instead of seven.
  bool together = false;
};

/// The split of a grid: rows and columns by split_line(). nullopt if one of them has no split.
/// software: whether the driver runs shaders on the CPU. It then gives two long lines large first
/// stages and small second stages, which run together, if both have such a split. On GPUs, these
/// stages would not fit registers.
std::optional<GridSplit> split_grid(const graph::Extent& grid, bool software);

/// Whether split_line finds a split for the rows and for the columns of the grid, as
/// graph::SpectralForm::kLines requires.
bool lines_fit(const graph::Extent& grid);

}  // namespace gfnet::kernels
