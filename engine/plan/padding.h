#pragma once

#include <cstdint>
#include <vector>

namespace gfnet::plan {

/// Channels of a row are padded to whole vectors of this many elements.
inline constexpr std::int64_t kVector = 4;

constexpr std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// A dense matrix [rows, columns] and the larger one, filled with zeros, that a kernel reads.
struct Padding {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t padded_rows = 0;
  std::int64_t padded_columns = 0;

  std::int64_t padded_elements() const { return padded_rows * padded_columns; }
  friend bool operator==(const Padding&, const Padding&) = default;
  friend auto operator<=>(const Padding&, const Padding&) = default;
};

/// [rows, columns] row-major → [padded_rows, padded_columns] row-major.
std::vector<float> pad(const std::vector<float>& dense, const Padding& padding);

}  // namespace gfnet::plan
