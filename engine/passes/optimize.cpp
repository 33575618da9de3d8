#include "passes/passes.h"

namespace gfnet::passes {

std::vector<Pass> all_passes(const Options& options) {
  return {
      {"lower_patch_embed", lower_patch_embed},
      {"fold_layer_scale", fold_layer_scale},
      {"fold_norm_affine", fold_norm_affine},
      {"fuse_epilogues", fuse_epilogues},
      {"lower_global_filter",
       [options](const graph::Graph& graph) { return lower_global_filter(graph, options); }},
  };
}

graph::Graph optimize(const graph::Graph& graph, const Options& options) {
  graph::Graph current = graph;
  for (const Pass& pass : all_passes(options)) current = pass.run(current);
  return current;
}

}  // namespace gfnet::passes
