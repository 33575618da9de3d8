#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "passes/passes.h"
#include "plan/plan.h"

namespace gfnet::plan {

/// How shaders/spectral_filter.comp runs a grid.
struct SpectralKernel {
  /// "spectral_filter 16×8", "spectral_filter 16×8 by 2·2": channels, lines, and where not the
  /// rule's the factors.
  std::string name;
  /// The shader or one of its variants.
  std::string shader;
  /// Channels of a workgroup, and lines of the grid that it transforms at a time.
  std::uint32_t channels = 0;
  std::uint32_t lines = 0;
  /// Divisors of height and width that split the transforms of the columns and rows.
  std::uint32_t height_factor = 0;
  std::uint32_t width_factor = 0;
};

/// The kernels for a grid on a device; first the one that a rule expects to be fastest. None if the
/// grid does not fit into the memory that a workgroup shares, or its lines not into registers.
/// tokens: those of the whole batch; they and their channels decide whether texel buffers can be
/// used.
std::vector<SpectralKernel> spectral_kernels(const graph::Extent& grid, std::int64_t channels,
                                             std::int64_t tokens, const DeviceFacts& device);

/// Whether the device can run the grid on passes::SpectralPath::kFused, at any batch.
bool fused_fits(const graph::Extent& grid, const DeviceFacts& device);

/// The rule: one kernel wherever the grid fits; otherwise a software driver goes by lines where
/// they split, and whatever is left goes to VkFFT. On lavapipe the one kernel was faster at every
/// grid that fits, and lines were at larger ones; everywhere the one kernel moves about half of the
/// bytes of VkFFT's passes.
passes::SpectralPath default_spectral_path(const graph::Extent& grid, const DeviceFacts& device);

}  // namespace gfnet::plan
