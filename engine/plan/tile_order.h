#pragma once

#include <cstdint>
#include <vector>

#include "plan/linear_kernels.h"

namespace gfnet::plan {

/// kernels: from large tiles to small. Puts the best first, by rule: those that fill a device, the
/// largest of them first; then the others, those with the most workgroups first, of equals the
/// smallest. rows, outputs: those of the product.
void order_tiles(std::vector<LinearKernel>& kernels, std::int64_t rows, std::int64_t outputs);

}  // namespace gfnet::plan
