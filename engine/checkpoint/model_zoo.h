#pragma once

#include <string_view>
#include <vector>

#include "gfnet/zoo.h"

namespace gfnet::checkpoint {

/// Reads a zoo manifest: a JSON array with one object for each model. The keys are named like
/// ZooModel's members. Throws Error if the manifest is malformed.
std::vector<ZooModel> read_zoo(std::string_view manifest);

}  // namespace gfnet::checkpoint
