#pragma once

#include <optional>

#include "graph/graph.h"
#include "model/config.h"

namespace gfnet::model {

/// What a network also says of how it came to its result: outputs beside its own.
struct Explanation {
  /// Where classes come from.
  bool class_maps = false;
  /// Of this class rather than of the most probable ones.
  std::optional<std::int64_t> class_index;
  /// The spectrum in this block, counted from 0 over all stages.
  std::optional<std::int64_t> layer;
};

/// The network as the paper writes it, one operation an equation, weights as constants.
/// input: planes [C, H, W], normalised. outputs: logits, tokens [1, classes]; and the `top_k` most
/// probable classes, tokens [1, 2·top_k] (see graph::SoftmaxTopK). After these, as the explanation
/// asks, the last stage's maps of these classes or of the one, tokens [H·W, maps], without the
/// head's bias (see graph::ClassMap); and the mean magnitudes of the spectrum before and after the
/// layer's filter, tokens [H·(W/2+1), 2] (see graph::SpectrumMagnitude).
graph::Graph build_graph(const weights::Checkpoint& checkpoint, const Config& config,
                         std::int64_t top_k, const Explanation& explanation = {});

}  // namespace gfnet::model
