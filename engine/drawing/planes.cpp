#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "drawing/check_arguments.h"
#include "gfnet/error.h"
#include "gfnet/explain.h"
#include "graph/operation.h"

namespace gfnet {
namespace {

using Complex = std::complex<double>;

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

Complex bin_of(const LayerFilter& filter, std::int64_t channel, std::int64_t h, std::int64_t w) {
  const std::int64_t width = graph::spectrum_width(filter.width);
  const std::size_t at = index(((h * width + w) * filter.channels + channel) * 2);
  return {filter.kernel[at], filter.kernel[at + 1]};
}

void check_channel(const LayerFilter& filter, std::int64_t channel) {
  drawing::check(filter);
  if (channel < 0 || channel >= filter.channels) {
    throw ArgumentError(fmt::format("{} has no channel {}", filter.name, channel));
  }
}

/// The n-th roots of unity: e^(2πi·k/n) for any k ≥ 0.
class Roots {
 public:
  explicit Roots(std::int64_t n) : n_(n) {
    for (std::int64_t k = 0; k < n; ++k) {
      values_.push_back(
          std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n)));
    }
  }
  const Complex& operator()(std::int64_t k) const { return values_[index(k % n_)]; }

 private:
  std::int64_t n_;
  std::vector<Complex> values_;
};

}  // namespace

std::int64_t layer_count(const ModelDescription& model) {
  std::int64_t layers = 0;
  for (const StageDescription& stage : model.stages) layers += stage.depth;
  return layers;
}

std::vector<float> full_plane(std::span<const float> half, std::int64_t height,
                              std::int64_t width) {
  const std::int64_t kept = graph::spectrum_width(width);
  if (width < 1 || !drawing::is_plane(half.size(), height, kept)) {
    throw ArgumentError(fmt::format("a half spectrum of {} bins does not match a plane of {}×{}",
                                    half.size(), height, width));
  }
  std::vector<float> plane;
  plane.reserve(index(height * width));
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      std::int64_t h = (y + height - height / 2) % height;
      std::int64_t w = (x + width - width / 2) % width;
      if (w >= kept) {
        h = (height - h) % height;
        w = width - w;
      }
      plane.push_back(half[index(h * kept + w)]);
    }
  }
  return plane;
}

std::vector<float> filter_magnitude(const LayerFilter& filter, std::int64_t channel) {
  check_channel(filter, channel);
  std::vector<float> half;
  for (std::int64_t h = 0; h < filter.height; ++h) {
    for (std::int64_t w = 0; w < graph::spectrum_width(filter.width); ++w) {
      half.push_back(static_cast<float>(std::abs(bin_of(filter, channel, h, w))));
    }
  }
  return full_plane(half, filter.height, filter.width);
}

std::vector<float> spatial_kernel(const LayerFilter& filter, std::int64_t channel) {
  check_channel(filter, channel);
  const std::int64_t height = filter.height;
  const std::int64_t width = filter.width;
  const std::int64_t kept = graph::spectrum_width(width);
  const Roots root_h(height);
  const Roots root_w(width);
  // As in the network: first a complex inverse over H, then complex to real over W.
  std::vector<Complex> columns(index(height * kept));
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t h = 0; h < height; ++h) {
      for (std::int64_t w = 0; w < kept; ++w) {
        columns[index(y * kept + w)] += bin_of(filter, channel, h, w) * root_h(h * y);
      }
    }
  }
  std::vector<float> kernel;
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t shift_y = (y + height - height / 2) % height;
      const std::int64_t shift_x = (x + width - width / 2) % width;
      double sum = 0;
      for (std::int64_t w = 0; w < kept; ++w) {
        const double twice = w == 0 || 2 * w == width ? 1 : 2;
        sum += twice * (columns[index(shift_y * kept + w)] * root_w(w * shift_x)).real();
      }
      kernel.push_back(static_cast<float>(sum / static_cast<double>(height * width)));
    }
  }
  return kernel;
}

}  // namespace gfnet
