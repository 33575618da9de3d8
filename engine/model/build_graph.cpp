#include "model/build_graph.h"

#include <algorithm>
#include <cmath>

namespace gfnet::model {
namespace {

using graph::Graph;
using graph::Layout;
using graph::ValueId;

class GraphBuilder {
 public:
  GraphBuilder(const checkpoint::Checkpoint& checkpoint, const Config& config,
               const ExtraOutputs& extra)
      : checkpoint_(checkpoint), config_(config), extra_(extra) {}

  Graph build(std::int64_t top_k) {
    ValueId x = graph_.add_input(
        "image", {config_.input_channels, config_.image.height, config_.image.width},
        Layout::kPlanes);
    graph::Extent grid = config_.image;
    std::optional<ValueId> spectrum;
    std::int64_t layer = 0;
    for (std::size_t stage = 0; stage < config_.stages.size(); ++stage) {
      x = patch_embed(x, stage, grid);
      grid = config_.stages[stage].grid;
      if (stage == 0) x = add("pos_embed", graph::Add{}, {x, position_embedding(grid)});
      for (std::int64_t index = 0; index < config_.stages[stage].depth; ++index) {
        const std::string prefix = block_prefix(config_, stage, index);
        block_ = layer++;
        if (block_ == extra_.layer) spectrum = spectrum_magnitude(x, prefix, grid);
        x = block(x, prefix, grid);
        block_.reset();
      }
    }
    const ValueId last = x;
    if (config_.classes == 0) {
      graph_.mark_output(normalised_mean(last));
      return std::move(graph_);
    }
    x = layer_norm(last, "norm");
    const ValueId mean = add("mean", graph::TokenMean{}, {x});
    const ValueId logits = linear(mean, "head");
    const ValueId ranking = add("top_k", graph::SoftmaxTopK{top_k}, {logits});
    graph_.mark_output(logits);
    graph_.mark_output(ranking);
    if (extra_.class_maps) graph_.mark_output(class_map(x, ranking));
    if (spectrum) graph_.mark_output(*spectrum);
    if (extra_.features) graph_.mark_output(normalised_mean(last));
    return std::move(graph_);
  }

 private:
  /// Adds a node of the current block.
  ValueId add(std::string name, graph::Operation operation, std::vector<ValueId> inputs,
              Layout layout = Layout::kTokens) {
    graph::NodeInfo info(std::move(name));
    info.block = block_;
    return graph_.add_node(std::move(info), std::move(operation), std::move(inputs), layout);
  }

  ValueId constant(const std::string& name) {
    const checkpoint::TensorView& tensor = checkpoint_.at(name);
    return graph_.add_constant(name, tensor.shape, tensor.to_f32());
  }

  ValueId position_embedding(const graph::Extent& grid) {
    const checkpoint::TensorView& tensor = checkpoint_.at("pos_embed");
    return graph_.add_constant("pos_embed", {grid.area(), tensor.shape[2]}, tensor.to_f32());
  }

  ValueId patch_embed(ValueId x, std::size_t stage, const graph::Extent& grid) {
    const std::string prefix = patch_embed_prefix(config_, stage);
    return add(prefix.substr(0, prefix.size() - 1),
               graph::PatchEmbed{config_.stages[stage].patch, grid},
               {x, constant(prefix + "weight"), constant(prefix + "bias")});
  }

  /// x + γ ⊙ MLP(LN2(filter(LN1(x)))): one residual connection around the whole block.
  ValueId block(ValueId x, const std::string& prefix, const graph::Extent& grid) {
    ValueId y = layer_norm(x, prefix + "norm1");
    y = add(prefix + "filter", graph::GlobalFilter{grid},
            {y, constant(prefix + "filter.complex_weight")});
    y = layer_norm(y, prefix + "norm2");
    y = linear(y, prefix + "mlp.fc1");
    y = add(prefix + "mlp.act", graph::Gelu{}, {y});
    y = linear(y, prefix + "mlp.fc2");
    if (checkpoint_.find(prefix + "gamma") != nullptr) {
      y = add(prefix + "gamma", graph::Scale{}, {y, constant(prefix + "gamma")});
    }
    return add(prefix + "residual", graph::Add{}, {y, x});
  }

  /// Applies the head to each token, not to the tokens' mean. The head's weight [O, K] has one row
  /// for each class. ranking: output of SoftmaxTopK, gives the classes if the options name none.
  ValueId class_map(ValueId tokens, ValueId ranking) {
    const std::int64_t classes = config_.classes;
    const ValueId bias = graph_.add_constant(
        "class_map.bias", {classes}, std::vector<float>(static_cast<std::size_t>(classes), 0.0f));
    const ValueId wanted =
        extra_.class_index ? graph_.add_constant("class_map.class", {1, 2},
                                                 {static_cast<float>(*extra_.class_index), 0.0f})
                           : ranking;
    return add("class_map", graph::ClassMap{}, {tokens, constant("head.weight"), bias, wanted});
  }

  /// Adds a separate branch that computes the mean of the normalised tokens. The mean that the
  /// logits are computed from is not made an output, because that would change the logits: the head
  /// could not absorb the weight and bias of the normalisation (passes::fold_norm_affine), and that
  /// mean could not be stored as f16.
  ValueId normalised_mean(ValueId tokens) {
    const ValueId norm = add("features.norm", graph::LayerNorm{}, {tokens});
    return add("features", graph::TokenMean{}, {norm});
  }

  /// Adds a separate branch that computes the spectrum's magnitudes. The passes therefore optimise
  /// the block as if the branch were not there.
  ValueId spectrum_magnitude(ValueId x, const std::string& prefix, const graph::Extent& grid) {
    const checkpoint::TensorView& filter = checkpoint_.at(prefix + "filter.complex_weight");
    const std::vector<float> parts = filter.to_f32();
    const auto channels = static_cast<std::size_t>(filter.shape[2]);
    const std::size_t bins = parts.size() / 2 / channels;
    std::vector<float> gain(channels * bins);
    for (std::size_t i = 0; i < gain.size(); ++i) {
      gain[(i % channels) * bins + i / channels] = std::hypot(parts[2 * i], parts[2 * i + 1]);
    }
    const Shape planes{filter.shape[2], grid.height, graph::spectrum_width(grid.width)};
    const std::string name = prefix + "spectrum";
    ValueId y = add(name + ".norm", graph::LayerNorm{}, {x}, Layout::kPlanes);
    y = add(name + ".rfft2", graph::Rfft2{grid}, {y});
    return add(name, graph::SpectrumMagnitude{grid},
               {y, constant(prefix + "norm1.weight"), constant(prefix + "norm1.bias"),
                graph_.add_constant(name + ".gain", planes, std::move(gain))});
  }

  ValueId layer_norm(ValueId x, const std::string& name) {
    return add(name, graph::LayerNorm{}, {x, constant(name + ".weight"), constant(name + ".bias")});
  }

  /// Adds a product with the weight and bias `name`.weight and `name`.bias. PyTorch stores the
  /// weight as [outputs, inputs]; graph::Linear reads [inputs, outputs], so the weight is
  /// transposed.
  ValueId linear(ValueId x, const std::string& name) {
    const checkpoint::TensorView& weight = checkpoint_.at(name + ".weight");
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
    return add(name, graph::Linear{}, {x, matrix, constant(name + ".bias")});
  }

  const checkpoint::Checkpoint& checkpoint_;
  const Config& config_;
  const ExtraOutputs& extra_;
  Graph graph_;
  /// The block whose nodes are being added, counted from 0 over all stages. nullopt between blocks.
  std::optional<std::int64_t> block_;
};

}  // namespace

Graph build_graph(const checkpoint::Checkpoint& checkpoint, const Config& config,
                  std::int64_t top_k, const ExtraOutputs& extra) {
  return GraphBuilder(checkpoint, config, extra).build(std::min(top_k, config.classes));
}

}  // namespace gfnet::model
