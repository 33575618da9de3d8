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

  /// "spectral 14×14×384", "spectral_f16 14×14×384": the Decision::problem for the choice of a way.
  std::string name() const;
};

/// A path (passes::SpectralPath), and how its transforms split rows and columns. Together they fix
/// the rounding.
struct SpectralWay {
  /// "fused", "fused by 2·2" (the factors, if they are not the rule's), "lines", "vkfft".
  std::string name;
  passes::SpectralPath path = passes::SpectralPath::kVkfft;
  /// kFused only: divisors of the grid's height and width by which the transforms of columns and
  /// rows are split.
  std::uint32_t height_factor = 0;
  std::uint32_t width_factor = 0;

  /// See add_candidate.
  std::string description() const;
};

/// All ways to run the layer on the device, at any batch size. The first is the rule's.
std::vector<SpectralWay> spectral_ways(const SpectralLayer& layer, const DeviceFacts& device);

/// The way that is known to be fastest, else the rule's.
SpectralWay spectral_way(const SpectralLayer& layer, const DeviceFacts& device,
                         const ChoiceTable& ways);

/// Storage type of a graph after passes::optimize: kF16 if any of its values is f16, else kF32.
DType storage_of(const graph::Graph& graph);

/// The layer to which a node belongs, in a graph after passes::optimize. A norm belongs to the
/// layer of the transform next to it. Nothing for nodes outside of spectral layers.
std::optional<SpectralLayer> spectral_layer_of(const graph::Graph& graph, const graph::Node& node);

/// The choice of a way for the layer to which a node belongs. The graph fixes the path, so only
/// ways with this path are candidates. Chosen is the way that was measured to be fastest, else the
/// first. spectral_choice returns nothing if there is no candidate, or if the node belongs to no
/// spectral layer.
struct SpectralChoice {
  Decision decision;
  SpectralWay way;
};
std::optional<SpectralChoice> spectral_choice(const graph::Graph& graph, const graph::Node& node,
                                              const DeviceFacts& device, const ChoiceTable& ways);

}  // namespace gfnet::plan
