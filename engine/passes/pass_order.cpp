#include "passes/passes.h"

namespace gfnet::passes {
namespace {

graph::Graph run(const std::vector<Pass>& passes, const graph::Graph& graph) {
  graph::Graph current = graph;
  for (const Pass& pass : passes) current = pass.run(current);
  return current;
}

}  // namespace

std::vector<Pass> folding_passes() {
  return {
      {"split_patch_embed", split_patch_embed},
      {"fold_layer_scale", fold_layer_scale},
      {"fold_norm_affine", fold_norm_affine},
      {"fuse_epilogues", fuse_epilogues},
  };
}

std::vector<Pass> expanding_passes(DType storage) {
  std::vector<Pass> passes{{"expand_global_filter", expand_global_filter}};
  if (storage == DType::kF16) passes.push_back({"half_precision", half_precision});
  return passes;
}

graph::Graph fold(const graph::Graph& graph) { return run(folding_passes(), graph); }

graph::Graph expand(const graph::Graph& folded, DType storage) {
  return run(expanding_passes(storage), folded);
}

}  // namespace gfnet::passes
