#pragma once

#include <cstdint>
#include <vector>

#include "kernels/linear_kernels.h"

namespace gfnet::kernels {

/// Orders kernels by expected speed, the fastest first. kernels: given from large tiles to small.
/// rows, outputs: size of the product. First come the kernels with enough workgroups to fill a
/// device, those with the largest tiles first. Then come the other kernels, those with the most
/// workgroups first; among kernels with equally many workgroups, the smaller tile first.
void order_tiles(std::vector<LinearKernel>& kernels, std::int64_t rows, std::int64_t outputs);

}  // namespace gfnet::kernels
