#pragma once

#include "graph/graph.h"
#include "model/config.h"

namespace gfnet::model {

/// The network as the paper writes it, one operation an equation, weights as constants.
/// input: planes [C, H, W], normalised. outputs: logits, tokens [1, classes]; and the `top_k` most
/// probable classes, tokens [1, 2·top_k] (see graph::SoftmaxTopK).
graph::Graph build_graph(const weights::Checkpoint& checkpoint, const Config& config,
                         std::int64_t top_k);

}  // namespace gfnet::model
