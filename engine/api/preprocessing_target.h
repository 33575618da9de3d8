#pragma once

#include "model/model_contents.h"
#include "runtime/preprocessor.h"

namespace gfnet::api {

/// The size, crop and normalisation of a model's input.
runtime::Preprocessor::Target preprocessing_target(const model::Contents& contents);

}  // namespace gfnet::api
