#include <cmath>

#include "reference/operations.h"

namespace gfnet::reference {

Values token_statistics(Input x, std::int64_t channels, double epsilon) {
  const std::size_t width = static_cast<std::size_t>(channels);
  Values result;
  for (std::size_t start = 0; start < x.size(); start += width) {
    double mean = 0;
    for (double value : x.subspan(start, width)) mean += value;
    mean /= static_cast<double>(channels);
    double variance = 0;
    for (double value : x.subspan(start, width)) variance += (value - mean) * (value - mean);
    variance /= static_cast<double>(channels);
    result.push_back(mean);
    result.push_back(1 / std::sqrt(variance + epsilon));
  }
  return result;
}

}  // namespace gfnet::reference
