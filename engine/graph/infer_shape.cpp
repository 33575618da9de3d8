#include <fmt/format.h>

#include "gfnet/error.h"
#include "graph/graph.h"

namespace gfnet::graph {
namespace {

/// Visitor that checks one node's inputs against its operation and returns the output's shape and
/// layout.
class ShapeInference {
 public:
  ShapeInference(const Graph& graph, const std::string& node, const std::vector<ValueId>& inputs,
                 Layout wanted)
      : graph_(graph), node_(node), inputs_(inputs), wanted_(wanted) {}

  Inferred operator()(const PatchEmbed& op) {
    expect_inputs(3, 3);
    const Extent patches = patch_grid(op.patch, op.grid);
    const Shape& weight = input(1).shape;
    require(weight.rank() == 4, "weight must be [O, C, p, p]");
    expect_shape(1, {weight[0], channels(op.grid), op.patch.height, op.patch.width});
    expect_shape(2, {weight[0]});
    return {{patches.area(), weight[0]}, Layout::kTokens};
  }

  Inferred operator()(const Patches& op) {
    expect_inputs(1, 1);
    const Extent patches = patch_grid(op.patch, op.grid);
    return {{patches.area(), op.patch.area() * channels(op.grid)}, Layout::kTokens};
  }

  Inferred operator()(const Linear&) {
    expect_inputs(3, 4);
    expect_tokens(0);
    const Shape& weight = input(1).shape;
    require(weight.rank() == 2, "weight must be [K, O]");
    expect_shape(1, {input(0).shape[1], weight[1]});
    expect_shape(2, {weight[1]});
    const Shape out{input(0).shape[0], weight[1]};
    if (inputs_.size() == 4) require(input(3).shape == out, "addend must be " + out.text());
    return {out, Layout::kTokens};
  }

  Inferred operator()(const Gelu&) {
    expect_inputs(1, 1);
    return {input(0).shape, input(0).layout};
  }

  Inferred operator()(const Scale&) {
    expect_inputs(2, 2);
    expect_tokens(0);
    expect_shape(1, {input(0).shape[1]});
    return {input(0).shape, Layout::kTokens};
  }

  Inferred operator()(const Add&) {
    expect_inputs(2, 2);
    expect_tokens(0);
    require(input(0).shape == input(1).shape, "both operands must have the same shape");
    return {input(0).shape, Layout::kTokens};
  }

  Inferred operator()(const LayerNorm&) {
    require(inputs_.size() == 1 || inputs_.size() == 3, "needs x, or x, weight and bias");
    const Value& x = input(0);
    const bool planes = x.layout == Layout::kPlanes;
    const std::int64_t channel_count = planes ? x.shape[0] : x.shape[1];
    for (std::size_t i = 1; i < inputs_.size(); ++i) expect_shape(i, {channel_count});
    if (wanted_ == x.layout) return {x.shape, x.layout};
    if (planes) return {{x.shape[1] * x.shape[2], channel_count}, Layout::kTokens};
    // Tokens do not tell the grid's sides. A plane of height 1 has the same memory layout.
    return {{channel_count, 1, x.shape[0]}, Layout::kPlanes};
  }

  Inferred operator()(const TokenStatistics&) {
    expect_inputs(1, 1);
    expect_tokens(0);
    return {{input(0).shape[0], 2}, Layout::kTokens};
  }

  Inferred operator()(const GlobalFilter& op) {
    require(inputs_.size() == 2 || inputs_.size() == 3, "needs x, filter and optionally a bias");
    expect_tokens(0);
    const std::int64_t channel_count = input(0).shape[1];
    expect_shape(0, {op.grid.area(), channel_count});
    expect_shape(1, {op.grid.height, spectrum_width(op.grid.width), channel_count, 2});
    if (inputs_.size() == 3) expect_shape(2, {channel_count});
    return {input(0).shape, Layout::kTokens};
  }

  Inferred operator()(const Rfft2& op) {
    expect_inputs(1, 1);
    const Value& x = input(0);
    require(x.layout == Layout::kPlanes && x.shape.elements() == x.shape[0] * op.grid.area(),
            "input must be planes of the grid");
    return {spectrum(op.grid, x.shape[0]), Layout::kSpectrum};
  }

  Inferred operator()(const FilterMultiply& op) {
    expect_inputs(3, 3);
    const Shape shape = spectrum(op.grid, input(0).shape[0]);
    require(input(0).layout == Layout::kSpectrum, "input must be a spectrum");
    require(input(0).shape == shape, "input must be " + shape.text());
    require(input(1).shape == shape, "filter must be " + shape.text());
    expect_shape(2, {shape[0]});
    return {shape, Layout::kSpectrum};
  }

  Inferred operator()(const Irfft2& op) {
    expect_inputs(1, 1);
    const Shape shape = spectrum(op.grid, input(0).shape[0]);
    require(input(0).shape == shape, "input must be " + shape.text());
    return {{shape[0], op.grid.height, op.grid.width}, Layout::kPlanes};
  }

  Inferred operator()(const SpectralFilter& op) {
    expect_inputs(5, 5);
    expect_tokens(0);
    expect_tokens(1);
    const std::int64_t channel_count = input(0).shape[1];
    const std::int64_t width = spectrum_width(op.grid.width);
    expect_shape(0, {op.grid.area(), channel_count});
    expect_shape(1, {op.grid.area(), 2});
    expect_shape(2, {op.grid.height, width, channel_count, 2});
    expect_shape(3, {channel_count});
    expect_shape(4, {op.grid.height / 2 + 1 + width, 2});
    return {input(0).shape, Layout::kTokens};
  }

  Inferred operator()(const TokenMean&) {
    expect_inputs(1, 1);
    expect_tokens(0);
    return {{1, input(0).shape[1]}, Layout::kTokens};
  }

  Inferred operator()(const SoftmaxTopK& op) {
    expect_inputs(1, 1);
    expect_tokens(0);
    require(input(0).shape[0] == 1, "logits must be one row");
    require(op.k >= 1 && op.k <= input(0).shape[1], "k must be 1 to the number of classes");
    return {{1, 2 * op.k}, Layout::kTokens};
  }

  Inferred operator()(const ClassMap&) {
    expect_inputs(4, 4);
    expect_tokens(0);
    const Shape& weight = input(1).shape;
    require(weight.rank() == 2, "weight must be [O, C]");
    expect_shape(1, {weight[0], input(0).shape[1]});
    expect_shape(2, {weight[0]});
    const Shape& pairs = input(3).shape;
    require(pairs.rank() == 2 && pairs[0] == 1 && pairs[1] >= 2 && pairs[1] % 2 == 0,
            "classes must be [1, 2k]");
    return {{input(0).shape[0], pairs[1] / 2}, Layout::kTokens};
  }

  Inferred operator()(const SpectrumMagnitude& op) {
    expect_inputs(4, 4);
    const std::int64_t channel_count = input(0).shape[0];
    require(input(0).layout == Layout::kSpectrum, "input must be a spectrum");
    expect_shape(0, spectrum(op.grid, channel_count));
    expect_shape(1, {channel_count});
    expect_shape(2, {channel_count});
    const std::int64_t width = spectrum_width(op.grid.width);
    expect_shape(3, {channel_count, op.grid.height, width});
    return {{op.grid.height * width, 2}, Layout::kTokens};
  }

 private:
  const Value& input(std::size_t i) const { return graph_.value(inputs_[i]); }

  void require(bool condition, const std::string& what) const {
    if (!condition) throw Error(fmt::format("{}: {}{}", node_, what, describe_inputs()));
  }

  std::string describe_inputs() const {
    std::string text = "; got";
    for (ValueId id : inputs_) text += " " + graph_.value(id).shape.text();
    return text;
  }

  void expect_inputs(std::size_t least, std::size_t most) const {
    require(inputs_.size() >= least && inputs_.size() <= most, "wrong number of inputs");
  }

  void expect_tokens(std::size_t i) const {
    require(input(i).layout == Layout::kTokens && input(i).shape.rank() == 2,
            "input must be tokens [N, C]");
  }

  void expect_shape(std::size_t i, const Shape& shape) const {
    require(input(i).shape == shape, fmt::format("input {} must be {}", i, shape.text()));
  }

  std::int64_t channels(const Extent& grid) const {
    const Value& x = input(0);
    if (x.layout == Layout::kPlanes) {
      expect_shape(0, {x.shape[0], grid.height, grid.width});
      return x.shape[0];
    }
    expect_shape(0, {grid.area(), x.shape[1]});
    return x.shape[1];
  }

  Extent patch_grid(const Extent& patch, const Extent& grid) const {
    require(patch.height >= 1 && patch.width >= 1, "empty patch");
    const Extent patches{grid.height / patch.height, grid.width / patch.width};
    require(patches.area() >= 1, "the grid is smaller than one patch");
    return patches;
  }

  static Shape spectrum(const Extent& grid, std::int64_t channel_count) {
    return {channel_count, grid.height, spectrum_width(grid.width), 2};
  }

  const Graph& graph_;
  const std::string& node_;
  const std::vector<ValueId>& inputs_;
  Layout wanted_;
};

}  // namespace

Inferred infer_shape(const Graph& graph, const std::string& node_name, const Operation& operation,
                     const std::vector<ValueId>& inputs, Layout wanted) {
  return std::visit(ShapeInference(graph, node_name, inputs, wanted), operation);
}

}  // namespace gfnet::graph
