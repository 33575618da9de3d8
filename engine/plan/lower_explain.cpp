// Lowers the operations that explain a result: class maps and spectra. The network itself does not
// need them.
#include <cmath>

#include "kernels/shaders/class_map.h"
#include "kernels/shaders/spectrum_magnitude.h"
#include "plan/lower.h"

namespace gfnet::plan {

using graph::Node;
using graph::Value;

void lower(PlanBuilder& plan, const graph::ClassMap&, const Node& node) {
  const Value& x = plan.value(node.inputs[0]);
  const Value& pairs = plan.value(node.inputs[3]);
  const std::int64_t classes = plan.value(node.inputs[1]).shape[0];
  const std::int64_t channels = x.shape[1];
  const std::int64_t padded = kernels::round_up(channels, kernels::kVector);
  parameters::ClassMapParameters p{};
  p.tokens = u32(x.shape[0]);
  p.channel_vectors = u32(padded / kernels::kVector);
  p.classes = u32(classes);
  p.k = u32(pairs.shape[1] / 2);
  p.pair_stride =
      pairs.is_constant() ? 0 : u32(kernels::round_up(pairs.shape[1], kernels::kVector));
  p.output_stride = u32(kernels::round_up(p.k, kernels::kVector));

  KernelStep kernel =
      kernel_step(kernels::shader_variant("class_map", x.dtype, plan.value(node.output).dtype),
                  kernels::ClassMapConstants{elementwise_width(plan.device())}, p);
  kernel.threads = {p.tokens, p.output_stride, u32(plan.batch())};
  kernel.operands = {
      plan.read(node.inputs[0]),
      plan.constant(node.inputs[1], {classes, channels, classes, padded}),
      plan.texel_constant(node.inputs[2]),
      pairs.is_constant() ? plan.dense_constant(node.inputs[3]) : plan.read(node.inputs[3]),
      plan.write(node.output)};
  plan.add_step(node, std::move(kernel),
                2.0 * static_cast<double>(plan.batch() * x.shape.elements() * p.k));
}

void lower(PlanBuilder& plan, const graph::SpectrumMagnitude& op, const Node& node) {
  const Value& spectrum = plan.value(node.inputs[0]);
  parameters::SpectrumMagnitudeParameters p{};
  p.bins = u32(op.grid.height * graph::spectrum_width(op.grid.width));
  p.channels = u32(spectrum.shape[0]);
  const double tokens = static_cast<double>(op.grid.area());
  p.tokens = static_cast<float>(tokens);
  p.scale = static_cast<float>(1 / (static_cast<double>(p.channels) * std::sqrt(tokens)));

  KernelStep kernel =
      kernel_step("spectrum_magnitude",
                  kernels::SpectrumMagnitudeConstants{elementwise_width(plan.device())}, p);
  kernel.threads = {p.bins, u32(plan.batch()), 1};
  kernel.operands = {plan.read(node.inputs[0]), plan.texel_constant(node.inputs[1]),
                     plan.texel_constant(node.inputs[2]), plan.dense_constant(node.inputs[3]),
                     plan.write(node.output)};
  plan.add_step(node, std::move(kernel),
                4.0 * static_cast<double>(plan.batch() * spectrum.shape.elements()));
}

}  // namespace gfnet::plan
