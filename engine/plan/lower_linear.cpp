// Linear: one step for all rows of the batch; or, where one product's output is for the next one
// alone and beyond what a shader can be given at once, both for some rows at a time, through memory
// that holds just those rows. Rows do not depend on each other, so that the bits are the same.
#include <algorithm>
#include <numeric>
#include <optional>

#include "gfnet/error.h"
#include "include/parameters.h"
#include "plan/linear_kernels.h"
#include "plan/lower.h"

namespace gfnet::plan {

using graph::Node;
using graph::Value;

namespace {

/// A GPU's tiles have so many rows or a divisor of them: then only the last step has a short one.
constexpr std::int64_t kWholeTiles = 128;

/// Of a value in token layout, those of all images one after the other.
struct Rows {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

std::uint64_t row_bytes(const Value& value) {
  return static_cast<std::uint64_t>(round_up(value.shape[1], kVector)) * size_of(value.dtype);
}

/// The steps of a node. They share a kernel and the form of the weight.
class LinearSteps {
 public:
  /// rows_at_once: of a step; the last may have fewer.
  LinearSteps(PlanBuilder& plan, const Node& node, std::int64_t rows_at_once)
      : plan_(plan),
        node_(node),
        op_(std::get<graph::Linear>(node.operation)),
        tokens_(plan.value(node.output).shape[0]),
        layer_(layer()),
        way_(plan.choose_way(layer_.name(), linear_ways(layer_, plan.device()))),
        kernel_(plan.choose_kernel(kernel_problem(layer_, way_, rows_at_once, plan.device()),
                                   linear_kernels(layer_, way_, rows_at_once, plan.device()))),
        decisions_(plan.decisions()),
        in_place_(layer_.addend && plan.can_overwrite(node, node.inputs[3])) {}

  /// x, or y, is where there is room for the rows of one step.
  void read_from(std::size_t resource) { x_ = resource; }
  void write_to(std::size_t resource) { y_ = resource; }

  /// The next rows; where they are not all, they start at a multiple of rows_between_starts().
  void add(const Rows& rows) {
    const std::int64_t padded_inner = round_up(layer_.inner, kVector);
    const std::int64_t padded_outputs = round_up(layer_.outputs, kVector);
    parameters::LinearParameters p{};
    p.rows = u32(rows.count);
    p.inner_vectors = u32(padded_inner / kVector);
    p.output_vectors = u32(padded_outputs / kVector);
    p.addend_rows = p.rows;

    // An operand that the specialisation leaves unread still needs a buffer: the bias serves.
    const Operand bias = plan_.constant(node_.inputs[2], {1, layer_.outputs, 1, padded_outputs});
    Operand addend = bias;
    if (layer_.addend && plan_.value(node_.inputs[3]).is_constant()) {
      addend = plan_.constant(node_.inputs[3],
                              {tokens_, layer_.outputs, tokens_, padded_outputs, 0, layer_.out});
      p.addend_rows = u32(tokens_);
    } else if (layer_.addend && !in_place_) {
      addend = part(plan_.read(node_.inputs[3]), plan_.value(node_.inputs[3]), rows);
    }
    const std::int64_t block = way_.block_columns;
    const Packing packing{
        layer_.inner, layer_.outputs,
        padded_inner, block == 0 ? padded_outputs : round_up(padded_outputs, block),
        block,        layer_.in};

    const auto tiles = [](std::int64_t size, std::int64_t tile) {
      return u32((size + tile - 1) / tile);
    };
    KernelStep kernel;
    kernel.kernel = kernel_.shader;
    kernel.workgroup = kernel_.workgroup;
    kernel.specialization = kernel_.specialization(op_.gelu, layer_.addend, in_place_);
    kernel.push_constants = bytes_of(p);
    kernel.threads = {tiles(padded_outputs, kernel_.tile_columns) * kernel_.workgroup[0],
                      tiles(rows.count, kernel_.tile_rows) * kernel_.workgroup[1], 1};
    kernel.operands = {x(rows), plan_.constant(node_.inputs[1], packing), bias, addend, y(rows)};
    const double unread =
        in_place_ ? 0.0 : static_cast<double>(plan_.bytes_of(kernel.operands.back()));
    plan_.tell(decisions_);
    plan_.add_step(node_, std::move(kernel), layer_.flops(rows.count), unread, kernel_.arithmetic);
  }

 private:
  LinearLayer layer() const {
    const Value& weight = plan_.value(node_.inputs[1]);
    const bool has_addend = node_.inputs.size() == 4;
    const DType in = plan_.value(node_.inputs[0]).dtype;
    const DType out = plan_.value(node_.output).dtype;
    if (weight.dtype != in) throw Error(node_.name + ": x and its matrix must be of one type");
    if (has_addend && !plan_.value(node_.inputs[3]).is_constant() &&
        plan_.value(node_.inputs[3]).dtype != out) {
      throw Error(node_.name + ": the addend must be of the result's type");
    }
    return {weight.shape[0], weight.shape[1], op_.gelu, has_addend, in, out};
  }

  Operand x(const Rows& rows) {
    const Value& value = plan_.value(node_.inputs[0]);
    if (x_) return part({plan_.keep(*x_), Access::kRead}, value, {0, rows.count});
    return part(plan_.read(node_.inputs[0]), value, rows);
  }

  Operand y(const Rows& rows) {
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
    // The shader can read y in any case, and does when it is in place.
    whole.access = Access::kReadWrite;
    return part(whole, value, {y_ ? 0 : rows.first, rows.count});
  }

  /// Rows of a resource, counted from its first.
  Operand part(Operand whole, const Value& value, const Rows& rows) const {
    const std::uint64_t each = row_bytes(value);
    const ByteRange range{static_cast<std::uint64_t>(rows.first) * each,
                          static_cast<std::uint64_t>(rows.count) * each};
    if (range.bytes < plan_.resource(whole.resource).bytes) whole.range = range;
    return whole;
  }

  PlanBuilder& plan_;
  const Node& node_;
  const graph::Linear& op_;
  std::int64_t tokens_ = 0;
  LinearLayer layer_;
  LinearWay way_;
  LinearKernel kernel_;
  /// What all steps answer.
  Decisions decisions_;
  bool in_place_ = false;
  std::optional<std::size_t> x_;
  std::optional<std::size_t> y_;
  bool is_written_ = false;
};

/// Whether the second is a product of what the first makes, which nothing else reads.
bool hands_on(const PlanBuilder& plan, const Node& first, const Node& second) {
  const graph::Graph& graph = plan.graph();
  const auto& outputs = graph.outputs();
  return std::holds_alternative<graph::Linear>(first.operation) &&
         std::holds_alternative<graph::Linear>(second.operation) &&
         second.inputs[0] == first.output && std::ranges::count(second.inputs, first.output) == 1 &&
         graph.consumers(first.output).size() == 1 &&
         std::ranges::find(outputs, first.output) == outputs.end();
}

/// Constants are added by a row's place in its image, which rows at a time do not start with.
bool adds_constant(const PlanBuilder& plan, const Node& node) {
  return node.inputs.size() == 4 && plan.value(node.inputs[3]).is_constant();
}

/// Parts of the value's resource that begin with a multiple of so many rows begin where buffers
/// may.
std::int64_t rows_between_starts(const PlanBuilder& plan, const Value& value) {
  const std::uint64_t alignment = plan.device().buffer_alignment;
  return static_cast<std::int64_t>(alignment / std::gcd(alignment, row_bytes(value)));
}

}  // namespace

void lower(PlanBuilder& plan, const graph::Linear&, const Node& node) {
  const std::int64_t rows = plan.batch() * plan.value(node.output).shape[0];
  LinearSteps(plan, node, rows).add({0, rows});
}

bool lower_by_rows(PlanBuilder& plan, const Node& first, const Node& second) {
  if (!hands_on(plan, first, second)) return false;
  if (adds_constant(plan, first) || adds_constant(plan, second)) return false;
  const Value& hidden = plan.value(first.output);
  const auto most_rows = static_cast<std::int64_t>(plan.most_bytes() / row_bytes(hidden));
  if (hidden.shape[0] <= most_rows / plan.batch()) return false;

  std::int64_t unit = rows_between_starts(plan, plan.value(second.output));
  for (const graph::ValueId x : {first.inputs[0], first.inputs.back(), second.inputs.back()}) {
    if (!plan.value(x).is_constant()) {
      unit = std::lcm(unit, rows_between_starts(plan, plan.value(x)));
    }
  }
  if (most_rows >= std::lcm(unit, kWholeTiles)) unit = std::lcm(unit, kWholeTiles);
  const std::int64_t all = plan.batch() * hidden.shape[0];
  const std::int64_t most = std::max(most_rows / unit * unit, unit);
  const std::int64_t parts = (all + most - 1) / most;
  const std::int64_t at_once = round_up((all + parts - 1) / parts, unit);

  LinearSteps to_hidden(plan, first, at_once);
  LinearSteps from_hidden(plan, second, at_once);
  const std::size_t scratch =
      plan.scratch(hidden.name, at_once, round_up(hidden.shape[1], kVector), hidden.dtype);
  to_hidden.write_to(scratch);
  from_hidden.read_from(scratch);
  for (std::int64_t row = 0; row < all; row += at_once) {
    const Rows rows{row, std::min(at_once, all - row)};
    to_hidden.add(rows);
    from_hidden.add(rows);
  }
  return true;
}

}  // namespace gfnet::plan
