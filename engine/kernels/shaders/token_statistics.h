#pragma once

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// token_statistics.comp and its variant that reads texels. A workgroup processes `tokens` tokens,
/// with `lanes` invocations for each.
struct TokenStatisticsConstants {
  using Push = parameters::TokenStatisticsParameters;

  std::uint32_t tokens;
  std::uint32_t lanes;

  std::uint32_t local_size_x() const { return tokens * lanes; }
  Workgroup workgroup() const { return {local_size_x(), 1, 1}; }
  /// One partial sum for each invocation.
  std::uint64_t shared_bytes() const { return sizeof(float) * local_size_x(); }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &TokenStatisticsConstants::local_size_x},
      NamedConstant{"kTokens", &TokenStatisticsConstants::tokens},
      NamedConstant{"kLanes", &TokenStatisticsConstants::lanes}};
};

}  // namespace gfnet::kernels
