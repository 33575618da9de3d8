#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <span>
#include <vector>

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

// Written out: std::complex looks for infinities after each multiplication, which takes longer than
// the multiplication.

/// sums[i] += values[i] · factor
void add_product(std::span<const Complex> values, const Complex& factor, std::span<Complex> sums) {
  const double real = factor.real();
  const double imaginary = factor.imag();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double a = values[i].real();
    const double b = values[i].imag();
    sums[i] += Complex(a * real - b * imaginary, a * imaginary + b * real);
  }
}

/// sums[i] += scale · the real part of values[i] · factor
void add_real_product(std::span<const Complex> values, const Complex& factor, double scale,
                      std::span<double> sums) {
  const double real = factor.real();
  const double imaginary = factor.imag();
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[i] += scale * (values[i].real() * real - values[i].imag() * imaginary);
  }
}

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
  std::vector<Complex> bins;
  for (std::int64_t h = 0; h < height; ++h) {
    for (std::int64_t w = 0; w < kept; ++w) bins.push_back(bin_of(filter, channel, h, w));
  }
  // As in the network: first a complex inverse over H, then complex to real over W. The innermost
  // loops run over neighbours in memory.
  std::vector<Complex> columns(index(height * kept));
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t h = 0; h < height; ++h) {
      add_product(std::span(bins).subspan(index(h * kept), index(kept)), root_h(h * y),
                  std::span(columns).subspan(index(y * kept), index(kept)));
    }
  }
  std::vector<double> sums(index(height * width));
  std::vector<Complex> roots(index(width));
  for (std::int64_t w = 0; w < kept; ++w) {
    const double twice = w == 0 || 2 * w == width ? 1 : 2;
    for (std::int64_t x = 0; x < width; ++x) roots[index(x)] = root_w(w * x);
    for (std::int64_t y = 0; y < height; ++y) {
      add_real_product(roots, columns[index(y * kept + w)], twice,
                       std::span(sums).subspan(index(y * width), index(width)));
    }
  }
  std::vector<float> kernel;
  for (std::int64_t y = 0; y < height; ++y) {
    const std::int64_t shift_y = (y + height - height / 2) % height;
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t shift_x = (x + width - width / 2) % width;
      kernel.push_back(static_cast<float>(sums[index(shift_y * width + shift_x)] /
                                          static_cast<double>(height * width)));
    }
  }
  return kernel;
}

}  // namespace gfnet
