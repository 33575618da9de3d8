#include "image/resize_plan.h"

#include <cassert>
#include <cmath>
#include <limits>
#include <string>

#include "gfnet/error.h"

namespace gfnet::image {
namespace {

constexpr std::uint64_t kMaxWord = std::numeric_limits<std::uint32_t>::max();

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

/// Sets the push constants with which a shader finds the source samples along one axis. first_tap:
/// index of the source sample that is sample 0 for the shader.
template <typename Parameters>
void set_sampling(Parameters& parameters, const AxisGeometry& axis, std::uint32_t first_tap) {
  const FixedPoint start = fixed_point(axis.centre(0) - first_tap);
  const FixedPoint step = fixed_point(axis.scale());
  parameters.start_position = start.position;
  parameters.start_fraction = start.fraction;
  parameters.step_position = step.position;
  parameters.step_fraction = step.fraction;
  parameters.filter_scale = static_cast<float>(axis.filter_scale());
}

std::uint32_t to_word(std::uint64_t offset) {
  if (offset > kMaxWord) throw UnsupportedError("cannot preprocess more than 2^32 elements");
  return static_cast<std::uint32_t>(offset);
}

}  // namespace

void check_channels(const Normalisation& normalisation) {
  const std::size_t channels = normalisation.mean.size();
  if ((channels != 1 && channels != 3) || normalisation.std.size() != channels) {
    throw UnsupportedError("images as input of a network with " + std::to_string(channels) +
                           " channels are not supported (1 or 3 channels are)");
  }
}

ResizePlan make_resize_plan(const ResizeGeometry& geometry, const Normalisation& normalisation) {
  check_channels(normalisation);
  const std::size_t channels = normalisation.mean.size();
  const TapRange rows = geometry.vertical.taps();
  const std::uint32_t row_count = rows.end - rows.begin;
  const std::uint64_t stride = std::uint64_t{geometry.horizontal.source} * 3;

  ResizePlan plan;
  plan.source_offset = rows.begin * stride;
  plan.source_bytes = row_count * stride;
  plan.intermediate_bytes = std::uint64_t{row_count} * geometry.horizontal.cropped * 4;
  plan.destination_elements =
      std::uint64_t{geometry.vertical.cropped} * geometry.horizontal.cropped * channels;
  if (plan.source_bytes > kMaxWord || plan.intermediate_bytes > kMaxWord ||
      plan.destination_elements > kMaxWord) {
    throw UnsupportedError("cannot preprocess an image of more than 2^32 bytes");
  }

  plan.horizontal.source_width = geometry.horizontal.source;
  plan.horizontal.rows = row_count;
  plan.horizontal.columns = geometry.horizontal.cropped;
  plan.horizontal.channels = static_cast<std::uint32_t>(channels);
  set_sampling(plan.horizontal, geometry.horizontal, 0);
  plan.horizontal_threads = {geometry.horizontal.cropped, row_count, 1};

  plan.vertical.source_rows = row_count;
  plan.vertical.rows = geometry.vertical.cropped;
  plan.vertical.columns = geometry.horizontal.cropped;
  plan.vertical.channels = static_cast<std::uint32_t>(channels);
  set_sampling(plan.vertical, geometry.vertical, rows.begin);
  float* const scales[] = {&plan.vertical.scale_0, &plan.vertical.scale_1, &plan.vertical.scale_2};
  float* const biases[] = {&plan.vertical.bias_0, &plan.vertical.bias_1, &plan.vertical.bias_2};
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const double std = normalisation.std[channel];
    *scales[channel] = static_cast<float>(1.0 / (255.0 * std));
    *biases[channel] = static_cast<float>(-normalisation.mean[channel] / std);
  }
  plan.vertical_threads = {geometry.horizontal.cropped, geometry.vertical.cropped, 1};
  return plan;
}

void ResizePlan::place(std::uint64_t source_byte, std::uint64_t intermediate_byte,
                       std::uint64_t destination_element) {
  assert(source_byte % 4 == 0 && intermediate_byte % 4 == 0);
  to_word((source_byte + source_bytes) / 4);
  to_word((intermediate_byte + intermediate_bytes) / 4);
  to_word(destination_element + destination_elements);
  horizontal.source_word = to_word(source_byte / 4);
  horizontal.destination_word = to_word(intermediate_byte / 4);
  vertical.source_word = horizontal.destination_word;
  vertical.destination_element = to_word(destination_element);
}

}  // namespace gfnet::image
