#pragma once

#include "gfnet/classifier.h"
#include "gfnet/model.h"
#include "plan/planner.h"

namespace gfnet::compiler {

/// The precision that Precision::kAuto selects on a device, kFp32 or kFp16, for a model with
/// weights in the range of f16. has_half_storage: the device can store f16 in buffers.
Precision automatic_precision(bool is_software, bool has_half_storage);

/// Builds the model's graph, runs the passes that depend on no device (passes::fold), and settles
/// the precision. The returned Planner goes on from there, for any batch size. With
/// Precision::kAuto, a model runs in kFp32 if f16 cannot hold one of its weights; a line in the log
/// says so. Throws ArgumentError as check_explanation does. With Precision::kFp16, throws
/// UnsupportedError if the device cannot store f16, FormatError if f16 cannot hold a weight.
plan::Planner fold_model(const Model& model, const ClassifierOptions& options,
                         const kernels::DeviceFacts& device);

}  // namespace gfnet::compiler
