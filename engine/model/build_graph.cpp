#include "model/build_graph.h"

#include <algorithm>

namespace gfnet::model {
namespace {

using graph::Graph;
using graph::Layout;
using graph::ValueId;

class GraphBuilder {
 public:
  GraphBuilder(const weights::Checkpoint& checkpoint, const Config& config)
      : checkpoint_(checkpoint), config_(config) {}

  Graph build(std::int64_t top_k) {
    ValueId x = graph_.add_input(
        "image", {config_.input_channels, config_.image.height, config_.image.width},
        Layout::kPlanes);
    graph::Extent grid = config_.image;
    for (std::size_t stage = 0; stage < config_.stages.size(); ++stage) {
      x = patch_embed(x, stage, grid);
      grid = config_.stages[stage].grid;
      if (stage == 0) x = graph_.add_node("pos_embed", graph::Add{}, {x, position_embedding(grid)});
      for (std::int64_t index = 0; index < config_.stages[stage].depth; ++index) {
        x = block(x, block_prefix(config_, stage, index), grid);
      }
    }
    x = layer_norm(x, "norm");
    x = graph_.add_node("mean", graph::TokenMean{}, {x});
    const ValueId logits = linear(x, "head");
    graph_.mark_output(logits);
    graph_.mark_output(graph_.add_node("top_k", graph::SoftmaxTopK{top_k}, {logits}));
    return std::move(graph_);
  }

 private:
  ValueId constant(const std::string& name) {
    const weights::TensorView& tensor = checkpoint_.at(name);
    return graph_.add_constant(name, tensor.shape, tensor.to_f32());
  }

  ValueId position_embedding(const graph::Extent& grid) {
    const weights::TensorView& tensor = checkpoint_.at("pos_embed");
    return graph_.add_constant("pos_embed", {grid.area(), tensor.shape[2]}, tensor.to_f32());
  }

  ValueId patch_embed(ValueId x, std::size_t stage, const graph::Extent& grid) {
    const std::string prefix = patch_embed_prefix(config_, stage);
    return graph_.add_node(prefix.substr(0, prefix.size() - 1),
                           graph::PatchEmbed{config_.stages[stage].patch, grid},
                           {x, constant(prefix + "weight"), constant(prefix + "bias")});
  }

  /// x + γ ⊙ MLP(LN2(filter(LN1(x)))): one residual around the whole block.
  ValueId block(ValueId x, const std::string& prefix, const graph::Extent& grid) {
    ValueId y = layer_norm(x, prefix + "norm1");
    y = graph_.add_node(prefix + "filter", graph::GlobalFilter{grid},
                        {y, constant(prefix + "filter.complex_weight")});
    y = layer_norm(y, prefix + "norm2");
    y = linear(y, prefix + "mlp.fc1");
    y = graph_.add_node(prefix + "mlp.act", graph::Gelu{}, {y});
    y = linear(y, prefix + "mlp.fc2");
    if (checkpoint_.find(prefix + "gamma") != nullptr) {
      y = graph_.add_node(prefix + "gamma", graph::Scale{}, {y, constant(prefix + "gamma")});
    }
    return graph_.add_node(prefix + "residual", graph::Add{}, {y, x});
  }

  ValueId layer_norm(ValueId x, const std::string& name) {
    return graph_.add_node(name, graph::LayerNorm{},
                           {x, constant(name + ".weight"), constant(name + ".bias")});
  }

  /// PyTorch keeps a matrix as [O, K]; the product reads [K, O].
  ValueId linear(ValueId x, const std::string& name) {
    const weights::TensorView& weight = checkpoint_.at(name + ".weight");
    const std::int64_t outputs = weight.shape[0];
    const std::int64_t inputs = weight.shape[1];
    const std::vector<float> rows = weight.to_f32();
    std::vector<float> columns(rows.size());
    for (std::int64_t o = 0; o < outputs; ++o) {
      for (std::int64_t k = 0; k < inputs; ++k) {
        columns[static_cast<std::size_t>(k * outputs + o)] =
            rows[static_cast<std::size_t>(o * inputs + k)];
      }
    }
    const ValueId matrix =
        graph_.add_constant(name + ".weight", {inputs, outputs}, std::move(columns));
    return graph_.add_node(name, graph::Linear{}, {x, matrix, constant(name + ".bias")});
  }

  const weights::Checkpoint& checkpoint_;
  const Config& config_;
  Graph graph_;
};

}  // namespace

Graph build_graph(const weights::Checkpoint& checkpoint, const Config& config, std::int64_t top_k) {
  return GraphBuilder(checkpoint, config).build(std::min(top_k, config.classes));
}

}  // namespace gfnet::model
