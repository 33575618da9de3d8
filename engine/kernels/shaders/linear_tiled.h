#pragma once

#include "include/parameters.h"
#include "kernels/shaders/tile_sizes.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// linear_tiled.comp and its variants for halves in memory. An invocation computes `rows` rows of
/// y, in each row `columns` vectors of four elements.
struct LinearTiledConstants {
  using Push = parameters::LinearParameters;

  std::uint32_t local_size_x;
  std::uint32_t local_size_y;
  std::uint32_t rows;
  std::uint32_t columns;
  /// Vectors of four elements along the inner axis that the shader's loop takes at a time.
  std::uint32_t depth;
  /// How many parts of the factors shared memory holds: 1, or 2 to hold the next part beside the
  /// current one.
  std::uint32_t buffers;
  /// The epilogue (linear_epilogue.glsl).
  bool gelu = false;
  bool addend = false;
  bool in_place = false;

  TileSizes sizes() const {
    using uint = std::uint32_t;
    const uint kWidth = local_size_x, kHeight = local_size_y;
    const uint kRows = rows, kColumns = columns, kDepth = depth, kBuffers = buffers;
#include "include/linear_tiled_sizes.inl"
    return {kTileRows, 4 * kTileColumns, std::uint64_t{kXTileVectors} + kWeightTileVectors};
  }

  Workgroup workgroup() const { return {local_size_x, local_size_y, 1}; }
  std::uint64_t shared_bytes() const { return 4 * sizeof(float) * sizes().shared_vectors; }
  /// Estimated 32-bit registers of an invocation: sums, four vectors of the weight for each column,
  /// what it fetches of x and of the weight, a vector of x, and ten for the rest.
  std::uint32_t registers() const {
    const std::uint32_t invocations = local_size_x * local_size_y;
    const auto fetches = [&](std::uint32_t vectors) {
      return (vectors + invocations - 1) / invocations;
    };
    const std::uint32_t x = fetches(rows * local_size_y * depth);
    const std::uint32_t weight = fetches(4 * depth * columns * local_size_x);
    return 4 * rows * columns + 16 * columns + 4 * (x + weight) + 14;
  }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &LinearTiledConstants::local_size_x},
      NamedConstant{"local_size_y", &LinearTiledConstants::local_size_y},
      NamedConstant{"kRows", &LinearTiledConstants::rows},
      NamedConstant{"kColumns", &LinearTiledConstants::columns},
      NamedConstant{"kDepth", &LinearTiledConstants::depth},
      NamedConstant{"kBuffers", &LinearTiledConstants::buffers},
      NamedConstant{"kGelu", &LinearTiledConstants::gelu},
      NamedConstant{"kAddend", &LinearTiledConstants::addend},
      NamedConstant{"kInPlace", &LinearTiledConstants::in_place}};
};

/// The variants linear_packed… of linear_tiled.comp. They hold the factors as halves in shared
/// memory, too.
struct LinearPackedConstants : LinearTiledConstants {
  /// Number of vectors in a chunk; divides `depth`. The products of a chunk are summed in halves.
  std::uint32_t chunk = 1;

  std::uint64_t shared_bytes() const { return 4 * kHalfBytes * sizes().shared_vectors; }
  /// Estimated 32-bit registers of an invocation. packs_halves: whether two halves share a
  /// register. If so, the halves take less room than floats would, and the sums of the chunks take
  /// that room. If not, the sums of the chunks come on top.
  std::uint32_t registers(bool packs_halves) const {
    return LinearTiledConstants::registers() + (packs_halves ? 0 : 4 * rows * columns + 4);
  }

  static constexpr std::uint64_t kHalfBytes = 2;
  static constexpr std::tuple kConstants =
      std::tuple_cat(LinearTiledConstants::kConstants,
                     std::tuple{NamedConstant{"kChunk", &LinearPackedConstants::chunk}});
};

}  // namespace gfnet::kernels
