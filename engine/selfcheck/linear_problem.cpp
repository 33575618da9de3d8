#include <fmt/format.h>

#include <memory>

#include "selfcheck/problem.h"

namespace gfnet::selfcheck {
namespace {

using graph::Graph;
using graph::Layout;
using graph::ValueId;

/// The operands of a product in double.
struct Operands {
  Values x, weight, bias, addend;
  bool gelu = false;

  Product product() const { return {x, weight, bias, gelu, addend}; }
};

std::string text_of(const LinearSize& size) {
  constexpr const char* kAddends[] = {"", " addend", " own addend", " in place"};
  return fmt::format("{}×{}×{}{}{}", size.batch * size.rows, size.inner, size.outputs,
                     size.gelu ? " gelu" : "", kAddends[size.addend]);
}

}  // namespace

Problem linear_problem(Numbers& numbers, const LinearSize& size) {
  const std::vector<float> input = numbers.normal_as(size.in, size.batch * size.rows * size.inner);
  const std::vector<float> weight = numbers.normal_as(size.in, size.inner * size.outputs);
  const std::vector<float> bias = numbers.normal(size.outputs);

  Problem problem;
  problem.node = "y";
  problem.sizes = text_of(size);
  problem.batch = size.batch;
  problem.input = input;
  Graph& graph = problem.graph;
  const ValueId in = graph.add_input("x", {size.rows, size.inner}, Layout::kTokens);
  ValueId x = in;
  if (size.addend == LinearSize::kResidual) {
    // Patches of 1×1 tokens only copy the input, so that the product is the last reader of it.
    x = graph.add_node("copy", graph::Patches{{1, 1}, {size.rows, 1}}, {in});
  }
  std::vector<ValueId> inputs{x, graph.add_constant("w", {size.inner, size.outputs}, weight),
                              graph.add_constant("b", {size.outputs}, bias)};
  const auto operands = std::make_shared<Operands>();
  *operands = {widen(input), widen(weight), widen(bias), {}, size.gelu};
  if (size.addend == LinearSize::kConstant) {
    const std::vector<float> rows = numbers.normal_as(size.out, size.rows * size.outputs);
    inputs.push_back(graph.add_constant("addend", {size.rows, size.outputs}, rows));
    for (std::int64_t i = 0; i < size.batch; ++i) {
      operands->addend.insert(operands->addend.end(), rows.begin(), rows.end());
    }
  } else if (size.addend != LinearSize::kNone) {
    inputs.push_back(in);
    operands->addend = operands->x;
  }
  const ValueId y = graph.add_node("y", graph::Linear{size.gelu}, inputs);
  if (x == in) graph.set_dtype(in, size.in);
  graph.set_dtype(x, size.in);
  graph.set_dtype(inputs[1], size.in);
  graph.set_dtype(y, size.out);
  graph.mark_output(y);

  problem.expected =
      reference::linear(operands->x, operands->weight, operands->bias, size.gelu, operands->addend);
  problem.bounds = [operands, expected = problem.expected,
                    out = size.out](kernels::Arithmetic arithmetic) {
    return linear_bounds(operands->product(), expected, product_rounding(arithmetic), out);
  };
  return problem;
}

}  // namespace gfnet::selfcheck
