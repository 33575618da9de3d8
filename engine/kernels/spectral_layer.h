#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "kernels/choices.h"
#include "kernels/device_facts.h"

namespace gfnet::kernels {

/// The global filter of a block with the layer normalisations before and after it. A SpectralLayer
/// holds what the network fixes: everything except the batch size.
struct SpectralLayer {
  graph::Extent grid;
  std::int64_t channels = 0;
  /// kF16 if the network stores values between its layers as f16.
  DType storage = DType::kF32;

  /// "spectral 14×14×384", "spectral_f16 14×14×384": the key (graph::Choice::key) of the choice
  /// among spectral_algorithms.
  std::string name() const;
};

/// A candidate for a spectral layer at all batch sizes: which operations compute the layer
/// (graph::SpectralForm), and how the transforms of rows and columns are split. The operations and
/// the splits fix the rounding.
struct SpectralAlgorithm {
  /// "fused" (with the default factors), "fused by 2·2" (with these factors), "lines" or "vkfft".
  std::string name;
  graph::SpectralForm form = graph::SpectralForm::kVkfft;
  /// For kFused only.
  graph::LineFactors factors = {};

  /// See add_candidate.
  std::string description() const;
};

/// All algorithms that can compute the layer on the device, at any batch size. The first algorithm
/// is the default, which a fixed rule prefers. Algorithms that are switched off on the device, or
/// whose kernels all are, are left out. Throws UnsupportedError if nothing is left.
std::vector<SpectralAlgorithm> spectral_algorithms(const SpectralLayer& layer,
                                                   const DeviceFacts& device);

/// The algorithm chosen for a spectral layer. choice: the layer's candidates, and the index of the
/// chosen one.
struct SpectralChoice {
  graph::Choice choice;
  SpectralAlgorithm algorithm;
};

/// Chooses the candidate that was measured to be fastest according to `known`; without a
/// measurement, the default.
SpectralChoice choose_spectral_algorithm(const SpectralLayer& layer, const DeviceFacts& device,
                                         const ChoiceTable& known);
/// Chooses in the same way, but only among the candidates of one form. If the device has no
/// candidate of this form, the form becomes a further candidate and is chosen, although the device
/// may be unable to run it.
SpectralChoice choose_spectral_algorithm(const SpectralLayer& layer, const DeviceFacts& device,
                                         const ChoiceTable& known, graph::SpectralForm form);

/// Chooses the algorithm of each spectral layer of the graph, and sets that choice on the layer's
/// nodes: the GlobalFilter and the LayerNorms before and after it. Algorithms of spectral layers
/// are chosen here and nowhere else. storage: kF16 if the network stores values between its layers
/// as f16. pick: returns the algorithm for a layer, as choose_spectral_algorithm does.
graph::Graph choose_spectral(const graph::Graph& graph, DType storage,
                             const std::function<SpectralChoice(const SpectralLayer&)>& pick);
/// Like the function above, with choose_spectral_algorithm as `pick`.
graph::Graph choose_spectral(const graph::Graph& graph, DType storage, const DeviceFacts& device,
                             const ChoiceTable& known);

}  // namespace gfnet::kernels
