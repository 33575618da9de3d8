#include "image/resize_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <string>

#include "gfnet/error.h"
#include "image/image_view.h"

namespace gfnet::image {
namespace {

constexpr std::uint64_t kMostAddress = std::numeric_limits<std::uint32_t>::max();

/// A number ≥ 0 with 32 integer and 32 fraction bits.
struct FixedPoint {
  std::uint32_t position;
  std::uint32_t fraction;
};

FixedPoint fixed_point(double x) {
  double whole = std::floor(x);
  double fraction = std::nearbyint((x - whole) * 0x1p32);
  if (fraction == 0x1p32) {
    whole += 1.0;
    fraction = 0.0;
  }
  return {static_cast<std::uint32_t>(whole), static_cast<std::uint32_t>(fraction)};
}

/// Where the output samples of an axis lie on the source axis.
struct Sampling {
  FixedPoint start;
  FixedPoint step;
  float filter_scale;
};

/// The sampling of an axis. first_tap: index of the source sample that is sample 0 for the shader.
Sampling sampling(const AxisGeometry& axis, std::uint32_t first_tap) {
  return {fixed_point(axis.centre(0) - first_tap), fixed_point(axis.scale()),
          static_cast<float>(axis.filter_scale())};
}

/// The taps of an axis with one more sample on either side. The shader computes taps in float, so
/// it may use a sample at the edge of the filter that the computation in double does not use. With
/// the added samples the shader finds the same taps as in the whole image.
TapRange taps_with_margin(const AxisGeometry& axis) {
  const TapRange taps = axis.taps();
  return {taps.begin - std::min(taps.begin, 1u), std::min(taps.end + 1, axis.source)};
}

std::uint32_t to_address(std::uint64_t offset) {
  if (offset > kMostAddress) throw UnsupportedError("cannot preprocess more than 2^32 elements");
  return static_cast<std::uint32_t>(offset);
}

}  // namespace

void check_channels(const Normalisation& normalisation) {
  const std::size_t channels = normalisation.mean.size();
  if ((channels != 1 && channels != 3) || normalisation.std.size() != channels) {
    throw UnsupportedError(fmt::format(
        "images as input of a network with {} channels are not supported (1 or 3 channels are)",
        channels));
  }
}

ResizePlan make_resize_plan(Extent source, const ResizeTarget& target) {
  check_channels(target.normalisation);
  const ResizeGeometry geometry = resize_geometry(source, target.extent, target.crop_ratio);
  const TapRange rows = geometry.vertical.taps();
  const TapRange columns = taps_with_margin(geometry.horizontal);

  ResizePlan plan;
  plan.window = {rows.begin, rows.end - rows.begin, columns.begin, columns.end - columns.begin};
  plan.columns = target.extent.width;
  plan.intermediate_bytes = std::uint64_t{plan.window.rows} * plan.columns * 4;
  plan.destination_elements =
      std::uint64_t{target.extent.height} * plan.columns * target.normalisation.mean.size();
  if (plan.intermediate_bytes > kMostAddress || plan.destination_elements > kMostAddress) {
    throw UnsupportedError("cannot preprocess an image of more than 2^32 bytes");
  }

  parameters::ResizeImage& p = plan.parameters;
  const Sampling across = sampling(geometry.horizontal, columns.begin);
  p.source_columns = plan.window.columns;
  p.column_start_position = across.start.position;
  p.column_start_fraction = across.start.fraction;
  p.column_step_position = across.step.position;
  p.column_step_fraction = across.step.fraction;
  p.column_filter_scale = across.filter_scale;
  const Sampling down = sampling(geometry.vertical, rows.begin);
  p.intermediate_rows = plan.window.rows;
  p.output_rows = target.extent.height;
  p.row_start_position = down.start.position;
  p.row_start_fraction = down.start.fraction;
  p.row_step_position = down.step.position;
  p.row_step_fraction = down.step.fraction;
  p.row_filter_scale = down.filter_scale;
  return plan;
}

void ResizePlan::set_source(PixelFormat format, std::uint64_t row_bytes) {
  parameters.pixel_bytes = bytes_per_pixel(format);
  parameters.is_blue_first = is_blue_first(format) ? 1 : 0;
  parameters.row_bytes = to_address(row_bytes);
  assert(parameters.pixel_bytes != 4 || row_bytes % 4 == 0);
}

void ResizePlan::place(std::uint64_t intermediate_byte, std::uint64_t destination_element) {
  assert(intermediate_byte % 4 == 0);
  to_address((intermediate_byte + intermediate_bytes) / 4);
  to_address(destination_element + destination_elements);
  parameters.row_word = to_address(intermediate_byte / 4);
  parameters.intermediate_word = parameters.row_word;
  parameters.destination_element = to_address(destination_element);
}

parameters::ResizeImage ResizePlan::band(std::uint32_t begin, std::uint32_t end,
                                         std::uint64_t byte) const {
  assert(begin < end && (parameters.pixel_bytes != 4 || byte % 4 == 0));
  parameters::ResizeImage part = parameters;
  part.rows = end - begin;
  to_address(byte + std::uint64_t{part.rows} * part.row_bytes);
  part.source_byte = to_address(byte);
  part.row_word += begin * columns;
  if (end < window.rows) part.output_rows = 0;
  return part;
}

parameters::ResizeTarget target_parameters(const ResizeTarget& target) {
  check_channels(target.normalisation);
  const std::size_t channels = target.normalisation.mean.size();
  parameters::ResizeTarget p{};
  p.rows = target.extent.height;
  p.columns = target.extent.width;
  p.channels = static_cast<std::uint32_t>(channels);
  float* const scales[] = {&p.scale_0, &p.scale_1, &p.scale_2};
  float* const biases[] = {&p.bias_0, &p.bias_1, &p.bias_2};
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const double std = target.normalisation.std[channel];
    *scales[channel] = static_cast<float>(1.0 / (255.0 * std));
    *biases[channel] = static_cast<float>(-target.normalisation.mean[channel] / std);
  }
  return p;
}

}  // namespace gfnet::image
