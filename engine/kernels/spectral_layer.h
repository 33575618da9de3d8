#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/choices.h"
#include "kernels/device_facts.h"
#include "passes/passes.h"

namespace gfnet::plan {

/// The global filter of a block with the layer normalisations before and after it. Holds what the
/// network fixes: everything except the batch size.
struct SpectralLayer {
  graph::Extent grid;
  std::int64_t channels = 0;
  /// kF16 if the network stores values between its layers as f16.
  DType storage = DType::kF32;

  /// "spectral 14×14×384", "spectral_f16 14×14×384": the key (Decision::problem) of the choice
  /// among spectral_ways.
  std::string name() const;
};

/// A candidate for a spectral layer at all batch sizes: which operations compute it
/// (passes::SpectralPath), and how the transforms of rows and columns are split. Together they fix
/// the rounding.
struct SpectralWay {
  /// "fused" (with the default factors), "fused by 2·2" (with these factors), "lines" or "vkfft".
  std::string name;
  passes::SpectralPath path = passes::SpectralPath::kVkfft;
  /// For kFused: the divisors of the grid's height and width by which the transforms of columns and
  /// rows are split. Else 0.
  std::uint32_t height_factor = 0;
  std::uint32_t width_factor = 0;

  /// See add_candidate.
  std::string description() const;
};

/// All candidates for the layer on the device, at any batch size. The first is the default, which a
/// fixed rule prefers.
std::vector<SpectralWay> spectral_ways(const SpectralLayer& layer, const DeviceFacts& device);

/// The candidate that was measured to be fastest according to `ways`; without a measurement, the
/// default.
SpectralWay spectral_way(const SpectralLayer& layer, const DeviceFacts& device,
                         const ChoiceTable& ways);

/// Storage type of a graph after passes::optimize: kF16 if any of its values is f16, else kF32.
DType storage_of(const graph::Graph& graph);

/// The spectral layer to which a node belongs, in a graph after passes::optimize. A norm belongs to
/// the layer of the transform next to it. nullopt for nodes outside of spectral layers.
std::optional<SpectralLayer> spectral_layer_of(const graph::Graph& graph, const graph::Node& node);

/// The candidate that is chosen for the spectral layer of a node. The graph already fixes the
/// passes::SpectralPath, so only candidates with this path can be chosen: the one that was measured
/// to be fastest, else the first. spectral_choice returns nullopt if there is none, or if the node
/// belongs to no spectral layer.
struct SpectralChoice {
  Decision decision;
  SpectralWay way;
};
std::optional<SpectralChoice> spectral_choice(const graph::Graph& graph, const graph::Node& node,
                                              const DeviceFacts& device, const ChoiceTable& ways);

}  // namespace gfnet::plan
