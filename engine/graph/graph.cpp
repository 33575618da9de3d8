#include "graph/graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "gfnet/error.h"

namespace gfnet::graph {

std::string_view name_of(const Operation& operation) {
  struct Visitor {
    std::string_view operator()(const PatchEmbed&) { return "patch_embed"; }
    std::string_view operator()(const Patches&) { return "patches"; }
    std::string_view operator()(const Linear&) { return "linear"; }
    std::string_view operator()(const Gelu&) { return "gelu"; }
    std::string_view operator()(const Scale&) { return "scale"; }
    std::string_view operator()(const Add&) { return "add"; }
    std::string_view operator()(const LayerNorm&) { return "layer_norm"; }
    std::string_view operator()(const TokenStatistics&) { return "token_statistics"; }
    std::string_view operator()(const GlobalFilter&) { return "global_filter"; }
    std::string_view operator()(const Rfft2&) { return "rfft2"; }
    std::string_view operator()(const FilterMultiply&) { return "filter_multiply"; }
    std::string_view operator()(const Irfft2&) { return "irfft2"; }
    std::string_view operator()(const SpectralFilter&) { return "spectral_filter"; }
    std::string_view operator()(const TokenMean&) { return "token_mean"; }
    std::string_view operator()(const SoftmaxTopK&) { return "softmax_top_k"; }
    std::string_view operator()(const ClassMap&) { return "class_map"; }
    std::string_view operator()(const SpectrumMagnitude&) { return "spectrum_magnitude"; }
  };
  return std::visit(Visitor{}, operation);
}

std::string_view name_of(SpectralForm form) {
  if (form == SpectralForm::kLines) return "lines";
  return form == SpectralForm::kVkfft ? "vkfft" : "fused";
}

std::string_view name_of(Layout layout) {
  switch (layout) {
    case Layout::kTokens:
      return "tokens";
    case Layout::kPlanes:
      return "planes";
    case Layout::kSpectrum:
      return "spectrum";
    case Layout::kConstant:
      return "constant";
  }
  return "?";
}

ValueId Graph::add_value(const Value& value) {
  values_.push_back(value);
  return static_cast<ValueId>(values_.size() - 1);
}

ValueId Graph::add_input(std::string name, Shape shape, Layout layout) {
  Value value;
  value.name = std::move(name);
  value.shape = std::move(shape);
  value.layout = layout;
  inputs_.push_back(add_value(value));
  return inputs_.back();
}

ValueId Graph::add_constant(std::string name, Shape shape, std::vector<float> data) {
  if (static_cast<std::int64_t>(data.size()) != shape.elements()) {
    throw Error(
        fmt::format("constant '{}': {} elements for shape {}", name, data.size(), shape.text()));
  }
  Value value;
  value.name = std::move(name);
  value.shape = std::move(shape);
  value.layout = Layout::kConstant;
  value.data = std::make_shared<const std::vector<float>>(std::move(data));
  return add_value(value);
}

ValueId Graph::add_node(NodeInfo info, Operation operation, std::vector<ValueId> inputs,
                        Layout layout) {
  Inferred inferred = infer_shape(*this, info.name, operation, inputs, layout);
  Value value;
  value.name = info.name;
  value.shape = std::move(inferred.shape);
  value.layout = inferred.layout;
  const ValueId output = add_value(value);
  nodes_.emplace_back(std::move(info), std::move(operation), std::move(inputs), output);
  return output;
}

const Node* Graph::producer(ValueId id) const {
  const auto found = std::ranges::find(nodes_, id, &Node::output);
  return found == nodes_.end() ? nullptr : &*found;
}

std::vector<const Node*> Graph::consumers(ValueId id) const {
  std::vector<const Node*> readers;
  for (const Node& node : nodes_) {
    if (std::ranges::find(node.inputs, id) != node.inputs.end()) readers.push_back(&node);
  }
  return readers;
}

}  // namespace gfnet::graph
