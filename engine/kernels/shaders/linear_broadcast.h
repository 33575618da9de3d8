#pragma once

#include <cstdint>

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// Rows of a block where LinearBroadcastConstants::row_blocks_x or row_blocks_y is set.
inline constexpr std::int64_t kRowsInBlock = 4;

/// Rows of the tallest tile that is offered. Measured on lavapipe with 8 and 16 lanes: a taller
/// tile is no faster, because its code no longer fits the processor's instruction cache.
inline constexpr std::int64_t kTallestBroadcastTile = 56;

/// linear_broadcast.comp and its variant for halves. A workgroup is one subgroup. Each lane
/// computes `tile_rows` rows of y, in each row one vector of four columns.
struct LinearBroadcastConstants {
  using Push = parameters::LinearParameters;

  /// Width of a subgroup, at most 16.
  std::uint32_t lanes;
  std::uint32_t tile_rows;
  /// The epilogue (linear_epilogue.glsl).
  bool gelu = false;
  bool addend = false;
  bool in_place = false;
  /// Whether x and y are stored in blocks of four rows (kRowsInBlock).
  bool row_blocks_x = false;
  bool row_blocks_y = false;

  std::uint32_t local_size_y() const { return 1; }
  Workgroup workgroup() const { return {lanes, local_size_y(), 1}; }
  std::uint32_t subgroup_width() const { return lanes; }
  /// Estimated 32-bit registers of an invocation: sums, a vector of x for each row of a subgroup,
  /// four of the weight, and ten for the rest.
  std::uint32_t registers() const {
    return 4 * tile_rows + 5 * ((tile_rows + lanes - 1) / lanes) + 26;
  }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &LinearBroadcastConstants::lanes},
      NamedConstant{"local_size_y", &LinearBroadcastConstants::local_size_y},
      NamedConstant{"kTileRows", &LinearBroadcastConstants::tile_rows},
      NamedConstant{"kGelu", &LinearBroadcastConstants::gelu},
      NamedConstant{"kAddend", &LinearBroadcastConstants::addend},
      NamedConstant{"kInPlace", &LinearBroadcastConstants::in_place},
      NamedConstant{"kRowBlocksX", &LinearBroadcastConstants::row_blocks_x},
      NamedConstant{"kRowBlocksY", &LinearBroadcastConstants::row_blocks_y}};
};

}  // namespace gfnet::kernels
