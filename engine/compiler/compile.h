#pragma once

#include "gfnet/classifier.h"
#include "gfnet/model.h"
#include "plan/plan.h"
#include "plan/planner.h"

namespace gfnet::compiler {

/// Throws Error if the options are invalid for every model (top_k < 1).
void check_options(const ClassifierOptions& options);

/// Throws ArgumentError if the options name a class or layer that the model does not have.
void check_explanation(const ExplainOptions& options, const ModelDescription& model);

/// The precision that Precision::kAuto selects on a device, kFp32 or kFp16, for a model with
/// weights in the range of f16. has_half_storage: the device can store f16 in buffers.
Precision automatic_precision(bool is_software, bool has_half_storage);

/// Builds the model's graph and folds weights into it (passes::fold). Returns a Planner that plans
/// this graph for the device in the precision of the options. With Precision::kAuto, a model runs
/// in kFp32 if f16 cannot hold one of its weights; a line in the log says so. Throws ArgumentError
/// as check_explanation does. With Precision::kFp16, throws UnsupportedError if the device cannot
/// store f16, FormatError if f16 cannot hold a weight.
plan::Planner compile(const Model& model, const ClassifierOptions& options,
                      const kernels::DeviceFacts& device);

}  // namespace gfnet::compiler
