#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace gfnet {

/// A figure that a driver gives about the code it made of a shader, in its own words.
struct CompiledFigure {
  std::string name;
  std::string value;
  std::string description;
};

/// A compute pipeline as the driver compiled it.
struct CompiledPipeline {
  std::string kernel;
  /// Values of its specialisation constants; empty for the shader's own.
  std::vector<std::uint32_t> specialization;
  std::array<std::uint32_t, 3> workgroup{1, 1, 1};
  /// How many steps of the plan run it.
  std::int64_t steps = 0;
  /// Empty where the driver gives none (no VK_KHR_pipeline_executable_properties).
  std::vector<CompiledFigure> figures;
  /// Why the device cannot have it; empty if it can.
  std::string refusal;
};

/// Builds every kernel of the library, those with tiles in several sizes, whether or not a plan for
/// the device would use it. device: as in ClassifierOptions. Runs nothing. Throws NoDeviceError,
/// VulkanError.
std::vector<CompiledPipeline> compile_all_kernels(const std::string& device);

}  // namespace gfnet
