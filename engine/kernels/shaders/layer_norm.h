#pragma once

#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// layer_norm.comp and its variants for halves. A workgroup normalises `tokens` tokens, with
/// `lanes` invocations for each.
struct LayerNormConstants {
  using Push = parameters::LayerNormParameters;

  std::uint32_t tokens;
  std::uint32_t lanes;
  /// planes_in: whether x has the layout planes; else tokens. planes_out: the same for y.
  bool planes_in;
  bool planes_out;

  std::uint32_t local_size_x() const { return tokens * lanes; }
  Workgroup workgroup() const { return {local_size_x(), 1, 1}; }
  /// One partial sum for each invocation.
  std::uint64_t shared_bytes() const { return sizeof(float) * local_size_x(); }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &LayerNormConstants::local_size_x},
      NamedConstant{"kTokens", &LayerNormConstants::tokens},
      NamedConstant{"kLanes", &LayerNormConstants::lanes},
      NamedConstant{"kPlanesIn", &LayerNormConstants::planes_in},
      NamedConstant{"kPlanesOut", &LayerNormConstants::planes_out}};
};

/// layer_norm_lanes.comp. Each invocation normalises a token.
struct LayerNormLanesConstants {
  using Push = parameters::LayerNormParameters;

  std::uint32_t local_size_x;

  Workgroup workgroup() const { return {local_size_x, 1, 1}; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &LayerNormLanesConstants::local_size_x}};
};

}  // namespace gfnet::kernels
