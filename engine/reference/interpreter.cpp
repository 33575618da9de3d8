#include "reference/interpreter.h"

#include "base/half.h"

namespace gfnet::reference {
namespace {

using graph::Layout;
using graph::Node;
using graph::Value;

class Interpreter {
 public:
  explicit Interpreter(const graph::Graph& graph) : graph_(graph), values_(graph.values().size()) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const Value& value = graph.values()[i];
      if (value.is_constant()) keep(i, {value.data->begin(), value.data->end()});
    }
  }

  std::vector<Values> run(Input input) {
    keep(static_cast<std::size_t>(graph_.inputs().front()), {input.begin(), input.end()});
    for (const Node& node : graph_.nodes()) {
      keep(static_cast<std::size_t>(node.output),
           std::visit([&](const auto& operation) { return compute(operation, node); },
                      node.operation));
    }
    std::vector<Values> outputs;
    for (graph::ValueId id : graph_.outputs())
      outputs.push_back(values_[static_cast<std::size_t>(id)]);
    return outputs;
  }

 private:
  /// Stores a value. Rounds its elements to halves if the graph stores the value as f16.
  void keep(std::size_t value, Values elements) {
    if (graph_.values()[value].dtype == DType::kF16) {
      for (double& element : elements) element = through_half(element);
    }
    values_[value] = std::move(elements);
  }

  const Value& described(const Node& node, std::size_t i) const {
    return graph_.value(node.inputs[i]);
  }

  /// The elements of the node's i-th input; empty if that input is optional and not given.
  Input at(const Node& node, std::size_t i) const {
    if (i >= node.inputs.size()) return {};
    return values_[static_cast<std::size_t>(node.inputs[i])];
  }

  Values patches(const Node& node, graph::Extent grid, graph::Extent patch) const {
    return described(node, 0).layout == Layout::kPlanes
               ? patches_of_planes(at(node, 0), grid, patch)
               : patches_of_tokens(at(node, 0), grid, patch);
  }

  Values compute(const graph::Patches& op, const Node& node) {
    return patches(node, op.grid, op.patch);
  }

  /// Sums over channels and patch positions, as a convolution is defined. The weight keeps its
  /// shape [O, C, p, p].
  Values compute(const graph::PatchEmbed& op, const Node& node) {
    const Input weight = at(node, 1);
    const Input bias = at(node, 2);
    const Shape& shape = described(node, 1).shape;
    const std::size_t channels = static_cast<std::size_t>(shape[1]);
    const std::size_t positions = static_cast<std::size_t>(op.patch.area());
    const Values rows = patches(node, op.grid, op.patch);
    Values result;
    for (std::size_t row = 0; row < rows.size(); row += channels * positions) {
      for (std::size_t o = 0; o < bias.size(); ++o) {
        double sum = bias[o];
        for (std::size_t c = 0; c < channels; ++c) {
          for (std::size_t p = 0; p < positions; ++p) {
            sum += rows[row + p * channels + c] * weight[(o * channels + c) * positions + p];
          }
        }
        result.push_back(sum);
      }
    }
    return result;
  }

  Values compute(const graph::Linear& op, const Node& node) {
    return linear(at(node, 0), at(node, 1), at(node, 2), op.gelu, at(node, 3));
  }

  Values compute(const graph::Gelu&, const Node& node) {
    Values result;
    for (double x : at(node, 0)) result.push_back(gelu(x));
    return result;
  }

  Values compute(const graph::Scale&, const Node& node) {
    const Input gamma = at(node, 1);
    Values result;
    for (double x : at(node, 0)) result.push_back(x * gamma[result.size() % gamma.size()]);
    return result;
  }

  Values compute(const graph::Add&, const Node& node) {
    const Input b = at(node, 1);
    Values result;
    for (double a : at(node, 0)) result.push_back(a + b[result.size()]);
    return result;
  }

  Values compute(const graph::LayerNorm& op, const Node& node) {
    const Value& x = described(node, 0);
    const bool planes = x.layout == Layout::kPlanes;
    const std::int64_t channels = planes ? x.shape[0] : x.shape[1];
    const Values tokens = planes ? tokens_of_planes(at(node, 0), channels)
                                 : Values(at(node, 0).begin(), at(node, 0).end());
    const Values result = layer_norm(tokens, channels, op.epsilon, at(node, 1), at(node, 2));
    const bool to_planes = graph_.value(node.output).layout == Layout::kPlanes;
    return to_planes ? planes_of_tokens(result, channels) : result;
  }

  Values compute(const graph::TokenStatistics& op, const Node& node) {
    return token_statistics(at(node, 0), described(node, 0).shape[1], op.epsilon);
  }
  Values compute(const graph::SpectralFilter& op, const Node& node) {
    return spectral_filter(at(node, 0), at(node, 1), op.grid, at(node, 2), at(node, 3));
  }
  Values compute(const graph::GlobalFilter& op, const Node& node) {
    return global_filter(at(node, 0), op.grid, at(node, 1), at(node, 2));
  }
  Values compute(const graph::Rfft2& op, const Node& node) { return rfft2(at(node, 0), op.grid); }
  Values compute(const graph::Irfft2& op, const Node& node) { return irfft2(at(node, 0), op.grid); }
  Values compute(const graph::FilterMultiply& op, const Node& node) {
    return filter_multiply(at(node, 0), op.grid, at(node, 1), at(node, 2));
  }
  Values compute(const graph::TokenMean&, const Node& node) {
    return token_mean(at(node, 0), described(node, 0).shape[1]);
  }
  Values compute(const graph::SoftmaxTopK& op, const Node& node) {
    return softmax_top_k(at(node, 0), op.k);
  }
  Values compute(const graph::ClassMap&, const Node& node) {
    return class_map(at(node, 0), at(node, 1), at(node, 2), at(node, 3));
  }
  Values compute(const graph::SpectrumMagnitude& op, const Node& node) {
    return spectrum_magnitude(at(node, 0), op.grid, at(node, 1), at(node, 2), at(node, 3));
  }

  const graph::Graph& graph_;
  std::vector<Values> values_;
};

}  // namespace

std::vector<Values> interpret(const graph::Graph& graph, Input input) {
  return Interpreter(graph).run(input);
}

}  // namespace gfnet::reference
