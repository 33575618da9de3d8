#pragma once

#include "gfnet/classifier.h"
#include "gfnet/model.h"

namespace gfnet::compiler {

/// Throws ArgumentError if the options are invalid for every model: top_k < 1, or a number that is
/// no Precision or no Tuning.
void check_options(const ClassifierOptions& options);

/// Throws FormatError, which names the model's file, if the model has no head and the options ask
/// for more than features, or not for features.
void check_head(const ClassifierOptions& options, const Model& model);

/// Throws ArgumentError if the options name a class or layer that the model does not have.
void check_explanation(const ExplainOptions& options, const ModelDescription& model);

}  // namespace gfnet::compiler
