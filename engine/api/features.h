#pragma once

#include <vector>

#include "gfnet/model.h"

namespace gfnet::api {

/// Makes the features of N images from the network's last output (model::ExtraOutputs::features):
/// applies the weight and bias of the last normalisation to the mean of the tokens. The device does
/// not apply this weight and bias, because the passes have moved them into the head. means: [N, C].
/// Returns [N, C].
std::vector<float> features_of(std::vector<float> means, const Model& model);

}  // namespace gfnet::api
