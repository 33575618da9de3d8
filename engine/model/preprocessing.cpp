#include "model/preprocessing.h"

#include <algorithm>
#include <numeric>

namespace gfnet::model {
namespace {

// The usual ImageNet statistics (data set: Deng et al. 2009).
const std::vector<float> kImageNetMean{0.485f, 0.456f, 0.406f};
const std::vector<float> kImageNetStd{0.229f, 0.224f, 0.225f};

/// A network input whose longer side has at most this many pixels gets crop_ratio 1 by default: an
/// image is resized to the input's size before the crop, not to a larger one. The paper's
/// evaluation does the same.
constexpr std::int64_t kSmallInput = 32;

float average(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0f) / static_cast<float>(values.size());
}

std::vector<float> default_values(const std::vector<float>& rgb, std::int64_t channels,
                                  float other) {
  if (channels == 3) return rgb;
  if (channels == 1) return {average(rgb)};
  return std::vector<float>(static_cast<std::size_t>(channels), other);
}

}  // namespace

Preprocessing make_preprocessing(const Metadata& metadata, const Config& config,
                                 const graph::Extent& image) {
  Preprocessing result;
  result.mean = metadata.mean.value_or(default_values(kImageNetMean, config.input_channels, 0.0f));
  result.std = metadata.std.value_or(default_values(kImageNetStd, config.input_channels, 1.0f));
  if (std::max(image.height, image.width) <= kSmallInput) result.crop_ratio = 1.0;
  if (metadata.crop_ratio) result.crop_ratio = *metadata.crop_ratio;
  return result;
}

}  // namespace gfnet::model
