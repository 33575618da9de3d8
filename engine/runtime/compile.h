#pragma once

#include "gfnet/classifier.h"
#include "gfnet/model.h"
#include "plan/plan.h"
#include "runtime/planner.h"

namespace gfnet::runtime {

/// Throws Error if no model can be compiled with the options.
void check_options(const ClassifierOptions& options);

/// Throws ArgumentError if the model has no such class or layer.
void check_explanation(const ExplainOptions& options, const ModelDescription& model);

/// What Precision::kAuto comes to on a device, for a model whose weights fit: kFp32 or kFp16.
Precision automatic_precision(bool is_software, bool has_half_storage);

/// The model as a folded graph, ready to be planned for the device, in the precision that the
/// options ask for. Throws UnsupportedError if that is kFp16 and the device cannot store halves,
/// FormatError if halves cannot hold a weight.
Planner compile(const Model& model, const ClassifierOptions& options,
                const plan::DeviceFacts& device);

}  // namespace gfnet::runtime
