#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/dtype.h"

namespace gfnet::plan {

/// Channels of a row are padded to whole vectors of this many elements.
inline constexpr std::int64_t kVector = 4;

constexpr std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// The form in which a kernel reads a dense matrix [rows, columns]: padded with zeros, in blocks of
/// columns, of another element type.
///
/// Element (r, c) lies at ((c / block)·padded_rows + r)·block + c mod block, where block is
/// block_columns or, if that is 0, all of padded_columns: row-major. Blocks of one column make the
/// transpose.
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

/// dense: [rows, columns] row-major. Elements beyond the range of f16 become infinite.
std::vector<std::byte> pack(const std::vector<float>& dense, const Packing& packing);

}  // namespace gfnet::plan
