#include "kernels/spectral_layer.h"

#include <algorithm>

#include "kernels/line_split.h"
#include "kernels/shader_variant.h"
#include "kernels/spectral_kernels.h"

namespace gfnet::kernels {
namespace {

using graph::Graph;
using graph::Node;
using passes::SpectralForm;

/// The transform of a spectral layer: how it is computed, and its grid.
struct Transform {
  SpectralForm path;
  graph::Extent grid;
};

/// Whether the node's result is read by a SpectrumMagnitude. Then the node computes a spectrum for
/// an explanation, and is not part of a spectral layer.
bool is_looked_at(const Graph& graph, const Node& node) {
  return std::ranges::any_of(graph.consumers(node.output), [](const Node* reader) {
    return std::holds_alternative<graph::SpectrumMagnitude>(reader->operation);
  });
}

std::optional<Transform> transform_of(const Graph& graph, const Node* node) {
  if (node == nullptr || is_looked_at(graph, *node)) return std::nullopt;
  if (const auto* op = std::get_if<graph::SpectralFilter>(&node->operation)) {
    return Transform{op->by_lines ? SpectralForm::kLines : SpectralForm::kFused, op->grid};
  }
  if (const auto* op = std::get_if<graph::Rfft2>(&node->operation)) {
    return Transform{SpectralForm::kVkfft, op->grid};
  }
  if (const auto* op = std::get_if<graph::FilterMultiply>(&node->operation)) {
    return Transform{SpectralForm::kVkfft, op->grid};
  }
  if (const auto* op = std::get_if<graph::Irfft2>(&node->operation)) {
    return Transform{SpectralForm::kVkfft, op->grid};
  }
  return std::nullopt;
}

bool is_norm(const Node& node) {
  return std::holds_alternative<graph::LayerNorm>(node.operation) ||
         std::holds_alternative<graph::TokenStatistics>(node.operation);
}

/// The transform to which the node belongs; nullopt if none. A norm belongs to the transform
/// directly before or after it.
std::optional<Transform> transform_at(const Graph& graph, const Node& node) {
  if (!is_norm(node)) return transform_of(graph, &node);
  if (const auto before = transform_of(graph, graph.producer(node.inputs.front()))) return before;
  for (const Node* reader : graph.consumers(node.output)) {
    if (const auto after = transform_of(graph, reader)) return after;
  }
  return std::nullopt;
}

std::int64_t channels_of(const graph::Value& value) {
  return value.layout == graph::Layout::kTokens ? value.shape[1] : value.shape[0];
}

}  // namespace

std::string SpectralLayer::name() const {
  return shader_variant("spectral", storage, storage) + " " + std::to_string(grid.height) + "×" +
         std::to_string(grid.width) + "×" + std::to_string(channels);
}

std::string SpectralAlgorithm::description() const {
  return std::to_string(height_factor) + "·" + std::to_string(width_factor);
}

std::vector<SpectralAlgorithm> spectral_algorithms(const SpectralLayer& layer,
                                                   const DeviceFacts& device) {
  const auto [height, width] = layer.grid;
  const auto fused = [](std::int64_t height_factor, std::int64_t width_factor) {
    return SpectralAlgorithm{std::string(name_of(SpectralForm::kFused)), SpectralForm::kFused,
                             static_cast<std::uint32_t>(height_factor),
                             static_cast<std::uint32_t>(width_factor)};
  };
  const auto unfused = [](SpectralForm path) {
    return SpectralAlgorithm{std::string(name_of(path)), path};
  };
  std::vector<SpectralAlgorithm> algorithms;
  if (fused_fits(layer.grid, device)) {
    const SpectralAlgorithm best = fused(best_factor(height), best_factor(width));
    SpectralAlgorithm other = fused(other_factor(height), other_factor(width));
    other.name += " by " + other.description();
    algorithms.push_back(best);
    if (other.description() != best.description()) algorithms.push_back(std::move(other));
  }
  const SpectralForm rule = default_spectral_form(layer.grid, device);
  if (rule == SpectralForm::kLines || (algorithms.empty() && lines_fit(layer.grid))) {
    algorithms.push_back(unfused(SpectralForm::kLines));
  }
  algorithms.push_back(unfused(SpectralForm::kVkfft));
  std::ranges::stable_partition(
      algorithms, [&](const SpectralAlgorithm& algorithm) { return algorithm.path == rule; });
  return algorithms;
}

SpectralAlgorithm spectral_algorithm(const SpectralLayer& layer, const DeviceFacts& device,
                                     const ChoiceTable& known) {
  const auto algorithms = spectral_algorithms(layer, device);
  return algorithms[choose(layer.name(), algorithms, known).chosen];
}

DType storage_of(const Graph& graph) {
  const bool has_halves = std::ranges::any_of(
      graph.values(), [](const graph::Value& value) { return value.dtype == DType::kF16; });
  return has_halves ? DType::kF16 : DType::kF32;
}

std::optional<SpectralLayer> spectral_layer_of(const Graph& graph, const Node& node) {
  const auto transform = transform_at(graph, node);
  if (!transform) return std::nullopt;
  return SpectralLayer{transform->grid, channels_of(graph.value(node.inputs.front())),
                       storage_of(graph)};
}

std::optional<SpectralChoice> spectral_choice(const Graph& graph, const Node& node,
                                              const DeviceFacts& device, const ChoiceTable& known) {
  const auto layer = spectral_layer_of(graph, node);
  if (!layer) return std::nullopt;
  const SpectralForm path = transform_at(graph, node)->path;
  const auto algorithms = spectral_algorithms(*layer, device);
  Choice choice = choose(layer->name(), algorithms, known);
  if (algorithms[choice.chosen].path != path) {
    const auto first = std::ranges::find(algorithms, path, &SpectralAlgorithm::path);
    if (first == algorithms.end()) return std::nullopt;
    choice.chosen = static_cast<std::size_t>(first - algorithms.begin());
  }
  const SpectralAlgorithm& algorithm = algorithms[choice.chosen];
  return SpectralChoice{std::move(choice), algorithm};
}

}  // namespace gfnet::kernels
