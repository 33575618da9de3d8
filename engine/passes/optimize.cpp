#include "passes/passes.h"

namespace gfnet::passes {

const std::vector<Pass>& all_passes() {
  static const std::vector<Pass> passes{
      {"lower_patch_embed", lower_patch_embed},     {"fold_layer_scale", fold_layer_scale},
      {"fold_norm_affine", fold_norm_affine},       {"fuse_epilogues", fuse_epilogues},
      {"lower_global_filter", lower_global_filter},
  };
  return passes;
}

graph::Graph optimize(const graph::Graph& graph) {
  graph::Graph current = graph;
  for (const Pass& pass : all_passes()) current = pass.run(current);
  return current;
}

}  // namespace gfnet::passes
