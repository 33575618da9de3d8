#include "example_graph.h"

#include "model/build_graph.h"
#include "support/synthetic_checkpoint.h"

namespace gfnet::test {

graph::Graph example_graph(const passes::Options& options) {
  Architecture a;
  a.pyramid = true;
  a.layer_scale = true;
  a.grid_height = a.grid_width = 8;
  a.stages = {{2, 6, 2, 24}, {2, 9, 3, 18}};
  Random random;
  const auto checkpoint = synthetic_checkpoint(a, random);
  return passes::optimize(model::build_graph(checkpoint, model::infer_config(checkpoint), 2),
                          options);
}

}  // namespace gfnet::test
