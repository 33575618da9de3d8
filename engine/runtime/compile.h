#pragma once

#include "gfnet/classifier.h"
#include "gfnet/model.h"
#include "plan/plan.h"
#include "runtime/planner.h"

namespace gfnet::runtime {

/// Throws Error if no model can run with the options.
void check_options(const ClassifierOptions& options);

/// Throws ArgumentError if the model has no such class or layer.
void check_explanation(const ExplainOptions& options, const ModelDescription& model);

/// The precision that Precision::kAuto selects on a device if halves can hold the model's weights:
/// kFp32 or kFp16.
Precision automatic_precision(bool is_software, bool has_half_storage);

/// Builds the model's folded graph, ready to be planned for the device in the precision of the
/// options. With Precision::kAuto, a model with weights that halves cannot hold runs in kFp32, with
/// a line in the log. Throws ArgumentError as check_explanation does. With Precision::kFp16, throws
/// UnsupportedError if the device cannot store halves, FormatError if halves cannot hold a weight.
Planner compile(const Model& model, const ClassifierOptions& options,
                const plan::DeviceFacts& device);

}  // namespace gfnet::runtime
