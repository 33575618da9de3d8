#pragma once

#include <vector>

#include "gfnet/classifier.h"
#include "runtime/batch_pipeline.h"

namespace gfnet::api {

/// Turns the outputs of a batch into one classification per image, with the model's labels.
/// explain: the options that the network was compiled with.
std::vector<Classification> classifications(const runtime::BatchOutputs& outputs,
                                            const Model& model, const ExplainOptions& explain);

}  // namespace gfnet::api
