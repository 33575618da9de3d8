#pragma once

#include <cstddef>
#include <vector>

#include "gfnet/classifier.h"
#include "runtime/batch_pipeline.h"

namespace gfnet::api {

/// Indices of a network's outputs. Every network with a head has the first two; one without has
/// only the features, at index 0. From kFirstExtraOutput on, the outputs for explanations and
/// features follow: only the requested ones, in the order of model::build_graph.
inline constexpr std::size_t kLogitsOutput = 0;
inline constexpr std::size_t kTopKOutput = 1;
inline constexpr std::size_t kFirstExtraOutput = 2;

/// Turns the outputs of a batch into one classification per image, with the model's labels.
/// explain, scores: the options that the network was compiled with. If the network was compiled
/// with ClassifierOptions::features, also fills Classification::features; if it has no head, fills
/// nothing else.
std::vector<Classification> classifications(const runtime::BatchOutputs& outputs,
                                            const Model& model, const ExplainOptions& explain,
                                            Scores scores);

}  // namespace gfnet::api
