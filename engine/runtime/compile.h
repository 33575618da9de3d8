#pragma once

#include "gfnet/classifier.h"
#include "gfnet/model.h"
#include "plan/plan.h"
#include "runtime/planner.h"

namespace gfnet::runtime {

/// Throws Error or UnsupportedError if no model can be compiled with the options.
void check_options(const ClassifierOptions& options);

/// The model as a folded graph, ready to be planned for the device.
Planner compile(const Model& model, const ClassifierOptions& options,
                const plan::DeviceFacts& device);

}  // namespace gfnet::runtime
