#include "plan/spectral_layer.h"

#include <algorithm>
#include <bit>

#include "plan/line_split.h"

namespace gfnet::plan {
namespace {

using graph::Graph;
using graph::Node;
using passes::SpectralPath;

/// What lies between the two norms of a layer.
struct Transform {
  SpectralPath path;
  graph::Extent grid;
};

/// Whether a transform is made to be looked at: no part of a layer.
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

/// The transform that a node is, or that a norm stands beside.
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
  return "spectral " + std::to_string(grid.height) + "×" + std::to_string(grid.width) + "×" +
         std::to_string(channels) + " of " +
         std::to_string(std::bit_ceil(static_cast<std::uint64_t>(batch)));
}

std::vector<SpectralCandidate> spectral_candidates(const SpectralLayer& layer,
                                                   const DeviceFacts& device) {
  std::vector<SpectralCandidate> candidates;
  const std::int64_t tokens = layer.batch * layer.grid.area();
  for (SpectralKernel& kernel : spectral_kernels(layer.grid, layer.channels, tokens, device)) {
    candidates.push_back({kernel.name, SpectralPath::kFused, std::move(kernel)});
  }
  const SpectralPath rule = default_spectral_path(layer.grid, device);
  if (rule == SpectralPath::kLines || (candidates.empty() && lines_fit(layer.grid))) {
    candidates.push_back({std::string(name_of(SpectralPath::kLines)), SpectralPath::kLines, {}});
  }
  candidates.push_back({std::string(name_of(SpectralPath::kVkfft)), SpectralPath::kVkfft, {}});
  std::ranges::stable_partition(
      candidates, [&](const SpectralCandidate& candidate) { return candidate.path == rule; });
  return candidates;
}

SpectralPath spectral_path(const SpectralLayer& layer, const DeviceFacts& device,
                           const Choices& choices) {
  const auto candidates = spectral_candidates(layer, device);
  const std::string* known = choices.find(layer.name());
  if (known != nullptr) {
    const auto found = std::ranges::find(candidates, *known, &SpectralCandidate::name);
    if (found != candidates.end()) return found->path;
  }
  return candidates.front().path;
}

std::optional<SpectralLayer> spectral_layer_of(const Graph& graph, const Node& node,
                                               std::int64_t batch) {
  const auto transform = transform_at(graph, node);
  if (!transform) return std::nullopt;
  return SpectralLayer{transform->grid, channels_of(graph.value(node.inputs.front())), batch};
}

std::optional<SpectralChoice> spectral_choice(const Graph& graph, const Node& node,
                                              std::int64_t batch, const DeviceFacts& device,
                                              const Choices& choices) {
  const auto layer = spectral_layer_of(graph, node, batch);
  if (!layer) return std::nullopt;
  const SpectralPath path = transform_at(graph, node)->path;
  const auto candidates = spectral_candidates(*layer, device);
  const std::string* known = choices.find(layer->name());
  Decision decision{layer->name(), {}, candidates.size()};
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    decision.candidates.push_back(candidates[i].name);
    if (candidates[i].path != path) continue;
    const bool is_known = known != nullptr && candidates[i].name == *known;
    if (is_known || decision.chosen == candidates.size()) decision.chosen = i;
  }
  if (decision.chosen == candidates.size()) return std::nullopt;
  const SpectralCandidate& candidate = candidates[decision.chosen];
  return SpectralChoice{std::move(decision), candidate};
}

}  // namespace gfnet::plan
