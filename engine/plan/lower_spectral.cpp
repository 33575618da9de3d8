#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gfnet/error.h"
#include "kernels/shaders/filter_multiply.h"
#include "kernels/shaders/layer_norm.h"
#include "kernels/shaders/token_statistics.h"
#include "kernels/spectral_kernels.h"
#include "plan/lower.h"

namespace gfnet::plan {

using graph::Layout;
using graph::Node;
using graph::Value;

namespace {

/// Operations of the Fourier transform of a real grid with N points. The usual count for complex
/// numbers is 5·N·log2 N; for real numbers it is half of that.
double fft_flops(const graph::Extent& grid) {
  const double points = static_cast<double>(grid.area());
  return 2.5 * points * std::log2(points);
}

void add_fft(PlanBuilder& plan, const Node& node, const graph::Extent& grid, bool inverse,
             std::size_t planes, std::size_t spectrum) {
  FftStep fft;
  fft.inverse = inverse;
  fft.grid = grid;
  fft.batches = plan.batch() * plan.value(node.inputs[0]).shape[0];
  fft.planes = planes;
  fft.spectrum = spectrum;
  plan.add_step(node, fft, static_cast<double>(fft.batches) * fft_flops(grid));
}

/// Whether a tensor in token layout fits a texel buffer. channels: with padding.
bool fits_texels(const kernels::DeviceFacts& device, std::int64_t tokens, std::int64_t channels) {
  return static_cast<std::uint64_t>(tokens * channels / kernels::kVector) <=
         device.max_texel_elements;
}

template <typename Constants>
bool is_switched_off(const kernels::DeviceFacts& device, const std::string& shader,
                     const Constants& constants) {
  return device.switched_off.contains(kernels::kernel_name(shader, kernels::specialize(constants)));
}

}  // namespace

void lower(PlanBuilder& plan, const graph::LayerNorm& op, const Node& node) {
  if (node.inputs.size() != 1) {
    throw Error(node.name + ": weight and bias must be folded into the next operation first");
  }
  const Value& x = plan.value(node.inputs[0]);
  const bool planes_in = x.layout == Layout::kPlanes;
  const bool planes_out = plan.value(node.output).layout == Layout::kPlanes;
  parameters::LayerNormParameters p{};
  p.channels = u32(planes_in ? x.shape[0] : x.shape[1]);
  p.tokens = u32(x.shape.elements() / p.channels);
  p.padded_channels = u32(kernels::round_up(p.channels, kernels::kVector));
  p.epsilon = static_cast<float>(op.epsilon);

  // On a software driver each lane takes a token of its own: lanes exchange nothing.
  const kernels::DeviceFacts& device = plan.device();
  const std::uint32_t tokens_per_group = device.software ? device.software_width() : 16;
  const std::uint32_t lanes = device.software                           ? 1
                              : device.max_workgroup_invocations >= 256 ? 16
                                                                        : 8;
  const bool is_f32 = x.dtype == DType::kF32 && plan.value(node.output).dtype == DType::kF32;
  const kernels::LayerNormLanesConstants by_lanes{tokens_per_group};
  KernelStep kernel;
  if (device.software && device.int64 && is_f32 && !planes_in && !planes_out &&
      fits_texels(device, plan.batch() * p.tokens, p.padded_channels) &&
      !is_switched_off(device, "layer_norm_lanes", by_lanes)) {
    kernel = kernel_step("layer_norm_lanes", by_lanes, p);
  } else {
    const kernels::LayerNormConstants constants{.tokens = tokens_per_group,
                                                .lanes = lanes,
                                                .planes_in = planes_in,
                                                .planes_out = planes_out};
    kernel =
        kernel_step(kernels::shader_variant("layer_norm", x.dtype, plan.value(node.output).dtype),
                    constants, p);
  }
  kernel.threads = {u32(kernels::round_up(p.tokens, tokens_per_group)) * lanes, u32(plan.batch()),
                    1};
  kernel.operands = {plan.read(node.inputs[0]), plan.write(node.output)};
  plan.add_step(node, std::move(kernel),
                8.0 * static_cast<double>(plan.batch() * x.shape.elements()));
}

void lower(PlanBuilder& plan, const graph::Rfft2& op, const Node& node) {
  const std::size_t planes = plan.use(node.inputs[0]);
  add_fft(plan, node, op.grid, false, planes, plan.write(node.output).resource);
}

void lower(PlanBuilder& plan, const graph::Irfft2& op, const Node& node) {
  const std::size_t spectrum = plan.use(node.inputs[0]);
  add_fft(plan, node, op.grid, true, plan.write(node.output).resource, spectrum);
}

void lower(PlanBuilder& plan, const graph::FilterMultiply& op, const Node& node) {
  const Value& spectrum = plan.value(node.inputs[0]);
  parameters::FilterMultiplyParameters p{};
  p.bins = u32(op.grid.height * graph::spectrum_width(op.grid.width));
  p.channels = u32(spectrum.shape[0]);
  KernelStep kernel = kernel_step(
      "filter_multiply",
      kernels::FilterMultiplyConstants{elementwise_width(plan.device()), kElementwiseHeight}, p);
  kernel.threads = {p.bins, p.channels, u32(plan.batch())};
  if (!plan.can_overwrite(node, node.inputs[0])) {
    throw Error(node.name + ": no other operation may read the spectrum");
  }
  kernel.operands = {plan.dense_constant(node.inputs[1]), plan.dense_constant(node.inputs[2]),
                     plan.overwrite(node, node.inputs[0])};
  plan.add_step(node, std::move(kernel),
                3.0 * static_cast<double>(plan.batch() * spectrum.shape.elements()));
}

void lower(PlanBuilder& plan, const graph::TokenStatistics& op, const Node& node) {
  const Value& x = plan.value(node.inputs[0]);
  const std::int64_t vectors = kernels::round_up(x.shape[1], kernels::kVector) / kernels::kVector;
  parameters::TokenStatisticsParameters p{};
  p.tokens = u32(plan.batch() * x.shape[0]);
  p.channels = u32(x.shape[1]);
  p.channel_vectors = u32(vectors);
  p.epsilon = static_cast<float>(op.epsilon);

  // On a software driver each lane takes a token. On a GPU 16 lanes share a token's channels; fewer
  // where large workgroups lack registers.
  const kernels::DeviceFacts& device = plan.device();
  const std::uint32_t tokens_per_group = device.software ? device.software_width() : 8;
  const std::uint32_t lanes =
      device.software ? 1 : std::min(16U, device.largest_register_workgroup() / tokens_per_group);
  const kernels::TokenStatisticsConstants constants{.tokens = tokens_per_group, .lanes = lanes};
  const auto variant = [&](const char* stem) {
    return kernels::shader_variant(stem, x.dtype, plan.value(node.output).dtype);
  };
  const std::string with_texels = variant("token_statistics_texels");
  const bool texels = device.software &&
                      fits_texels(device, p.tokens, kernels::kVector * vectors) &&
                      !is_switched_off(device, with_texels, constants);
  KernelStep kernel = kernel_step(texels ? with_texels : variant("token_statistics"), constants, p);
  kernel.threads = {u32(kernels::round_up(p.tokens, tokens_per_group)) * lanes, 1, 1};
  kernel.operands = {plan.read(node.inputs[0]), plan.write(node.output)};
  plan.add_step(node, std::move(kernel),
                5.0 * static_cast<double>(plan.batch() * x.shape.elements()));
}

void lower(PlanBuilder& plan, const graph::SpectralFilter& op, const Node& node) {
  if (op.by_lines) return lower_by_lines(plan, op, node);
  if (!node.choice) throw Error(node.name + ": no algorithm was chosen for its layer");
  const Value& x = plan.value(node.inputs[0]);
  const std::int64_t channels = x.shape[1];
  const std::int64_t padded = kernels::round_up(channels, kernels::kVector);
  const std::int64_t bins = op.grid.height * graph::spectrum_width(op.grid.width);
  const std::vector<kernels::SpectralKernel> candidates = kernels::usable_spectral_kernels(
      {op.grid, channels, plan.value(node.output).dtype}, op.factors, plan.batch(), plan.device());
  if (candidates.empty() || op.factors.height == 0) {
    throw UnsupportedError(fmt::format("{}: a grid of {}×{} tokens does not fit one kernel",
                                       node.name, op.grid.height, op.grid.width),
                           plan.device().name);
  }
  const kernels::SpectralKernel chosen = plan.choose_kernel(
      kernels::kernel_key(*node.choice, plan.batch(), plan.device()), candidates);
  parameters::SpectralFilterParameters p{};
  p.padded_channels = u32(padded);

  const kernels::SpectralFilterConstants constants = chosen.constants(op.grid, op.factors);
  KernelStep kernel = kernel_step(
      kernels::shader_variant(chosen.shader, x.dtype, plan.value(node.output).dtype), constants, p);
  kernel.threads = {u32(kernels::round_up(padded, chosen.channels)) * chosen.lines,
                    u32(plan.batch()), 1};
  kernel.operands = {
      plan.read(node.inputs[0]),
      plan.read(node.inputs[1]),
      plan.constant(node.inputs[2], {bins, 2 * channels, bins, 2 * padded}),
      plan.constant(node.inputs[3], {1, channels, 1, padded}),
      plan.texel_constant(node.inputs[4], kernels::kVector * constants.sizes().root_vectors),
      plan.write(node.output)};
  // Normalisation, both transforms, and the product.
  const double per_channel = 2.0 * static_cast<double>(op.grid.area()) + 2 * fft_flops(op.grid) +
                             6.0 * static_cast<double>(bins);
  plan.add_step(node, std::move(kernel),
                static_cast<double>(plan.batch() * channels) * per_channel);
}

}  // namespace gfnet::plan
