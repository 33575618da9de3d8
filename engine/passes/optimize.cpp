#include "passes/passes.h"

namespace gfnet::passes {
namespace {

std::vector<Pass> folding_passes() {
  return {
      {"lower_patch_embed", lower_patch_embed},
      {"fold_layer_scale", fold_layer_scale},
      {"fold_norm_affine", fold_norm_affine},
      {"fuse_epilogues", fuse_epilogues},
  };
}

graph::Graph run(const std::vector<Pass>& passes, const graph::Graph& graph) {
  graph::Graph current = graph;
  for (const Pass& pass : passes) current = pass.run(current);
  return current;
}

}  // namespace

std::vector<Pass> all_passes(const Options& options) {
  std::vector<Pass> passes = folding_passes();
  passes.push_back({"lower_global_filter", [options](const graph::Graph& graph) {
                      return lower_global_filter(graph, options);
                    }});
  if (options.half_precision) passes.push_back({"half_precision", half_precision});
  return passes;
}

graph::Graph fold(const graph::Graph& graph) { return run(folding_passes(), graph); }

graph::Graph optimize(const graph::Graph& graph, const Options& options) {
  return run(all_passes(options), graph);
}

}  // namespace gfnet::passes
