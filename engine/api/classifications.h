#pragma once

#include <cstddef>
#include <vector>

#include "gfnet/classifier.h"
#include "runtime/batch_pipeline.h"

namespace gfnet::api {

/// Indices of the outputs of every network. Those of explanations and features follow, in the
/// order of model::build_graph; each is there only if it was requested.
inline constexpr std::size_t kLogitsOutput = 0;
inline constexpr std::size_t kTopKOutput = 1;
inline constexpr std::size_t kFirstExtraOutput = 2;

/// Turns the outputs of a batch into one classification per image, with the model's labels.
/// explain: the options that the network was compiled with. If it was compiled with
/// ClassifierOptions::features, fills Classification::features.
std::vector<Classification> classifications(const runtime::BatchOutputs& outputs,
                                            const Model& model, const ExplainOptions& explain);

}  // namespace gfnet::api
