#pragma once

#include <functional>

#include "kernels/spectral_kernels.h"
#include "kernels/spectral_layer.h"
#include "passes/passes.h"

namespace gfnet::test {

/// Returns the form of a spectral layer.
using FormOf = std::function<graph::SpectralForm(const kernels::SpectralLayer& layer)>;

/// How expanded() chooses the algorithms.
struct Choosing {
  /// Empty: VkFFT for every layer.
  FormOf form = {};
  DType storage = DType::kF32;
  kernels::DeviceFacts device = {};
  /// Measured choices; only those with the wanted form count.
  kernels::ChoiceTable known = {};
};

inline FormOf always(graph::SpectralForm form) {
  return [form](const kernels::SpectralLayer&) { return form; };
}

/// The form that the rule prefers on a device.
inline FormOf default_forms(const kernels::DeviceFacts& device) {
  return [device](const kernels::SpectralLayer& layer) {
    return kernels::default_spectral_form(layer.grid, device);
  };
}

/// The graph with the algorithm of each spectral layer chosen.
inline graph::Graph with_algorithms(const graph::Graph& graph, const Choosing& how) {
  return kernels::choose_spectral(graph, how.storage, [&](const kernels::SpectralLayer& layer) {
    const auto form = how.form ? how.form(layer) : graph::SpectralForm::kVkfft;
    return kernels::choose_spectral_algorithm(layer, how.device, how.known, form);
  });
}

/// A model's graph after all passes.
inline graph::Graph expanded(const graph::Graph& graph, const Choosing& how = {}) {
  return passes::expand(with_algorithms(passes::fold(graph), how), how.storage);
}

}  // namespace gfnet::test
