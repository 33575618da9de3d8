#include "kernels/spectral_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "kernels/line_split.h"
#include "kernels/shader_variant.h"
#include "kernels/specialize.h"

namespace gfnet::kernels {
namespace {

/// The variant of spectral_filter.comp that keeps the half spectrum in private memory.
constexpr const char* kPrivateShader = "spectral_filter_private";

/// Beyond this many elements in a line, the variant with shared memory is no candidate on software
/// drivers if there is another: with 28 elements lavapipe compiles it in ten seconds. On lavapipe
/// both variants run equally fast, and the one with private memory compiles in half the time or
/// less.
constexpr std::int64_t kLongestSharedSoftwareLine = 16;

std::int64_t longest(const graph::Extent& grid) { return std::max(grid.height, grid.width); }

/// Shared memory of spectral_filter.comp for each channel of a workgroup, in bytes.
std::int64_t spectrum_bytes(const graph::Extent& grid) {
  SpectralFilterConstants constants{};
  constants.channels = 1;
  constants.height = static_cast<std::uint32_t>(grid.height);
  constants.width = static_cast<std::uint32_t>(grid.width);
  return static_cast<std::int64_t>(constants.shared_bytes());
}

/// Candidate kernels for software drivers. Each lane computes one channel and goes through all
/// lines of the grid. tokens: number of tokens in the whole batch.
std::vector<SpectralKernel> software_kernels(const graph::Extent& grid, std::int64_t channels,
                                             std::int64_t tokens, const DeviceFacts& device) {
  SpectralKernel kernel;
  // Any number of channels is correct. A subgroup's width keeps all lanes busy.
  kernel.channels = device.subgroup_size == 0 ? 8 : device.subgroup_size;
  kernel.lines = 1;
  const auto texels = [&](std::int64_t count) {
    return static_cast<std::uint64_t>(count) <= device.max_texel_elements;
  };
  const std::int64_t vectors = round_up(channels, kVector) / kVector;
  const std::int64_t filter_texels = grid.height * graph::spectrum_width(grid.width) * 2 * vectors;
  const bool fits_shared = spectrum_bytes(grid) * kernel.channels <= device.max_shared_memory;
  const bool fits_private = texels(tokens * vectors) && texels(filter_texels);
  std::vector<SpectralKernel> kernels;
  const auto add = [&](const char* shader) {
    kernel.shader = shader;
    kernels.push_back(kernel);
  };
  const bool is_short = longest(grid) <= kLongestSharedSoftwareLine;
  const char* const shared = texels(tokens) ? "spectral_filter_lanes" : "spectral_filter";
  if (fits_private) add(kPrivateShader);
  if (fits_shared && is_short) add(shared);
  if (kernels.empty() && fits_shared) add(shared);
  return kernels;
}

/// Whether the device's compiler is expected to keep the values of a fused kernel in registers.
bool fits_registers(const graph::Extent& grid, const DeviceFacts& device) {
  if (device.registers == 0) return true;
  const graph::LineFactors factors{static_cast<std::uint32_t>(best_factor(grid.height)),
                                   static_cast<std::uint32_t>(best_factor(grid.width))};
  return SpectralKernel{}.constants(grid, factors).registers() <= device.registers;
}

/// The facts about a device that hold for any batch size: texel buffers only if they can be as
/// large as any buffer.
DeviceFacts for_any_batch(const DeviceFacts& device) {
  DeviceFacts least = device;
  if (device.max_texel_elements < device.max_buffer_bytes / 16) least.max_texel_elements = 0;
  return least;
}

/// Candidate kernels for GPUs. Neighbouring invocations take neighbouring channels, so that they
/// read whole cache lines. A workgroup transforms several lines at a time, within the limits of a
/// workgroup. A kernel has two phases: one takes pairs of rows, the other takes columns of the half
/// spectrum. In the default kernel a workgroup takes all lines of the longer phase at once.
std::vector<SpectralKernel> parallel_kernels(const graph::Extent& grid, std::int64_t channels,
                                             const DeviceFacts& device) {
  const std::int64_t padded = round_up(channels, kVector);
  const std::int64_t bytes = spectrum_bytes(grid);
  const auto fits = [&](std::int64_t width) { return width * bytes <= device.max_shared_memory; };
  // Use at most half of the shared memory, so that two workgroups fit. If not even 16 channels fit
  // that, use all of it.
  std::int64_t width = 0;
  if (16 * bytes <= device.max_shared_memory / 2) {
    width = 16;
  } else {
    for (const std::int64_t candidate : {8, 4}) {
      if (width == 0 && fits(candidate)) width = candidate;
    }
  }
  if (width == 0) return {};
  while (width > kVector && width / 2 >= padded) width /= 2;
  const std::int64_t lines = std::max((grid.height + 1) / 2, graph::spectrum_width(grid.width));
  const auto shape = [&](std::int64_t wide, std::int64_t tall) {
    const std::int64_t most =
        std::min<std::int64_t>(256, device.largest_register_workgroup()) / wide;
    SpectralKernel kernel;
    kernel.shader = "spectral_filter";
    kernel.channels = static_cast<std::uint32_t>(wide);
    kernel.lines = static_cast<std::uint32_t>(std::clamp<std::int64_t>(tall, 1, most));
    return kernel;
  };
  std::vector<SpectralKernel> kernels{shape(width, lines)};
  for (const std::int64_t other : {32, 16, 8, 4}) {
    if (other != width && fits(other) && other < 2 * padded) kernels.push_back(shape(other, lines));
  }
  const SpectralKernel shorter = shape(width, (lines + 1) / 2);
  if (shorter.lines != kernels.front().lines) kernels.push_back(shorter);
  return kernels;
}

}  // namespace

std::vector<SpectralKernel> spectral_kernels(const SpectralLayer& layer, std::int64_t batch,
                                             const DeviceFacts& device) {
  const graph::Extent& grid = layer.grid;
  if (longest(grid) > SpectralFilterConstants{}.sizes().longest_line) return {};
  std::vector<SpectralKernel> kernels =
      device.software ? software_kernels(grid, layer.channels, batch * grid.area(), device)
                      : parallel_kernels(grid, layer.channels, device);
  for (SpectralKernel& kernel : kernels) {
    kernel.name = fmt::format("{} {}×{}", kernel.shader, kernel.channels, kernel.lines);
  }
  return kernels;
}

std::vector<SpectralKernel> usable_spectral_kernels(const SpectralLayer& layer,
                                                    const graph::LineFactors& factors,
                                                    std::int64_t batch, const DeviceFacts& device) {
  std::vector<SpectralKernel> kernels = spectral_kernels(layer, batch, device);
  if (device.switched_off.empty()) return kernels;
  const auto is_off = [&](const SpectralKernel& kernel) {
    return device.switched_off.contains(
        kernel_name(shader_variant(kernel.shader, DType::kF32, layer.storage),
                    specialize(kernel.constants(layer.grid, factors))));
  };
  std::erase_if(kernels, is_off);
  if (kernels.empty() && device.software) {
    DeviceFacts without_texels = device;
    without_texels.max_texel_elements = 0;
    kernels = spectral_kernels(layer, batch, without_texels);
    std::erase_if(kernels, is_off);
  }
  return kernels;
}

SpectralFilterConstants SpectralKernel::constants(const graph::Extent& grid,
                                                  const graph::LineFactors& factors) const {
  return {.channels = channels,
          .lines = lines,
          .height = static_cast<std::uint32_t>(grid.height),
          .width = static_cast<std::uint32_t>(grid.width),
          .height_factor = factors.height,
          .width_factor = factors.width,
          .is_private = shader == kPrivateShader};
}

std::string kernel_key(const graph::Choice& algorithm, std::int64_t batch,
                       const DeviceFacts& device) {
  const auto exact = static_cast<std::uint64_t>(batch);
  return fmt::format("{}, {}, batch {}", algorithm.key, algorithm.name(),
                     device.software ? exact : std::bit_ceil(exact));
}

bool fused_fits(const graph::Extent& grid, const DeviceFacts& device) {
  return !spectral_kernels({grid, kVector}, 1, for_any_batch(device)).empty();
}

bool fused_runs(const SpectralLayer& layer, const graph::LineFactors& factors,
                const DeviceFacts& device) {
  return fused_fits(layer.grid, device) &&
         !usable_spectral_kernels(layer, factors, 1, for_any_batch(device)).empty();
}

graph::SpectralForm default_spectral_form(const graph::Extent& grid, const DeviceFacts& device) {
  if (fused_fits(grid, device) && fits_registers(grid, device)) return graph::SpectralForm::kFused;
  return device.software && lines_fit(grid) ? graph::SpectralForm::kLines
                                            : graph::SpectralForm::kVkfft;
}

}  // namespace gfnet::kernels
