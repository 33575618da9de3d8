#include "support/example_graph.h"

#include "model/build_graph.h"
#include "support/synthetic_checkpoint.h"

namespace gfnet::test {

graph::Graph example_graph(const Choosing& how) {
  Architecture a;
  a.pyramid = true;
  a.layer_scale = true;
  a.grid_height = a.grid_width = 8;
  a.stages = {{2, 6, 2, 24}, {2, 9, 3, 18}};
  Random random;
  const auto checkpoint = synthetic_checkpoint(a, random);
  return expanded(model::build_graph(checkpoint, model::infer_config(checkpoint), 2), how);
}

graph::Graph fused_graph() { return example_graph({always(graph::SpectralForm::kFused)}); }

}  // namespace gfnet::test
