#include <cmath>

#include "reference/operations.h"

namespace gfnet::reference {

Values spectrum_magnitude(Input spectrum, graph::Extent grid, Input weight, Input bias,
                          Input gain) {
  const auto bins = static_cast<std::size_t>(grid.height * graph::spectrum_width(grid.width));
  const std::size_t channels = weight.size();
  const double tokens = static_cast<double>(grid.area());
  const double scale = 1 / (static_cast<double>(channels) * std::sqrt(tokens));
  Values result(2 * bins);
  for (std::size_t i = 0; i < channels * bins; ++i) {
    const std::size_t bin = i % bins;
    const std::size_t c = i / bins;
    const double real = weight[c] * spectrum[2 * i] + (bin == 0 ? tokens * bias[c] : 0.0);
    const double magnitude = std::hypot(real, weight[c] * spectrum[2 * i + 1]);
    result[2 * bin] += scale * magnitude;
    result[2 * bin + 1] += scale * magnitude * gain[i];
  }
  return result;
}

}  // namespace gfnet::reference
