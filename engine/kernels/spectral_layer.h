#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/choices.h"
#include "kernels/device_facts.h"
#include "passes/passes.h"

namespace gfnet::kernels {

/// The global filter of a block with the layer normalisations before and after it. Holds what the
/// network fixes: everything except the batch size.
struct SpectralLayer {
  graph::Extent grid;
  std::int64_t channels = 0;
  /// kF16 if the network stores values between its layers as f16.
  DType storage = DType::kF32;

  /// "spectral 14×14×384", "spectral_f16 14×14×384": the key (Choice::key) of the choice
  /// among spectral_algorithms.
  std::string name() const;
};

/// A candidate for a spectral layer at all batch sizes: which operations compute it
/// (passes::SpectralForm), and how the transforms of rows and columns are split. Together they fix
/// the rounding.
struct SpectralAlgorithm {
  /// "fused" (with the default factors), "fused by 2·2" (with these factors), "lines" or "vkfft".
  std::string name;
  passes::SpectralForm path = passes::SpectralForm::kVkfft;
  /// For kFused: the divisors of the grid's height and width by which the transforms of columns and
  /// rows are split. Else 0.
  std::uint32_t height_factor = 0;
  std::uint32_t width_factor = 0;

  /// See add_candidate.
  std::string description() const;
};

/// All candidates for the layer on the device, at any batch size. The first is the default, which a
/// fixed rule prefers.
std::vector<SpectralAlgorithm> spectral_algorithms(const SpectralLayer& layer,
                                                   const DeviceFacts& device);

/// The candidate that was measured to be fastest according to `algorithms`; without a measurement,
/// the default.
SpectralAlgorithm spectral_algorithm(const SpectralLayer& layer, const DeviceFacts& device,
                                     const ChoiceTable& algorithms);

/// Storage type of a graph after passes::optimize: kF16 if any of its values is f16, else kF32.
DType storage_of(const graph::Graph& graph);

/// The spectral layer to which a node belongs, in a graph after passes::optimize. A norm belongs to
/// the layer of the transform next to it. nullopt for nodes outside of spectral layers.
std::optional<SpectralLayer> spectral_layer_of(const graph::Graph& graph, const graph::Node& node);

/// The candidate that is chosen for the spectral layer of a node. The graph already fixes the
/// passes::SpectralForm, so only candidates with this path can be chosen: the one that was measured
/// to be fastest, else the first. spectral_choice returns nullopt if there is none, or if the node
/// belongs to no spectral layer.
struct SpectralChoice {
  Choice choice;
  SpectralAlgorithm algorithm;
};
std::optional<SpectralChoice> spectral_choice(const graph::Graph& graph, const graph::Node& node,
                                              const DeviceFacts& device,
                                              const ChoiceTable& algorithms);

}  // namespace gfnet::kernels
