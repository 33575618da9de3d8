#include "reference/operations.h"

namespace gfnet::reference {

Values spectral_filter(Input x, Input statistics, graph::Extent grid, Input filter, Input bias) {
  const std::size_t channels = bias.size();
  Values normalised(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t token = i / channels;
    normalised[i] = (x[i] - statistics[2 * token]) * statistics[2 * token + 1];
  }
  // [bins, C, 2] → [C, bins, 2]
  const std::size_t bins = filter.size() / (2 * channels);
  Values planes_filter;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t bin = 0; bin < bins; ++bin) {
      planes_filter.push_back(filter[2 * (bin * channels + c)]);
      planes_filter.push_back(filter[2 * (bin * channels + c) + 1]);
    }
  }
  const auto channel_count = static_cast<std::int64_t>(channels);
  const Values spectrum = rfft2(planes_of_tokens(normalised, channel_count), grid);
  return tokens_of_planes(irfft2(filter_multiply(spectrum, grid, planes_filter, bias), grid),
                          channel_count);
}

}  // namespace gfnet::reference
