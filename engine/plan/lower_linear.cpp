#include "gfnet/error.h"
#include "include/parameters.h"
#include "plan/linear_steps.h"
#include "plan/lower.h"

namespace gfnet::plan {

using graph::Node;
using graph::Value;

void lower(PlanBuilder& plan, const graph::Linear&, const Node& node) {
  const std::int64_t rows = plan.batch() * plan.value(node.output).shape[0];
  LinearSteps(plan, node, rows).add({0, rows});
}

namespace {

/// The rows of the scratch memory that a step for `rows` binds.
Rows scratch_rows(const Rows& rows, bool in_blocks) {
  return {0, in_blocks ? kernels::round_up(rows.count, kernels::kRowsInBlock) : rows.count};
}

}  // namespace

LinearSteps::LinearSteps(PlanBuilder& plan, const Node& node, std::int64_t rows_at_once)
    : plan_(plan),
      node_(node),
      tokens_(plan.value(node.output).shape[0]),
      layer_(layer()),
      algorithm_(
          plan.choose_algorithm(layer_.name(), kernels::linear_algorithms(layer_, plan.device()))),
      kernel_(plan.choose_kernel(
          kernels::kernel_key(layer_, algorithm_, rows_at_once, plan.device()),
          kernels::linear_kernels(layer_, algorithm_, rows_at_once, plan.device()))),
      choices_of_step_(plan.choices()),
      in_place_(layer_.addend && plan.can_overwrite(node, node.inputs[3])) {}

void LinearSteps::add(const Rows& rows) {
  const std::int64_t padded_inner = kernels::round_up(layer_.inner, kernels::kVector);
  const std::int64_t padded_outputs = kernels::round_up(layer_.outputs, kernels::kVector);
  parameters::LinearParameters p{};
  p.rows = u32(rows.count);
  p.inner_vectors = u32(padded_inner / kernels::kVector);
  p.output_vectors = u32(padded_outputs / kernels::kVector);
  p.addend_rows = p.rows;

  // The addend's binding needs a buffer even if the shader does not read it. Then the bias is
  // bound.
  const Operand bias = plan_.texel_constant(node_.inputs[2]);
  Operand addend = bias;
  if (layer_.addend && plan_.value(node_.inputs[3]).is_constant()) {
    addend = plan_.constant(node_.inputs[3],
                            {tokens_, layer_.outputs, tokens_, padded_outputs, 0, layer_.out});
    p.addend_rows = u32(tokens_);
    p.addend_first = u32(rows.first % tokens_);
  } else if (layer_.addend && !in_place_) {
    addend = part(plan_, plan_.read(node_.inputs[3]), plan_.value(node_.inputs[3]), rows);
  }
  const std::int64_t block = algorithm_.block_columns;
  const kernels::Packing packing{
      layer_.inner, layer_.outputs,
      padded_inner, block == 0 ? padded_outputs : kernels::round_up(padded_outputs, block),
      block,        layer_.in};

  const auto tiles = [](std::int64_t size, std::int64_t tile) {
    return u32((size + tile - 1) / tile);
  };
  KernelStep kernel;
  kernel.kernel = kernel_.shader;
  kernel.specialization = kernel_.specialization(layer_.gelu, layer_.addend, in_place_);
  kernel.push_constants = bytes_of(p);
  const kernels::Workgroup& workgroup = kernel.specialization.workgroup;
  kernel.threads = {tiles(padded_outputs, kernel_.tile_columns) * workgroup[0],
                    tiles(rows.count, kernel_.tile_rows) * workgroup[1], 1};
  kernel.operands = {x(rows), plan_.constant(node_.inputs[1], packing), bias, addend, y(rows)};
  const double unread =
      in_place_ ? 0.0 : static_cast<double>(plan_.bytes_of(kernel.operands.back()));
  plan_.tell(choices_of_step_);
  plan_.add_step(node_, std::move(kernel), layer_.flops(rows.count), unread, kernel_.arithmetic);
}

bool LinearSteps::can_read_row_blocks() const {
  return std::holds_alternative<kernels::LinearBroadcastConstants>(kernel_.constants);
}

void LinearSteps::read_row_blocks() {
  std::get<kernels::LinearBroadcastConstants>(kernel_.constants).row_blocks_x = true;
  x_in_blocks_ = true;
}

void LinearSteps::write_row_blocks() {
  std::get<kernels::LinearBroadcastConstants>(kernel_.constants).row_blocks_y = true;
  y_in_blocks_ = true;
}

kernels::LinearLayer LinearSteps::layer() const {
  const Value& weight = plan_.value(node_.inputs[1]);
  const bool has_addend = node_.inputs.size() == 4;
  const DType in = plan_.value(node_.inputs[0]).dtype;
  const DType out = plan_.value(node_.output).dtype;
  if (weight.dtype != in) throw Error(node_.name + ": x and the weight must have the same type");
  if (has_addend && !plan_.value(node_.inputs[3]).is_constant() &&
      plan_.value(node_.inputs[3]).dtype != out) {
    throw Error(node_.name + ": the addend must have the output's type");
  }
  const bool gelu = std::get<graph::Linear>(node_.operation).gelu;
  return {weight.shape[0], weight.shape[1], gelu, has_addend, in, out};
}

Operand LinearSteps::x(const Rows& rows) {
  const Value& value = plan_.value(node_.inputs[0]);
  if (x_)
    return part(plan_, {plan_.keep(*x_), Access::kRead}, value, scratch_rows(rows, x_in_blocks_));
  return part(plan_, plan_.read(node_.inputs[0]), value, rows);
}

Operand LinearSteps::y(const Rows& rows) {
  const Value& value = plan_.value(node_.output);
  Operand whole;
  if (y_) {
    whole.resource = plan_.keep(*y_);
  } else if (in_place_) {
    whole = plan_.overwrite(node_, node_.inputs[3]);
  } else if (is_written_) {
    whole.resource = plan_.use(node_.output);
  } else {
    whole = plan_.write(node_.output);
  }
  is_written_ = true;
  // The shader declares y as readable. It reads y only in place.
  whole.access = Access::kReadWrite;
  return part(plan_, whole, value, y_ ? scratch_rows(rows, y_in_blocks_) : rows);
}

}  // namespace gfnet::plan
