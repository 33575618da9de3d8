#pragma once

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

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

  std::uint32_t local_size_y() const { return 1; }
  Workgroup workgroup() const { return {lanes, local_size_y(), 1}; }
  std::uint32_t subgroup_width() const { return lanes; }
  /// Limit for tile_rows.
  std::uint32_t most_rows() const { return GFNET_BROADCAST_ROW_GROUPS * lanes; }
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
      NamedConstant{"kInPlace", &LinearBroadcastConstants::in_place}};
};

}  // namespace gfnet::kernels
