#pragma once

#include <optional>

#include "graph/graph.h"
#include "model/config.h"

namespace gfnet::model {

/// Outputs of a network in addition to its result. The extra outputs do not change the result's
/// bits.
struct ExtraOutputs {
  /// Add maps that show where in the image a class comes from (graph::ClassMap).
  bool class_maps = false;
  /// With class_maps: map this class instead of the most probable ones.
  std::optional<std::int64_t> class_index;
  /// Add the mean spectrum magnitudes of this block, counted from 0 over all stages
  /// (graph::SpectrumMagnitude).
  std::optional<std::int64_t> layer;
  /// Add the mean of the last stage's tokens after the final normalisation, without the
  /// normalisation's weight γ and bias β. The head's input is γ ⊙ mean + β: the image's features.
  bool features = false;
};

/// Builds the network as the paper writes it, one operation for each equation. Weights become
/// constants.
/// input: planes [C, H, W], normalised. A network without a head has only the output of `features`,
/// which must be set then. outputs of other networks, in this order:
/// - logits, tokens [1, classes];
/// - the top_k most probable classes, tokens [1, 2·top_k] (graph::SoftmaxTopK); top_k is limited to
///   the number of classes;
/// - with class_maps: maps over the last stage's grid, tokens [H·W, maps], without the head's bias;
/// - with layer: mean magnitudes of the spectrum before and after the filter,
///   tokens [H·(W/2+1), 2];
/// - with features: the mean of the normalised tokens, tokens [1, C]. C: channels of the last
/// stage.
graph::Graph build_graph(const checkpoint::Checkpoint& checkpoint, const Config& config,
                         std::int64_t top_k, const ExtraOutputs& extra = {});

}  // namespace gfnet::model
