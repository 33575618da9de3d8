#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/device_facts.h"
#include "kernels/shaders/spectral_filter.h"
#include "kernels/spectral_layer.h"

namespace gfnet::kernels {

/// A variant of shaders/spectral_filter.comp, and the shape of its workgroup.
struct SpectralKernel {
  /// The shader, then channels × lines: "spectral_filter 16×8".
  std::string name;
  /// The name of the shader or of one of its variants.
  std::string shader;
  /// Number of channels that a workgroup computes, and number of lines that it transforms at a
  /// time.
  std::uint32_t channels = 0;
  std::uint32_t lines = 0;

  /// The shader's specialisation constants for a grid. factors: those of the layer's algorithm
  /// (SpectralAlgorithm::factors).
  SpectralFilterConstants constants(const graph::Extent& grid,
                                    const graph::LineFactors& factors) const;
  /// What defines the kernel besides its name (for add_candidate): nothing.
  std::string description() const { return {}; }
};

/// The candidate kernels for a spectral layer that runs fused. The first is the default: a rule
/// expects it to be fastest. Kernels that are given the same factors (SpectralAlgorithm) round
/// alike. batch: number of images; the tensor's size decides whether texel buffers can be used.
/// Empty if no kernel fits: lines must fit registers, and the grid must fit shared memory. Software
/// drivers can use private memory instead of shared memory, if texel buffers are large enough.
std::vector<SpectralKernel> spectral_kernels(const SpectralLayer& layer, std::int64_t batch,
                                             const DeviceFacts& device);
/// Those of spectral_kernels that are not switched off with these factors. If all are, software
/// drivers get a kernel without texel buffers.
std::vector<SpectralKernel> usable_spectral_kernels(const SpectralLayer& layer,
                                                    const graph::LineFactors& factors,
                                                    std::int64_t batch, const DeviceFacts& device);

/// Whether the device can run a layer in one kernel with these factors, whatever the batch size.
bool fused_runs(const SpectralLayer& layer, const graph::LineFactors& factors,
                const DeviceFacts& device);

/// The key (Choice::key) of the choice of a kernel: "spectral 14×14×384, fused, batch 8". The
/// batch size is rounded up to a power of two, so that similar batch sizes share a measurement. On
/// software drivers the exact size is used, because the candidates depend on it.
/// algorithm: the choice of the layer's algorithm.
std::string kernel_key(const graph::Choice& algorithm, std::int64_t batch,
                       const DeviceFacts& device);

/// Whether the device can transform the whole grid in one kernel (graph::SpectralForm::kFused),
/// whatever the batch size.
bool fused_fits(const graph::Extent& grid, const DeviceFacts& device);

/// The form of the default candidate for a grid: kFused if the grid fits one kernel and that
/// kernel's values fit the registers of the device's compiler; else kLines on
/// software drivers, if both sides of the grid can be split; else kVkfft. On lavapipe kFused was
/// the fastest for every grid that fits, and kLines for larger grids. On every device kFused moves
/// about half as many bytes as kVkfft.
graph::SpectralForm default_spectral_form(const graph::Extent& grid, const DeviceFacts& device);

}  // namespace gfnet::kernels
