#pragma once

#include "model/model_contents.h"
#include "runtime/preprocessor.h"

namespace gfnet::runtime {

/// The size, crop and normalisation of a model's input.
Preprocessor::Target preprocessing_target(const Model::Contents& contents);

}  // namespace gfnet::runtime
