#pragma once

#include "image/resize_plan.h"
#include "model/model_contents.h"

namespace gfnet::api {

/// The size, crop and normalisation of a model's input.
image::ResizeTarget preprocessing_target(const model::Contents& contents);

}  // namespace gfnet::api
