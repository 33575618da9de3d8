#include "kernels/spectral_layer.h"

#include <fmt/format.h>

#include <algorithm>

#include "gfnet/error.h"
#include "kernels/line_split.h"
#include "kernels/shader_variant.h"
#include "kernels/spectral_kernels.h"

namespace gfnet::kernels {

using graph::Graph;
using graph::Node;
using graph::SpectralForm;

std::string SpectralLayer::name() const {
  return fmt::format("{} {}×{}×{}", shader_variant("spectral", storage, storage), grid.height,
                     grid.width, channels);
}

std::string SpectralAlgorithm::description() const {
  return fmt::format("{}·{}", factors.height, factors.width);
}

std::vector<SpectralAlgorithm> spectral_algorithms(const SpectralLayer& layer,
                                                   const DeviceFacts& device) {
  const auto [height, width] = layer.grid;
  const auto fused = [](std::int64_t height_factor, std::int64_t width_factor) {
    return SpectralAlgorithm{
        std::string(name_of(SpectralForm::kFused)),
        SpectralForm::kFused,
        {static_cast<std::uint32_t>(height_factor), static_cast<std::uint32_t>(width_factor)}};
  };
  const auto unfused = [](SpectralForm form) {
    return SpectralAlgorithm{std::string(name_of(form)), form};
  };
  std::vector<SpectralAlgorithm> algorithms;
  const auto add_fused = [&](SpectralAlgorithm algorithm) {
    if (fused_runs(layer, algorithm.factors, device)) algorithms.push_back(std::move(algorithm));
  };
  if (fused_fits(layer.grid, device)) {
    const SpectralAlgorithm best = fused(best_factor(height), best_factor(width));
    SpectralAlgorithm other = fused(other_factor(height), other_factor(width));
    other.name += " by " + other.description();
    const bool differs = other.description() != best.description();
    add_fused(best);
    if (differs) add_fused(std::move(other));
  }
  const auto is_off = [&](SpectralForm form) {
    return device.switched_off.contains(algorithm_name(form, layer.grid));
  };
  const bool has_lines = lines_fit(layer.grid) && !is_off(SpectralForm::kLines);
  SpectralForm rule = default_spectral_form(layer.grid, device);
  if (rule == SpectralForm::kFused && algorithms.empty()) {
    rule = device.software && has_lines ? SpectralForm::kLines : SpectralForm::kVkfft;
  }
  if (has_lines && (rule == SpectralForm::kLines || algorithms.empty())) {
    algorithms.push_back(unfused(SpectralForm::kLines));
  }
  if (!is_off(SpectralForm::kVkfft)) algorithms.push_back(unfused(SpectralForm::kVkfft));
  if (algorithms.empty()) {
    throw UnsupportedError(
        fmt::format("a grid of {}×{} tokens: gfnet check found every algorithm for it wrong",
                    height, width),
        device.name);
  }
  std::ranges::stable_partition(
      algorithms, [&](const SpectralAlgorithm& algorithm) { return algorithm.form == rule; });
  return algorithms;
}

SpectralChoice choose_spectral_algorithm(const SpectralLayer& layer, const DeviceFacts& device,
                                         const ChoiceTable& known) {
  const std::vector<SpectralAlgorithm> algorithms = spectral_algorithms(layer, device);
  graph::Choice choice = choose(layer.name(), algorithms, known);
  const SpectralAlgorithm& algorithm = algorithms[choice.chosen];
  return {std::move(choice), algorithm};
}

SpectralChoice choose_spectral_algorithm(const SpectralLayer& layer, const DeviceFacts& device,
                                         const ChoiceTable& known, SpectralForm form) {
  std::vector<SpectralAlgorithm> algorithms = spectral_algorithms(layer, device);
  auto of_form = std::ranges::find(algorithms, form, &SpectralAlgorithm::form);
  if (of_form == algorithms.end()) {
    algorithms.push_back({std::string(name_of(form)), form});
    of_form = algorithms.end() - 1;
  }
  graph::Choice choice = choose(layer.name(), algorithms, known);
  if (algorithms[choice.chosen].form != form) {
    choice.chosen = static_cast<std::size_t>(of_form - algorithms.begin());
  }
  const SpectralAlgorithm& algorithm = algorithms[choice.chosen];
  return {std::move(choice), algorithm};
}

Graph choose_spectral(const Graph& graph, DType storage,
                      const std::function<SpectralChoice(const SpectralLayer&)>& pick) {
  Graph result = graph;
  const auto note_on_norm = [&](const Node* node, const graph::Choice& choice) {
    if (node == nullptr || !std::holds_alternative<graph::LayerNorm>(node->operation)) return;
    const auto index = static_cast<std::size_t>(node - graph.nodes().data());
    result.choose(index, node->operation, choice);
  };
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    const auto* filter = std::get_if<graph::GlobalFilter>(&node.operation);
    if (filter == nullptr) continue;
    const std::int64_t channels = graph.value(node.inputs[0]).shape[1];
    const SpectralChoice chosen = pick({filter->grid, channels, storage});
    result.choose(
        i, graph::GlobalFilter{filter->grid, chosen.algorithm.form, chosen.algorithm.factors},
        chosen.choice);
    note_on_norm(graph.producer(node.inputs[0]), chosen.choice);
    for (const Node* reader : graph.consumers(node.output)) note_on_norm(reader, chosen.choice);
  }
  return result;
}

Graph choose_spectral(const Graph& graph, DType storage, const DeviceFacts& device,
                      const ChoiceTable& known) {
  return choose_spectral(graph, storage, [&](const SpectralLayer& layer) {
    return choose_spectral_algorithm(layer, device, known);
  });
}

}  // namespace gfnet::kernels
