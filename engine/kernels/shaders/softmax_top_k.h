#pragma once

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// softmax_top_k.comp. The shader has no specialisation constants. A workgroup processes one image.
struct SoftmaxTopKConstants {
  using Push = parameters::SoftmaxTopKParameters;

  Workgroup workgroup() const { return {64, 1, 1}; }
  /// Each invocation stores its best value, the class of that value, and a partial sum.
  std::uint64_t shared_bytes() const {
    return workgroup()[0] * (2 * sizeof(float) + sizeof(std::uint32_t));
  }

  static constexpr std::tuple<> kConstants{};
};

}  // namespace gfnet::kernels
