#include <algorithm>

#include "kernels/shader_variant.h"
#include "kernels/shaders/patches.h"
#include "plan/lower.h"

namespace gfnet::plan {

using graph::Layout;
using graph::Node;
using graph::Value;

namespace {

/// The rows are counted along two axes of the dispatch: the third axis counts groups of this many
/// rows, the second axis the rows within a group. Every device allows this many workgroups along an
/// axis, so the dispatch fits even if a workgroup is one row high.
constexpr std::int64_t kLayerRows = 32768;

}  // namespace

void lower(PlanBuilder& plan, const graph::Patches&, const Node& node) {
  const Rows all{0, plan.batch() * plan.value(node.output).shape[0]};
  add_patches(plan, node, all, plan.write(node.output));
}

void add_patches(PlanBuilder& plan, const Node& node, const Rows& rows, const Operand& room) {
  const auto& op = std::get<graph::Patches>(node.operation);
  const Value& x = plan.value(node.inputs[0]);
  const Value& y = plan.value(node.output);
  parameters::PatchesParameters p{};
  p.first_row = u32(rows.first);
  p.rows = u32(rows.count);
  p.layer_rows = u32(std::min(rows.count, kLayerRows));
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
    p.column_stride = u32(kernels::round_up(x.shape[1], kernels::kVector));
    p.channel_stride = 1;
  }
  p.row_stride = p.column_stride * u32(op.grid.width);
  p.output_stride = u32(kernels::round_up(y.shape[1], kernels::kVector));

  KernelStep kernel = kernel_step(
      kernels::shader_variant("patches", x.dtype, y.dtype),
      kernels::PatchesConstants{elementwise_width(plan.device()), kElementwiseHeight}, p);
  kernel.threads = {p.output_stride / 4, p.layer_rows,
                    u32((rows.count + kLayerRows - 1) / kLayerRows)};
  kernel.operands = {plan.read(node.inputs[0]), part(plan, room, y, {0, rows.count})};
  // Only these rows' share of the input is read.
  const double share =
      static_cast<double>(rows.count) / static_cast<double>(plan.batch() * y.shape[0]);
  const double unread = (1 - share) * static_cast<double>(plan.bytes_of(kernel.operands.front()));
  plan.tell({});
  plan.add_step(node, std::move(kernel), 0, unread);
}

}  // namespace gfnet::plan
