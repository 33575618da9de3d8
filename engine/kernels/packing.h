#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/dtype.h"

namespace gfnet::kernels {

/// Number of elements in a vector, the unit that shaders read and write. The channels of a row are
/// padded to whole vectors.
inline constexpr std::int64_t kVector = 4;

constexpr std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// How a dense matrix [rows, columns] is stored for a kernel: padded with zeros, in blocks of
/// columns, with elements of `dtype`.
///
/// Element (r, c) is at index ((c / block)·padded_rows + r)·block + c mod block. Here block is
/// block_columns. If block_columns is 0, block is padded_columns: the matrix is row-major. If
/// block_columns is 1, the matrix is transposed.
struct Packing {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t padded_rows = 0;
  /// A multiple of block_columns.
  std::int64_t padded_columns = 0;
  std::int64_t block_columns = 0;
  /// kF32 or kF16.
  DType dtype = DType::kF32;

  std::uint64_t bytes() const {
    return static_cast<std::uint64_t>(padded_rows * padded_columns) * size_of(dtype);
  }
  friend bool operator==(const Packing&, const Packing&) = default;
  friend auto operator<=>(const Packing&, const Packing&) = default;
};

/// The packed bytes of a matrix. dense: [rows, columns] row-major. Values beyond the range of f16
/// become infinite.
std::vector<std::byte> pack(const std::vector<float>& dense, const Packing& packing);

}  // namespace gfnet::kernels
