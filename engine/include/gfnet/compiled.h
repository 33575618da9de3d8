#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "gfnet/export.h"

namespace gfnet {

/// One statistic about a compiled shader, such as its register count, in the driver's own words.
struct CompiledFigure {
  std::string name;
  std::string value;
  std::string description;
};

/// A compute pipeline as the driver compiled it.
struct CompiledPipeline {
  std::string kernel;
  /// Values of the pipeline's specialisation constants. Empty if the shader's defaults are used.
  std::vector<std::uint32_t> specialization;
  std::array<std::uint32_t, 3> workgroup{1, 1, 1};
  /// Number of plan steps that run this pipeline. Always 0 in the results of compile_all_kernels().
  std::int64_t steps = 0;
  /// The driver's statistics. Empty if the driver does not support
  /// VK_KHR_pipeline_executable_properties.
  std::vector<CompiledFigure> figures;
  /// The most important of these statistics under titles that are the same for all drivers:
  /// registers, spills, memory, occupancy, code size. Always the same titles in the same order,
  /// with an empty value where the driver does not say. Further statistics about spills follow
  /// under the driver's own names. Empty if `figures` is.
  std::vector<CompiledFigure> summary;
  /// Why the device cannot create this pipeline. Empty on success.
  std::string refusal;
};

/// Builds every kernel of the library, including kernels that no plan for the device uses. Kernels
/// with tiles are built in several tile sizes. Runs nothing. device: as ClassifierOptions::device.
/// Throws NoDeviceError or VulkanError.
GFNET_API std::vector<CompiledPipeline> compile_all_kernels(const std::string& device);

}  // namespace gfnet
