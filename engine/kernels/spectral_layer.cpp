#include "kernels/spectral_layer.h"

#include <algorithm>

#include "kernels/line_split.h"
#include "kernels/shader_variant.h"
#include "kernels/spectral_kernels.h"

namespace gfnet::plan {
namespace {

using graph::Graph;
using graph::Node;
using passes::SpectralPath;

/// The transform of a spectral layer: how it is computed, and its grid.
struct Transform {
  SpectralPath path;
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
    return Transform{op->by_lines ? SpectralPath::kLines : SpectralPath::kFused, op->grid};
  }
  if (const auto* op = std::get_if<graph::Rfft2>(&node->operation)) {
    return Transform{SpectralPath::kVkfft, op->grid};
  }
  if (const auto* op = std::get_if<graph::FilterMultiply>(&node->operation)) {
    return Transform{SpectralPath::kVkfft, op->grid};
  }
  if (const auto* op = std::get_if<graph::Irfft2>(&node->operation)) {
    return Transform{SpectralPath::kVkfft, op->grid};
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

std::string SpectralWay::description() const {
  return std::to_string(height_factor) + "·" + std::to_string(width_factor);
}

std::vector<SpectralWay> spectral_ways(const SpectralLayer& layer, const DeviceFacts& device) {
  const auto [height, width] = layer.grid;
  const auto fused = [](std::int64_t height_factor, std::int64_t width_factor) {
    return SpectralWay{std::string(name_of(SpectralPath::kFused)), SpectralPath::kFused,
                       static_cast<std::uint32_t>(height_factor),
                       static_cast<std::uint32_t>(width_factor)};
  };
  const auto unfused = [](SpectralPath path) {
    return SpectralWay{std::string(name_of(path)), path};
  };
  std::vector<SpectralWay> ways;
  if (fused_fits(layer.grid, device)) {
    const SpectralWay best = fused(best_factor(height), best_factor(width));
    SpectralWay other = fused(other_factor(height), other_factor(width));
    other.name += " by " + other.description();
    ways.push_back(best);
    if (other.description() != best.description()) ways.push_back(std::move(other));
  }
  const SpectralPath rule = default_spectral_path(layer.grid, device);
  if (rule == SpectralPath::kLines || (ways.empty() && lines_fit(layer.grid))) {
    ways.push_back(unfused(SpectralPath::kLines));
  }
  ways.push_back(unfused(SpectralPath::kVkfft));
  std::ranges::stable_partition(ways, [&](const SpectralWay& way) { return way.path == rule; });
  return ways;
}

SpectralWay spectral_way(const SpectralLayer& layer, const DeviceFacts& device,
                         const ChoiceTable& known) {
  const auto ways = spectral_ways(layer, device);
  return ways[decide(layer.name(), ways, known).chosen];
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
  const SpectralPath path = transform_at(graph, node)->path;
  const auto ways = spectral_ways(*layer, device);
  Decision decision = decide(layer->name(), ways, known);
  if (ways[decision.chosen].path != path) {
    const auto first = std::ranges::find(ways, path, &SpectralWay::path);
    if (first == ways.end()) return std::nullopt;
    decision.chosen = static_cast<std::size_t>(first - ways.begin());
  }
  const SpectralWay& way = ways[decision.chosen];
  return SpectralChoice{std::move(decision), way};
}

}  // namespace gfnet::plan
