#include "kernels/shaders/softmax_top_k.h"
#include "kernels/shaders/token_mean.h"
#include "plan/lower.h"

namespace gfnet::plan {

using graph::Node;
using graph::Value;

void lower(PlanBuilder& plan, const graph::TokenMean&, const Node& node) {
  const Value& x = plan.value(node.inputs[0]);
  parameters::TokenMeanParameters p{};
  p.tokens = u32(x.shape[0]);
  p.channel_vectors = u32(kernels::round_up(x.shape[1], kernels::kVector) / kernels::kVector);
  KernelStep kernel =
      kernel_step(kernels::shader_variant("token_mean", x.dtype, plan.value(node.output).dtype),
                  kernels::TokenMeanConstants{elementwise_width(plan.device())}, p);
  kernel.threads = {p.channel_vectors, u32(plan.batch()), 1};
  kernel.operands = {plan.read(node.inputs[0]), plan.write(node.output)};
  plan.add_step(node, std::move(kernel), static_cast<double>(plan.batch() * x.shape.elements()));
}

void lower(PlanBuilder& plan, const graph::SoftmaxTopK& op, const Node& node) {
  const Value& logits = plan.value(node.inputs[0]);
  parameters::SoftmaxTopKParameters p{};
  p.classes = u32(logits.shape[1]);
  p.logit_stride = u32(kernels::round_up(logits.shape[1], kernels::kVector));
  p.k = u32(op.k);
  p.output_stride = u32(kernels::round_up(2 * op.k, kernels::kVector));
  KernelStep kernel = kernel_step("softmax_top_k", kernels::SoftmaxTopKConstants{}, p);
  kernel.threads = {1, u32(plan.batch()), 1};
  kernel.operands = {plan.read(node.inputs[0]), plan.write(node.output)};
  plan.add_step(node, std::move(kernel),
                static_cast<double>((op.k + 2) * plan.batch() * logits.shape[1]));
}

}  // namespace gfnet::plan
