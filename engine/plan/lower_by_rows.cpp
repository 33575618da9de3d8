// Lowers two nodes together, through scratch memory between them. Used if only the second node
// reads the first one's output, and either all of that output would be too large, so that the two
// nodes take some rows at a time; or both are products whose kernels can hand over their rows in
// blocks. Rows do not depend on each other, so the results are the same bit for bit.
#include <algorithm>
#include <numeric>

#include "plan/linear_steps.h"
#include "plan/lower.h"

namespace gfnet::plan {

using graph::Node;
using graph::Value;
using graph::ValueId;

namespace {

/// A multiple of the height of every GPU tile, in rows. If each step has a multiple of this many
/// rows, only the last step has an incomplete tile.
constexpr std::int64_t kWholeTiles = 128;

template <typename Operation>
bool is(const Node& node) {
  return std::holds_alternative<Operation>(node.operation);
}

/// Whether the second node is a product whose x is the first node's output, and nothing else reads
/// that output.
bool hands_on(const PlanBuilder& plan, const Node& first, const Node& second) {
  const graph::Graph& graph = plan.graph();
  const auto& outputs = graph.outputs();
  return (is<graph::Linear>(first) || is<graph::Patches>(first)) && is<graph::Linear>(second) &&
         second.inputs[0] == first.output && std::ranges::count(second.inputs, first.output) == 1 &&
         graph.consumers(first.output).size() == 1 &&
         std::ranges::find(outputs, first.output) == outputs.end();
}

std::uint64_t all_bytes(const PlanBuilder& plan, const Value& value) {
  return static_cast<std::uint64_t>(plan.batch() * value.shape[0]) * row_bytes(value);
}

/// Bytes of input and output of the largest matrix product in a block. Both are in memory at the
/// same time. 0 for a graph without blocks.
std::uint64_t largest_product(const PlanBuilder& plan) {
  std::uint64_t largest = 0;
  for (const Node& node : plan.graph().nodes()) {
    if (!is<graph::Linear>(node) || !node.block) continue;
    const std::uint64_t x = all_bytes(plan, plan.value(node.inputs[0]));
    const std::uint64_t y = all_bytes(plan, plan.value(node.output));
    largest = std::max(largest, std::min(x, plan.most_bytes()) + std::min(y, plan.most_bytes()));
  }
  return largest;
}

/// Size limit of the scratch memory between the two nodes, in bytes: what a shader can bind. If the
/// first node is a Patches, also at most the part of the memory bound (memory_need.h) that the
/// weights, the images and the second node's output leave free.
std::uint64_t most_bytes(const PlanBuilder& plan, const Node& first, const Node& second) {
  if (is<graph::Linear>(first)) return plan.most_bytes();
  const std::uint64_t bound = largest_product(plan) * 3 / 2;
  const std::uint64_t output = all_bytes(plan, plan.value(second.output));
  if (bound == 0) return plan.most_bytes();  // a graph without blocks
  return std::min(plan.most_bytes(), bound - std::min(bound, output));
}

/// The smallest number of rows whose bytes are a multiple of the device's buffer alignment. A range
/// of the value can be bound if the range's first row is a multiple of this number.
std::int64_t rows_between_starts(const PlanBuilder& plan, const Value& value) {
  const std::uint64_t alignment = plan.device().buffer_alignment;
  return static_cast<std::int64_t>(alignment / std::gcd(alignment, row_bytes(value)));
}

/// The values that a step binds only in part, because the step computes only some rows: inputs and
/// outputs of the two nodes. Excludes constants, and the value between the two nodes, which is in
/// scratch memory.
std::vector<ValueId> parted(const PlanBuilder& plan, const Node& first, const Node& second) {
  std::vector<ValueId> values{second.output, second.inputs.back()};
  if (is<graph::Linear>(first)) {
    values.push_back(first.inputs[0]);
    values.push_back(first.inputs.back());
  }
  std::erase_if(values, [&](ValueId id) { return plan.value(id).is_constant(); });
  std::erase(values, first.output);
  return values;
}

/// Rows that a step takes if no more than most_rows of the value between the two nodes fit.
std::int64_t rows_at_once(const PlanBuilder& plan, const Node& first, const Node& second,
                          std::int64_t most_rows) {
  std::int64_t unit = 1;
  for (const ValueId id : parted(plan, first, second)) {
    unit = std::lcm(unit, rows_between_starts(plan, plan.value(id)));
  }
  if (most_rows >= std::lcm(unit, kWholeTiles)) unit = std::lcm(unit, kWholeTiles);
  const std::int64_t all = plan.batch() * plan.value(first.output).shape[0];
  const std::int64_t most = std::max(most_rows / unit * unit, unit);
  const std::int64_t parts = (all + most - 1) / most;
  return kernels::round_up((all + parts - 1) / parts, unit);
}

}  // namespace

bool lower_by_rows(PlanBuilder& plan, const Node& first, const Node& second) {
  if (!hands_on(plan, first, second)) return false;
  const Value& handed = plan.value(first.output);
  const auto most_rows =
      static_cast<std::int64_t>(most_bytes(plan, first, second) / row_bytes(handed));
  const std::int64_t all = plan.batch() * handed.shape[0];
  const bool fits = all <= most_rows;
  const bool may_take_blocks = is<graph::Linear>(first) && plan.device().software;
  if (fits && !may_take_blocks) return false;

  const std::int64_t at_once = fits ? all : rows_at_once(plan, first, second, most_rows);
  std::optional<LinearSteps> maker;
  if (is<graph::Linear>(first)) maker.emplace(plan, first, at_once);
  LinearSteps reader(plan, second, at_once);
  const std::int64_t whole_blocks = kernels::round_up(at_once, kernels::kRowsInBlock);
  const bool in_blocks = may_take_blocks && whole_blocks <= most_rows &&
                         maker->can_write_row_blocks() && reader.can_read_row_blocks();
  if (fits && !in_blocks) return false;

  const std::size_t room =
      plan.scratch(handed.name, in_blocks ? whole_blocks : at_once,
                   kernels::round_up(handed.shape[1], kernels::kVector), handed.dtype);
  if (maker) maker->write_to(room);
  reader.read_from(room);
  if (in_blocks) {
    maker->write_row_blocks();
    reader.read_row_blocks();
  }
  for (std::int64_t row = 0; row < all; row += at_once) {
    const Rows rows{row, std::min(at_once, all - row)};
    if (maker) {
      maker->add(rows);
    } else {
      add_patches(plan, first, rows, {plan.keep(room), Access::kWrite});
    }
    reader.add(rows);
  }
  return true;
}

}  // namespace gfnet::plan
