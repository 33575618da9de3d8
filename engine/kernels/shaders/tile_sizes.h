#pragma once

#include <cstdint>

namespace gfnet::kernels {

/// What follows from the constants of a matrix product that keeps tiles in shared memory: the tile
/// of a workgroup, in elements of y, and the number of vectors that the workgroup keeps in shared
/// memory. shared_bytes() of the constants counts the bytes of a vector.
struct TileSizes {
  std::uint32_t tile_rows;
  std::uint32_t tile_columns;
  std::uint64_t shared_vectors;
};

}  // namespace gfnet::kernels
