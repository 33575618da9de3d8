#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "passes/passes.h"
#include "plan/plan.h"
#include "plan/spectral_layer.h"

namespace gfnet::plan {

/// How shaders/spectral_filter.comp runs a grid.
struct SpectralKernel {
  /// "spectral_filter 16×8": channels, lines.
  std::string name;
  /// The shader or one of its variants.
  std::string shader;
  /// Channels of a workgroup, and lines of the grid that it transforms at a time.
  std::uint32_t channels = 0;
  std::uint32_t lines = 0;

  /// See Decision.
  std::string description() const { return {}; }
};

/// The kernels for a grid on a device; first the one that a rule expects to be fastest. Split into
/// the same factors (SpectralWay) they round alike. None if the grid does not fit into the memory
/// that a workgroup shares, or its lines not into registers. batch: its tokens and their channels
/// decide whether texel buffers can be used.
std::vector<SpectralKernel> spectral_kernels(const SpectralLayer& layer, std::int64_t batch,
                                             const DeviceFacts& device);

/// Under which name the choice of a kernel is remembered: "spectral 14×14×384, fused, batch 8". The
/// batch is rounded up to a power of two, so that what was learned from one serves the ones near
/// it, unless the kernels that are offered depend on it: on software drivers.
std::string kernel_problem(const SpectralLayer& layer, const SpectralWay& way, std::int64_t batch,
                           const DeviceFacts& device);

/// Whether the device can run the grid on passes::SpectralPath::kFused, at any batch.
bool fused_fits(const graph::Extent& grid, const DeviceFacts& device);

/// The rule: one kernel wherever the grid fits; otherwise a software driver goes by lines where
/// they split, and whatever is left goes to VkFFT. On lavapipe the one kernel was faster at every
/// grid that fits, and lines were at larger ones; everywhere the one kernel moves about half of the
/// bytes of VkFFT's passes.
passes::SpectralPath default_spectral_path(const graph::Extent& grid, const DeviceFacts& device);

}  // namespace gfnet::plan
