#include <cmath>
#include <string>

#include "selfcheck/problem.h"

namespace gfnet::selfcheck {
namespace {

using graph::Extent;
using graph::Graph;
using graph::Layout;
using graph::ValueId;

struct Stage {
  std::int64_t channels;
  int depth;
  Extent patch;
};

/// Adds the operations of a network as model::build_graph does, with random weights.
class NetworkBuilder {
 public:
  explicit NetworkBuilder(Numbers& numbers) : numbers_(numbers) {}

  Graph build(Extent image, const std::vector<Stage>& stages, bool layer_scale) {
    constexpr std::int64_t kColours = 3;
    ValueId x = graph_.add_input("image", {kColours, image.height, image.width}, Layout::kPlanes);
    Extent grid = image;
    std::int64_t channels = kColours;
    for (std::size_t stage = 0; stage < stages.size(); ++stage) {
      const auto& [width, depth, patch] = stages[stage];
      x = graph_.add_node(
          "patch_embed", graph::PatchEmbed{patch, grid},
          {x, weights({width, channels, patch.height, patch.width}, channels * patch.area()),
           normal({width}, 0.1f)});
      grid = {grid.height / patch.height, grid.width / patch.width};
      channels = width;
      if (stage == 0) {
        x = graph_.add_node("position", graph::Add{}, {x, normal({grid.area(), channels}, 0.5f)});
      }
      for (int i = 0; i < depth; ++i) x = block(x, grid, channels, layer_scale);
    }
    x = graph_.add_node("mean", graph::TokenMean{}, {norm(x, channels)});
    const ValueId logits = linear(x, channels, kClasses);
    graph_.mark_output(logits);
    graph_.mark_output(graph_.add_node("top_k", graph::SoftmaxTopK{3}, {logits}));
    return std::move(graph_);
  }

 private:
  static constexpr std::int64_t kClasses = 11;

  ValueId constant(const Shape& shape, std::vector<float> values) {
    return graph_.add_constant("c" + std::to_string(constants_++), shape, std::move(values));
  }
  ValueId normal(const Shape& shape, float deviation, float mean = 0) {
    return constant(shape, numbers_.normal(shape.elements(), mean, deviation));
  }
  /// Weights of sums with `terms` terms, that keep values at the same magnitude.
  ValueId weights(const Shape& shape, std::int64_t terms) {
    return normal(shape, 1 / std::sqrt(static_cast<float>(terms)));
  }
  ValueId norm(ValueId x, std::int64_t channels) {
    const ValueId weight = normal({channels}, 0.2f, 1);
    return graph_.add_node("norm", graph::LayerNorm{}, {x, weight, normal({channels}, 0.2f)});
  }
  ValueId linear(ValueId x, std::int64_t inner, std::int64_t outputs) {
    const ValueId matrix = weights({inner, outputs}, inner);
    return graph_.add_node("linear", graph::Linear{}, {x, matrix, normal({outputs}, 0.1f)});
  }
  ValueId block(ValueId x, Extent grid, std::int64_t channels, bool layer_scale) {
    const ValueId filter =
        normal({grid.height, graph::spectrum_width(grid.width), channels, 2}, 0.7f);
    ValueId y = graph_.add_node("filter", graph::GlobalFilter{grid}, {norm(x, channels), filter});
    y = linear(norm(y, channels), channels, 4 * channels);
    y = graph_.add_node("act", graph::Gelu{}, {y});
    y = linear(y, 4 * channels, channels);
    if (layer_scale) y = graph_.add_node("gamma", graph::Scale{}, {y, normal({channels}, 0.3f)});
    return graph_.add_node("residual", graph::Add{}, {y, x});
  }

  Numbers& numbers_;
  Graph graph_;
  int constants_ = 0;
};

}  // namespace

Graph flat_network(Numbers& numbers) {
  return NetworkBuilder(numbers).build({32, 32}, {{40, 3, {4, 4}}}, false);
}

Graph pyramid_network(Numbers& numbers) {
  return NetworkBuilder(numbers).build({16, 24}, {{24, 2, {2, 2}}, {33, 2, {2, 2}}}, true);
}

}  // namespace gfnet::selfcheck
