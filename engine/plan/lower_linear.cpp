#include "gfnet/error.h"
#include "include/parameters.h"
#include "plan/linear_kernels.h"
#include "plan/lower.h"

namespace gfnet::plan {

using graph::Node;
using graph::Value;

void lower(PlanBuilder& plan, const graph::Linear& op, const Node& node) {
  const Value& weight = plan.value(node.inputs[1]);
  const std::int64_t inner = weight.shape[0];
  const std::int64_t outputs = weight.shape[1];
  const std::int64_t padded_inner = round_up(inner, kVector);
  const std::int64_t padded_outputs = round_up(outputs, kVector);
  const std::int64_t tokens = plan.value(node.output).shape[0];
  const bool has_addend = node.inputs.size() == 4;

  const DType in = plan.value(node.inputs[0]).dtype;
  const DType out = plan.value(node.output).dtype;
  if (weight.dtype != in) throw Error(node.name + ": x and its matrix must be of one type");
  if (has_addend && !plan.value(node.inputs[3]).is_constant() &&
      plan.value(node.inputs[3]).dtype != out) {
    throw Error(node.name + ": the addend must be of the result's type");
  }

  const LinearProblem problem{plan.batch() * tokens, inner, outputs, op.gelu, has_addend, in, out};
  const LinearKernel chosen = plan.choose(problem.name(), linear_kernels(problem, plan.device()));

  parameters::LinearParameters p{};
  p.rows = u32(problem.rows);
  p.inner_vectors = u32(padded_inner / kVector);
  p.output_vectors = u32(padded_outputs / kVector);
  p.addend_rows = p.rows;

  // An operand that the specialisation leaves unread still needs a buffer: the bias serves.
  const Operand bias = plan.constant(node.inputs[2], {1, outputs, 1, padded_outputs});
  const bool in_place = has_addend && plan.can_overwrite(node, node.inputs[3]);
  Operand addend = bias;
  if (has_addend && plan.value(node.inputs[3]).is_constant()) {
    addend = plan.constant(node.inputs[3], {tokens, outputs, tokens, padded_outputs, 0, out});
    p.addend_rows = u32(tokens);
  } else if (has_addend && !in_place) {
    addend = plan.read(node.inputs[3]);
  }
  const std::int64_t block = chosen.block_columns;
  const Packing packing{inner,        outputs,
                        padded_inner, block == 0 ? padded_outputs : round_up(padded_outputs, block),
                        block,        in};

  const auto tiles = [](std::int64_t size, std::int64_t tile) {
    return u32((size + tile - 1) / tile);
  };
  KernelStep kernel;
  kernel.kernel = chosen.shader;
  set_workgroup(kernel, chosen.workgroup);
  const auto append = [&](const std::vector<std::uint32_t>& constants) {
    kernel.specialization.insert(kernel.specialization.end(), constants.begin(), constants.end());
  };
  append(chosen.tile);
  append({u32(op.gelu), u32(has_addend), u32(in_place)});
  append(chosen.tail);
  kernel.push_constants = bytes_of(p);
  kernel.threads = {tiles(padded_outputs, chosen.tile_columns) * chosen.workgroup[0],
                    tiles(problem.rows, chosen.tile_rows) * chosen.workgroup[1], 1};
  kernel.operands = {plan.read(node.inputs[0]), plan.constant(node.inputs[1], packing), bias,
                     addend,
                     in_place ? plan.overwrite(node, node.inputs[3]) : plan.write(node.output)};
  // The shader can read y in any case, and does when it is in place.
  kernel.operands.back().access = Access::kReadWrite;
  const std::size_t y = kernel.operands.back().resource;
  const double unread = in_place ? 0.0 : static_cast<double>(plan.resource(y).bytes);
  plan.add_step(node, std::move(kernel), problem.flops(), unread, chosen.arithmetic);
}

}  // namespace gfnet::plan
