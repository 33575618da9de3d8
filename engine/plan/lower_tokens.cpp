#include "include/parameters.h"
#include "plan/lower.h"

namespace gfnet::plan {

using graph::Layout;
using graph::Node;
using graph::Value;

void lower(PlanBuilder& plan, const graph::Patches& op, const Node& node) {
  const Value& x = plan.value(node.inputs[0]);
  const Value& y = plan.value(node.output);
  parameters::PatchesParameters p{};
  p.patch_count = u32(y.shape[0]);
  p.patches_across = u32(op.grid.width / op.patch.width);
  p.patch_height = u32(op.patch.height);
  p.patch_width = u32(op.patch.width);
  p.image_stride = u32(stored_elements(x));
  if (x.layout == Layout::kPlanes) {
    p.channels = u32(x.shape[0]);
    p.column_stride = 1;
    p.channel_stride = u32(op.grid.area());
  } else {
    p.channels = u32(x.shape[1]);
    p.column_stride = u32(round_up(x.shape[1], kVector));
    p.channel_stride = 1;
  }
  p.row_stride = p.column_stride * u32(op.grid.width);
  p.output_stride = u32(round_up(y.shape[1], kVector));

  KernelStep kernel;
  kernel.kernel = shader_variant("patches", x.dtype, y.dtype);
  set_workgroup(kernel, elementwise_workgroup(plan.device()));
  kernel.push_constants = bytes_of(p);
  kernel.threads = {p.output_stride / 4, p.patch_count, u32(plan.batch())};
  kernel.operands = {plan.read(node.inputs[0]), plan.write(node.output)};
  plan.add_step(node, std::move(kernel), 0);
}

void lower(PlanBuilder& plan, const graph::TokenMean&, const Node& node) {
  const Value& x = plan.value(node.inputs[0]);
  parameters::TokenMeanParameters p{};
  p.tokens = u32(x.shape[0]);
  p.channel_vectors = u32(round_up(x.shape[1], kVector) / kVector);
  KernelStep kernel;
  kernel.kernel = shader_variant("token_mean", x.dtype, plan.value(node.output).dtype);
  kernel.workgroup = {plan.device().software ? 8u : 32u, 1, 1};
  kernel.specialization = {kernel.workgroup[0]};
  kernel.push_constants = bytes_of(p);
  kernel.threads = {p.channel_vectors, u32(plan.batch()), 1};
  kernel.operands = {plan.read(node.inputs[0]), plan.write(node.output)};
  plan.add_step(node, std::move(kernel), static_cast<double>(plan.batch() * x.shape.elements()));
}

void lower(PlanBuilder& plan, const graph::SoftmaxTopK& op, const Node& node) {
  const Value& logits = plan.value(node.inputs[0]);
  parameters::SoftmaxTopKParameters p{};
  p.classes = u32(logits.shape[1]);
  p.logit_stride = u32(round_up(logits.shape[1], kVector));
  p.k = u32(op.k);
  p.output_stride = u32(round_up(2 * op.k, kVector));
  KernelStep kernel;
  kernel.kernel = "softmax_top_k";
  kernel.workgroup = {64, 1, 1};
  kernel.push_constants = bytes_of(p);
  kernel.threads = {1, u32(plan.batch()), 1};
  kernel.operands = {plan.read(node.inputs[0]), plan.write(node.output)};
  plan.add_step(node, std::move(kernel),
                static_cast<double>((op.k + 2) * plan.batch() * logits.shape[1]));
}

}  // namespace gfnet::plan
