#pragma once

#include <cstdint>
#include <vector>

#include "kernels/linear_kernels.h"

namespace gfnet::plan {

/// Orders kernels, given from large tiles to small, by a rule; best first. First come those with
/// enough workgroups to fill a device, largest tiles first. Then the others, most workgroups first;
/// among equals the smallest tile first. rows, outputs: size of the product's y.
void order_tiles(std::vector<LinearKernel>& kernels, std::int64_t rows, std::int64_t outputs);

}  // namespace gfnet::plan
