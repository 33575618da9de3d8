#pragma once

#include <cstdint>
#include <optional>

#include "graph/operation.h"

/// Splits lines into short transforms that fit registers (shaders/include/line_dft.glsl).
namespace gfnet::plan {

/// The divisor of a line's length that makes its transform cheapest. The length itself means: no
/// split.
std::int64_t best_factor(std::int64_t length);
/// The alternative to best_factor: the best split if best_factor does not split the line, else the
/// length itself. Equal to best_factor for a prime.
std::int64_t other_factor(std::int64_t length);

/// A line of first · second elements that is transformed in two stages: one of `first` elements,
/// one of `second`.
struct LineSplit {
  std::int64_t first = 1;
  /// 1 if one stage transforms the whole line.
  std::int64_t second = 1;
};

/// The split with the least arithmetic. Nothing if no split gives stages that fit registers.
std::optional<LineSplit> split_line(std::int64_t length);

/// Whether both sides of the grid can be split, as passes::SpectralPath::kLines requires.
bool lines_fit(const graph::Extent& grid);

}  // namespace gfnet::plan
