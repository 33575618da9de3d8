#pragma once

#include <vector>

#include "gfnet/classifier.h"
#include "runtime/batch_pipeline.h"

namespace gfnet::runtime {

/// A network's outputs with the model's labels, one an image; `explain` is what the network was
/// compiled with.
std::vector<Classification> classifications(const BatchOutputs& outputs, const Model& model,
                                            const ExplainOptions& explain);

}  // namespace gfnet::runtime
