#include "tuning/small_network.h"

#include <algorithm>
#include <variant>

#include "kernels/spectral_kernels.h"
#include "model/build_graph.h"
#include "passes/passes.h"
#include "support/random.h"
#include "support/synthetic_checkpoint.h"

namespace gfnet::test {

graph::Graph small_graph() {
  Random random;
  Architecture architecture;  // one 14×14 grid
  architecture.grid_height = architecture.grid_width = 14;
  architecture.stages = {{2, 64, 2, 64}};
  const auto checkpoint = synthetic_checkpoint(architecture, random);
  return passes::fold(model::build_graph(checkpoint, model::infer_config(checkpoint), 1));
}

compiler::Planner small_network(const kernels::DeviceFacts& facts) {
  return {small_graph(), facts};
}

graph::Choice algorithm_choice(const kernels::DeviceFacts& facts) {
  return kernels::choose(kLayer.name(), kernels::spectral_algorithms(kLayer, facts), {});
}

bool has_ffts(const plan::Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const plan::Step& step) {
    return std::holds_alternative<plan::FftStep>(step.work);
  });
}

}  // namespace gfnet::test
