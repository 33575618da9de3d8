#pragma once

#include <string_view>
#include <vector>

#include "gfnet/zoo.h"

namespace gfnet::weights {

/// Reads a zoo's manifest: a JSON array with an object a model, whose keys are ZooModel's members.
/// Throws Error if it is no such thing.
std::vector<ZooModel> read_zoo(std::string_view manifest);

}  // namespace gfnet::weights
