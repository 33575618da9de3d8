#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "kernels/linear_kernels.h"

using namespace gfnet;

namespace {

/// The subgroup widths that the layer's broadcast kernels require on a software driver that can
/// require `widths` and usually runs subgroups of `usual` lanes (0: it varies).
std::vector<std::uint32_t> required(const std::vector<std::uint32_t>& widths, std::uint32_t usual,
                                    bool broadcasts = true) {
  kernels::DeviceFacts device;
  device.software = true;
  device.subgroup_broadcast = broadcasts;
  device.subgroup_size = usual;
  device.subgroup_widths = widths;
  device.max_texel_elements = 1u << 27;
  const kernels::LinearLayer layer{384, 1536, true, false};
  const auto algorithms = kernels::linear_algorithms(layer, device);
  std::vector<std::uint32_t> result;
  for (const auto& kernel : kernels::linear_kernels(layer, algorithms.front(), 196, device)) {
    if (!kernel.shader.starts_with("linear_broadcast")) continue;
    const Specialization specialization = kernel.specialization(true, false, false);
    CHECK(specialization.workgroup[0] == specialization.subgroup_width);
    CHECK(algorithms.front().block_columns == 4 * specialization.subgroup_width);
    result.push_back(specialization.subgroup_width);
  }
  return result;
}

}  // namespace

TEST_CASE("broadcast kernels require the subgroup width for which the weight is packed") {
  using Widths = std::vector<std::uint32_t>;
  CHECK(required({4}, 4) == Widths(3, 4));
  CHECK(required({8}, 8) == Widths(3, 8));
  CHECK(required({4, 8, 16}, 8) == Widths(3, 8));
  CHECK(required({4, 8, 16, 32}, 32) == Widths(3, 16));
  CHECK(required({4, 8, 16}, 0) == Widths(3, 16));
}

TEST_CASE("broadcast kernels are not offered if no fitting subgroup width can be required") {
  CHECK(required({}, 8).empty());
  CHECK(required({}, 0).empty());
  CHECK(required({2}, 2).empty());
  CHECK(required({32, 64}, 32).empty());
  CHECK(required({8}, 8, false).empty());
}
