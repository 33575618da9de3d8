#pragma once

#include <vector>

#include "gfnet/classifier.h"
#include "runtime/batch_pipeline.h"

namespace gfnet::runtime {

/// Turns the outputs of a batch into one classification per image, with the model's labels.
/// explain: the options that the network was compiled with.
std::vector<Classification> classifications(const BatchOutputs& outputs, const Model& model,
                                            const ExplainOptions& explain);

}  // namespace gfnet::runtime
