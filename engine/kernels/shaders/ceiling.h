#pragma once

#include "include/ceiling_parameters.h"
#include "include/parameters.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {

/// ceiling_copy.comp.
struct CeilingCopyConstants {
  using Push = parameters::CeilingCopyParameters;

  std::uint32_t local_size_x;

  Workgroup workgroup() const { return {local_size_x, 1, 1}; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &CeilingCopyConstants::local_size_x}};
};

/// ceiling_fma.comp and its variant for halves.
struct CeilingFmaConstants {
  using Push = parameters::CeilingArithmeticParameters;

  std::uint32_t local_size_x;
  /// Accumulators of an invocation; each is a vector of four.
  std::uint32_t vectors;
  /// Whether to call fma(); else the shader multiplies and adds.
  bool fused;

  Workgroup workgroup() const { return {local_size_x, 1, 1}; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &CeilingFmaConstants::local_size_x},
      NamedConstant{"kVectors", &CeilingFmaConstants::vectors},
      NamedConstant{"kFused", &CeilingFmaConstants::fused}};
};

/// ceiling_matrix.comp.
struct CeilingMatrixConstants {
  using Push = parameters::CeilingParameters;

  /// Width of a subgroup.
  std::uint32_t local_size_x;
  /// Subgroups in a workgroup.
  std::uint32_t local_size_y;
  /// The shape of the matrix units.
  std::uint32_t rows;
  std::uint32_t columns;
  std::uint32_t inner;
  /// Number of independent products. Each hides the latency of the others.
  std::uint32_t chains;

  Workgroup workgroup() const { return {local_size_x, local_size_y, 1}; }
  std::uint32_t subgroup_width() const { return local_size_x; }

  static constexpr std::tuple kConstants{
      NamedConstant{"local_size_x", &CeilingMatrixConstants::local_size_x},
      NamedConstant{"local_size_y", &CeilingMatrixConstants::local_size_y},
      NamedConstant{"kRows", &CeilingMatrixConstants::rows},
      NamedConstant{"kColumns", &CeilingMatrixConstants::columns},
      NamedConstant{"kInner", &CeilingMatrixConstants::inner},
      NamedConstant{"kChains", &CeilingMatrixConstants::chains}};
};

}  // namespace gfnet::kernels
