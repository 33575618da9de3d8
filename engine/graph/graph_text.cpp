#include "graph/graph.h"

namespace gfnet::graph {
namespace {

std::string attributes(const Operation& operation) {
  struct Visitor {
    static std::string extent(const Extent& e) {
      return std::to_string(e.height) + "x" + std::to_string(e.width);
    }
    std::string operator()(const PatchEmbed& op) { return "patch " + extent(op.patch); }
    std::string operator()(const Patches& op) { return "patch " + extent(op.patch); }
    std::string operator()(const Linear& op) { return op.gelu ? "gelu" : ""; }
    std::string operator()(const GlobalFilter& op) { return "grid " + extent(op.grid); }
    std::string operator()(const Rfft2& op) { return "grid " + extent(op.grid); }
    std::string operator()(const FilterMultiply& op) { return "grid " + extent(op.grid); }
    std::string operator()(const Irfft2& op) { return "grid " + extent(op.grid); }
    std::string operator()(const SpectralFilter& op) {
      return "grid " + extent(op.grid) + (op.by_lines ? " by lines" : "");
    }
    std::string operator()(const SoftmaxTopK& op) { return "k " + std::to_string(op.k); }
    std::string operator()(const SpectrumMagnitude& op) { return "grid " + extent(op.grid); }
    std::string operator()(const ClassMap&) { return ""; }
    std::string operator()(const Gelu&) { return ""; }
    std::string operator()(const Scale&) { return ""; }
    std::string operator()(const Add&) { return ""; }
    std::string operator()(const LayerNorm&) { return ""; }
    std::string operator()(const TokenStatistics&) { return ""; }
    std::string operator()(const TokenMean&) { return ""; }
  };
  return std::visit(Visitor{}, operation);
}

std::string reference(ValueId id) { return "%" + std::to_string(id); }

std::string describe(const Value& value) {
  return std::string(name_of(value.layout)) + " " + value.shape.text() + " " +
         std::string(name_of(value.dtype));
}

}  // namespace

std::string to_text(const Graph& graph) {
  std::string text;
  for (ValueId id : graph.inputs()) {
    text +=
        reference(id) + " " + graph.value(id).name + " = input " + describe(graph.value(id)) + "\n";
  }
  for (const Node& node : graph.nodes()) {
    text += reference(node.output) + " " + node.name + " = " + std::string(name_of(node.operation));
    const std::string details = attributes(node.operation);
    if (!details.empty()) text += "{" + details + "}";
    text += "(";
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (i > 0) text += ", ";
      const Value& input = graph.value(node.inputs[i]);
      text += input.is_constant() ? input.name + input.shape.text() : reference(node.inputs[i]);
    }
    text += ") " + describe(graph.value(node.output)) + "\n";
  }
  text += "return";
  for (ValueId id : graph.outputs()) text += " " + reference(id);
  return text + "\n";
}

}  // namespace gfnet::graph
