#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "passes/passes.h"
#include "plan/choices.h"
#include "plan/plan.h"

namespace gfnet::plan {

/// The layer normalisation, the global filter and the layer normalisation of a block: all that a
/// network fixes, so without the batch.
struct SpectralLayer {
  graph::Extent grid;
  std::int64_t channels = 0;
  /// kF16 in a network that stores halves between its layers.
  DType storage = DType::kF32;

  /// "spectral 14×14×384", "spectral_f16 14×14×384": under this name the choice of a way is
  /// remembered.
  std::string name() const;
};

/// A path through the passes and how it splits the lines: in which order numbers are rounded.
struct SpectralWay {
  /// "fused", "fused by 2·2" (the factors, where they are not the rule's), "lines", "vkfft".
  std::string name;
  passes::SpectralPath path = passes::SpectralPath::kVkfft;
  /// On kFused: divisors of height and width that split the transforms of the columns and rows.
  std::uint32_t height_factor = 0;
  std::uint32_t width_factor = 0;

  /// See Decision.
  std::string description() const;
};

/// All ways to run the layer on the device, at any batch; first the rule's.
std::vector<SpectralWay> spectral_ways(const SpectralLayer& layer, const DeviceFacts& device);

/// The way that is known to be fastest, else the rule's.
SpectralWay spectral_way(const SpectralLayer& layer, const DeviceFacts& device,
                         const ChoiceTable& ways);

/// What kF16 as SpectralLayer::storage says of a graph after passes::optimize.
DType storage_of(const graph::Graph& graph);

/// The layer that a node of a graph after passes::optimize is a part of; the norms are those next
/// to the transforms.
std::optional<SpectralLayer> spectral_layer_of(const graph::Graph& graph, const graph::Node& node);

/// Of the ways on the path that the graph took, the one that is known to be fastest or comes first.
/// Nothing if there is none, or the node is a part of no spectral layer.
struct SpectralChoice {
  Decision decision;
  SpectralWay way;
};
std::optional<SpectralChoice> spectral_choice(const graph::Graph& graph, const graph::Node& node,
                                              const DeviceFacts& device, const ChoiceTable& ways);

}  // namespace gfnet::plan
