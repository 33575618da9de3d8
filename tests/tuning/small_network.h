#pragma once

#include "compiler/planner.h"
#include "graph/graph.h"
#include "kernels/spectral_layer.h"
#include "plan/plan.h"

namespace gfnet::test {

/// A network with random weights after passes::fold: two blocks with a grid of 14×14.
graph::Graph small_graph();
compiler::Planner small_network(const kernels::DeviceFacts& facts);

/// The spectral layer of both blocks.
inline const kernels::SpectralLayer kLayer{{14, 14}, 64};
/// The choice between the algorithms of kLayer.
graph::Choice algorithm_choice(const kernels::DeviceFacts& facts = {});

/// Whether a step of the plan runs on VkFFT.
bool has_ffts(const plan::Plan& plan);

}  // namespace gfnet::test
