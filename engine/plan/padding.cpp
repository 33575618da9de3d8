#include "plan/padding.h"

#include <algorithm>

namespace gfnet::plan {

std::vector<float> pad(const std::vector<float>& dense, const Padding& padding) {
  std::vector<float> padded(static_cast<std::size_t>(padding.padded_elements()), 0.0f);
  for (std::int64_t row = 0; row < padding.rows; ++row) {
    std::copy_n(dense.begin() + row * padding.columns, padding.columns,
                padded.begin() + row * padding.padded_columns);
  }
  return padded;
}

}  // namespace gfnet::plan
