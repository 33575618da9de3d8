#pragma once

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// linear.comp and its variants for halves. An invocation computes `tile_rows` rows of y, in each
/// row two vectors of four columns.
struct LinearConstants {
  using Push = parameters::LinearParameters;

  std::uint32_t local_size_x;
  std::uint32_t local_size_y;
  std::uint32_t tile_rows;
  /// The epilogue (linear_epilogue.glsl).
  bool gelu = false;
  bool addend = false;
  bool in_place = false;
  /// Number of vectors (four columns each) in a block of the weight. 0: one block of all columns.
  std::uint32_t block_vectors = 0;

  Workgroup workgroup() const { return {local_size_x, local_size_y, 1}; }
  /// Estimated 32-bit registers of an invocation: for each row two vectors of sums and an index,
  /// eight vectors of the weight, one of x, and ten for the rest.
  std::uint32_t registers() const { return 9 * tile_rows + 46; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &LinearConstants::local_size_x},
      NamedConstant{"local_size_y", &LinearConstants::local_size_y},
      NamedConstant{"kTileRows", &LinearConstants::tile_rows},
      NamedConstant{"kGelu", &LinearConstants::gelu},
      NamedConstant{"kAddend", &LinearConstants::addend},
      NamedConstant{"kInPlace", &LinearConstants::in_place},
      NamedConstant{"kBlockVectors", &LinearConstants::block_vectors}};
};

}  // namespace gfnet::kernels
