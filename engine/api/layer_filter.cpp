#include "compiler/check_options.h"
#include "gfnet/error.h"
#include "gfnet/explain.h"
#include "model/model_contents.h"

namespace gfnet {

LayerFilter layer_filter(const Model& model, std::int64_t layer) {
  ExplainOptions options;
  options.layer = layer;
  compiler::check_explanation(options, model.description());
  const model::Contents& contents = model::contents_of(model);
  std::size_t stage = 0;
  std::int64_t block = layer;
  for (; block >= contents.config.stages[stage].depth; ++stage) {
    block -= contents.config.stages[stage].depth;
  }
  const std::string prefix = model::block_prefix(contents.config, stage, block);
  const model::Stage& shape = contents.config.stages[stage];
  return {layer,
          prefix.substr(0, prefix.size() - 1),
          shape.grid.height,
          shape.grid.width,
          shape.channels,
          contents.checkpoint.at(prefix + "filter.complex_weight").to_f32()};
}

}  // namespace gfnet
