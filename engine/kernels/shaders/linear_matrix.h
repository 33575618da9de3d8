#pragma once

#include "include/parameters.h"
#include "kernels/shaders/tile_sizes.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// linear_matrix.comp and its variant that writes y as floats. A fragment is the matrix that the
/// matrix units compute in one operation.
struct LinearMatrixConstants {
  using Push = parameters::LinearParameters;

  /// Width of a subgroup.
  std::uint32_t local_size_x;
  /// Subgroups in a workgroup.
  std::uint32_t local_size_y;
  /// The shape of the matrix units.
  std::uint32_t rows;
  std::uint32_t columns;
  std::uint32_t inner;
  /// Fragments of y that a subgroup computes.
  std::uint32_t fragments_down;
  std::uint32_t fragments_across;
  /// Subgroups side by side in a tile.
  std::uint32_t subgroups_across;
  /// Fragments along the inner axis that the shader's loop takes at a time.
  std::uint32_t fragments_deep;
  /// How many parts of the factors shared memory holds: 1, or 2 to hold the next part beside the
  /// current one.
  std::uint32_t buffers;
  /// Whether the weight is stored as its transpose.
  bool transposed;
  /// The epilogue (linear_epilogue.glsl).
  bool gelu = false;
  bool addend = false;
  bool in_place = false;

  TileSizes sizes() const {
    using uint = std::uint32_t;
    const uint kSubgroups = local_size_y, kSubgroupsAcross = subgroups_across;
    const uint kRows = rows, kColumns = columns, kInner = inner;
    const uint kFragmentsDown = fragments_down, kFragmentsAcross = fragments_across;
    const uint kFragmentsDeep = fragments_deep, kBuffers = buffers;
    const bool kTransposed = transposed;
#include "include/linear_matrix_sizes.inl"
    return {kTileRows, kTileColumns, kPoolVectors};
  }

  Workgroup workgroup() const { return {local_size_x, local_size_y, 1}; }
  std::uint64_t shared_bytes() const { return 16 * sizes().shared_vectors; }
  std::uint32_t subgroup_width() const { return local_size_x; }
  /// Estimated 32-bit registers of an invocation, which holds its lane's share of each fragment:
  /// sums in floats, factors in halves, what it fetches of x and of the weight, and twenty for the
  /// rest.
  std::uint32_t registers() const {
    const std::uint32_t invocations = local_size_x * local_size_y;
    const auto share = [&](std::uint32_t words) {
      return (words + local_size_x - 1) / local_size_x;
    };
    // A vector is eight halves, four registers.
    const auto fetched = [&](std::uint64_t lines) {
      const std::uint64_t vectors = lines * (fragments_deep * inner / 8);
      return 4 * static_cast<std::uint32_t>((vectors + invocations - 1) / invocations);
    };
    const TileSizes tile = sizes();
    return share(fragments_down * fragments_across * rows * columns) +
           share(fragments_down * rows * inner / 2) +
           share(fragments_across * inner * columns / 2) + fetched(tile.tile_rows) +
           fetched(tile.tile_columns) + 20;
  }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &LinearMatrixConstants::local_size_x},
      NamedConstant{"local_size_y", &LinearMatrixConstants::local_size_y},
      NamedConstant{"kRows", &LinearMatrixConstants::rows},
      NamedConstant{"kColumns", &LinearMatrixConstants::columns},
      NamedConstant{"kInner", &LinearMatrixConstants::inner},
      NamedConstant{"kFragmentsDown", &LinearMatrixConstants::fragments_down},
      NamedConstant{"kFragmentsAcross", &LinearMatrixConstants::fragments_across},
      NamedConstant{"kSubgroupsAcross", &LinearMatrixConstants::subgroups_across},
      NamedConstant{"kFragmentsDeep", &LinearMatrixConstants::fragments_deep},
      NamedConstant{"kBuffers", &LinearMatrixConstants::buffers},
      NamedConstant{"kTransposed", &LinearMatrixConstants::transposed},
      NamedConstant{"kGelu", &LinearMatrixConstants::gelu},
      NamedConstant{"kAddend", &LinearMatrixConstants::addend},
      NamedConstant{"kInPlace", &LinearMatrixConstants::in_place}};
};

}  // namespace gfnet::kernels
