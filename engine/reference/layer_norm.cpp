#include <cmath>

#include "reference/operations.h"

namespace gfnet::reference {

Values layer_norm(Input x, std::int64_t channels, double epsilon, Input weight, Input bias) {
  const std::size_t width = static_cast<std::size_t>(channels);
  Values result(x.size());
  for (std::size_t start = 0; start < x.size(); start += width) {
    double mean = 0;
    for (std::size_t c = 0; c < width; ++c) mean += x[start + c];
    mean /= static_cast<double>(channels);
    double variance = 0;
    for (std::size_t c = 0; c < width; ++c) {
      variance += (x[start + c] - mean) * (x[start + c] - mean);
    }
    variance /= static_cast<double>(channels);
    for (std::size_t c = 0; c < width; ++c) {
      double value = (x[start + c] - mean) / std::sqrt(variance + epsilon);
      if (!weight.empty()) value = value * weight[c] + bias[c];
      result[start + c] = value;
    }
  }
  return result;
}

}  // namespace gfnet::reference
