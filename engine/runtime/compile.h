#pragma once

#include "gfnet/classifier.h"
#include "gfnet/model.h"
#include "graph/graph.h"
#include "plan/plan.h"

namespace gfnet::runtime {

/// Throws Error or UnsupportedError if no model can be compiled with the options.
void check_options(const ClassifierOptions& options);

/// The model's graph, after the passes, with the spectral layers as they suit the device.
graph::Graph compile(const Model& model, const ClassifierOptions& options,
                     const plan::DeviceFacts& device);

}  // namespace gfnet::runtime
