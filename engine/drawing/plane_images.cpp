#include <algorithm>
#include <cmath>

#include "drawing/check_arguments.h"
#include "gfnet/drawing.h"

namespace gfnet {
namespace {

/// Base-10 logarithms of the magnitudes. A logarithm that is not finite, such as that of zero, is
/// replaced by the smallest finite one.
std::vector<float> logarithms(const std::vector<float>& magnitudes) {
  std::vector<float> result;
  for (const float magnitude : magnitudes) result.push_back(std::log10(magnitude));
  const float least = range_of(result).least;
  for (float& value : result) value = std::isfinite(value) ? value : least;
  return result;
}

}  // namespace

SpectrumImages spectrum_images(const LayerSpectrum& spectrum) {
  drawing::check(spectrum);
  const std::vector<float> before = logarithms(spectrum.before);
  const std::vector<float> after = logarithms(spectrum.after);
  std::vector<float> both = before;
  both.insert(both.end(), after.begin(), after.end());
  const Range range = range_of(both);
  const auto magnitude = [](float logarithm) {
    return static_cast<float>(std::pow(10.0, static_cast<double>(logarithm)));
  };
  return {heat_image(before, spectrum.height, spectrum.width, range),
          heat_image(after, spectrum.height, spectrum.width, range),
          {magnitude(range.least), magnitude(range.most)}};
}

Image filter_frequency_image(const LayerFilter& filter, std::int64_t channel) {
  std::vector<float> plane = filter_magnitude(filter, channel);
  for (float& value : plane) value = std::log10(value);
  return heat_image(plane, filter.height, filter.width, range_of(plane));
}

Image filter_spatial_image(const LayerFilter& filter, std::int64_t channel) {
  const std::vector<float> kernel = spatial_kernel(filter, channel);
  const Range range = range_of(kernel);
  const double most = std::max({std::abs(range.least), std::abs(range.most), 1e-30f});
  Image image{
      static_cast<std::uint32_t>(filter.width), static_cast<std::uint32_t>(filter.height), {}};
  for (const float value : kernel) {
    const Rgb colour = signed_colour(value / most);
    image.rgb.insert(image.rgb.end(), colour.begin(), colour.end());
  }
  return image;
}

}  // namespace gfnet
