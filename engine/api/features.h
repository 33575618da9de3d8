#pragma once

#include <vector>

#include "gfnet/model.h"

namespace gfnet::api {

/// Makes features of a network's last output (model::ExtraOutputs::features): applies the last
/// normalisation's weight and bias to the mean of the tokens. The head has absorbed both, so the
/// device does not apply them. means: [N, C]. Returns [N, C].
std::vector<float> features_of(std::vector<float> means, const Model& model);

}  // namespace gfnet::api
