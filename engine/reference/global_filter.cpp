#include "reference/operations.h"

namespace gfnet::reference {

Values global_filter(Input x, graph::Extent grid, Input filter, Input bias) {
  const std::int64_t channels = static_cast<std::int64_t>(x.size()) / grid.area();
  const std::int64_t bins = grid.height * graph::spectrum_width(grid.width);
  const double scale = 1.0 / static_cast<double>(grid.area());

  Values spectrum = rfft2(planes_of_tokens(x, channels), grid);
  // The filter keeps channels innermost: [bins, C, 2].
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t bin = 0; bin < bins; ++bin) {
      double& real = spectrum[static_cast<std::size_t>(2 * (c * bins + bin))];
      double& imaginary = (&real)[1];
      const std::size_t at = static_cast<std::size_t>(2 * (bin * channels + c));
      const double product_real = (real * filter[at] - imaginary * filter[at + 1]) * scale;
      imaginary = (real * filter[at + 1] + imaginary * filter[at]) * scale;
      real = product_real;
    }
  }
  Values result = tokens_of_planes(irfft2(spectrum, grid), channels);
  if (!bias.empty()) {
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] += bias[i % static_cast<std::size_t>(channels)];
    }
  }
  return result;
}

}  // namespace gfnet::reference
