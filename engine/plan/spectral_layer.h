#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "passes/passes.h"
#include "plan/choices.h"
#include "plan/plan.h"
#include "plan/spectral_kernels.h"

namespace gfnet::plan {

/// The layer normalisation, the global filter and the layer normalisation of a block, as far as the
/// choice of a way to run them depends on it.
struct SpectralLayer {
  graph::Extent grid;
  std::int64_t channels = 0;
  std::int64_t batch = 0;

  /// "spectral 14×14×384 of 8": under this name choices are remembered. The batch is rounded up to
  /// a power of two, so that what was learned from one serves the ones near it.
  std::string name() const;
};

/// A path through the passes and, on kFused, the kernel.
struct SpectralCandidate {
  /// That of the path, or of the kernel.
  std::string name;
  passes::SpectralPath path = passes::SpectralPath::kVkfft;
  SpectralKernel kernel;
};

/// All ways to run the layer on the device; first the rule's, which is the same for every batch.
std::vector<SpectralCandidate> spectral_candidates(const SpectralLayer& layer,
                                                   const DeviceFacts& device);

/// The path that is known to be fastest, else the rule's.
passes::SpectralPath spectral_path(const SpectralLayer& layer, const DeviceFacts& device,
                                   const Choices& choices);

/// The layer that a node of a graph after passes::optimize is a part of; the norms are those next
/// to the transforms.
std::optional<SpectralLayer> spectral_layer_of(const graph::Graph& graph, const graph::Node& node,
                                               std::int64_t batch);

/// Of the candidates on the path that the graph took, the one that is known to be fastest or comes
/// first. Nothing if there is none, or the node is a part of no spectral layer.
struct SpectralChoice {
  Decision decision;
  SpectralCandidate candidate;
};
std::optional<SpectralChoice> spectral_choice(const graph::Graph& graph, const graph::Node& node,
                                              std::int64_t batch, const DeviceFacts& device,
                                              const Choices& choices);

}  // namespace gfnet::plan
