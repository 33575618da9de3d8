#include <fmt/format.h>

#include "graph/graph.h"

namespace gfnet::graph {
namespace {

std::string attributes(const Operation& operation) {
  struct Visitor {
    static std::string extent(const Extent& e) { return fmt::format("{}x{}", e.height, e.width); }
    std::string operator()(const PatchEmbed& op) { return "patch " + extent(op.patch); }
    std::string operator()(const Patches& op) { return "patch " + extent(op.patch); }
    std::string operator()(const Linear& op) { return op.gelu ? "gelu" : ""; }
    std::string operator()(const GlobalFilter& op) { return "grid " + extent(op.grid); }
    std::string operator()(const Rfft2& op) { return "grid " + extent(op.grid); }
    std::string operator()(const FilterMultiply& op) { return "grid " + extent(op.grid); }
    std::string operator()(const Irfft2& op) { return "grid " + extent(op.grid); }
    std::string operator()(const SpectralFilter& op) {
      return fmt::format("grid {}{}", extent(op.grid), op.by_lines ? " by lines" : "");
    }
    std::string operator()(const SoftmaxTopK& op) { return fmt::format("k {}", op.k); }
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

std::string reference(ValueId id) { return fmt::format("%{}", id); }

std::string describe(const Value& value) {
  return fmt::format("{} {} {}", name_of(value.layout), value.shape.text(), name_of(value.dtype));
}

}  // namespace

std::string to_text(const Graph& graph) {
  std::string text;
  for (ValueId id : graph.inputs()) {
    text += fmt::format("{} {} = input {}\n", reference(id), graph.value(id).name,
                        describe(graph.value(id)));
  }
  for (const Node& node : graph.nodes()) {
    text += fmt::format("{} {} = {}", reference(node.output), node.name, name_of(node.operation));
    const std::string details = attributes(node.operation);
    if (!details.empty()) text += fmt::format("{{{}}}", details);
    text += "(";
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (i > 0) text += ", ";
      const Value& input = graph.value(node.inputs[i]);
      text += input.is_constant() ? input.name + input.shape.text() : reference(node.inputs[i]);
    }
    text += fmt::format(") {}\n", describe(graph.value(node.output)));
  }
  text += "return";
  for (ValueId id : graph.outputs()) text += " " + reference(id);
  return text + "\n";
}

}  // namespace gfnet::graph
