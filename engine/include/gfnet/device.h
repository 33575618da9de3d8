#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "gfnet/export.h"
#include "gfnet/precision.h"

namespace gfnet {

/// Properties of a Vulkan device, for display.
struct DeviceDescription {
  /// The number that `--device N` and ClassifierOptions::device accept.
  std::uint32_t index = 0;
  std::string name;
  std::string driver;
  /// "discrete", "integrated", "virtual", "cpu" or "other".
  std::string type;
  /// Vulkan version: "1.3.274".
  std::string api_version;
  /// Size of the largest device-local heap.
  std::uint64_t memory_bytes = 0;
  std::uint64_t max_buffer_bytes = 0;
  std::uint32_t max_workgroup_invocations = 0;
  std::uint32_t shared_memory_bytes = 0;
  std::uint32_t subgroup_size = 0;
  /// fp16_storage: buffers can store halves. fp16_arithmetic: shaders can compute with halves.
  bool fp16_storage = false;
  bool fp16_arithmetic = false;
  /// Whether the device multiplies matrices of halves with sums in single precision, through
  /// VK_KHR_cooperative_matrix.
  bool matrix_units = false;
  /// Rows, columns and inner size of each product that the matrix units offer. Empty without them.
  std::vector<std::array<std::uint32_t, 3>> matrix_shapes;
  /// What Precision::kAuto resolves to, unless the model's weights do not fit halves.
  Precision auto_precision = Precision::kFp32;
  /// Whether the compute queue has timestamps. Timing of kernels needs them.
  bool timestamps = false;
  /// Whether the engine uses this device if the caller names none.
  bool is_default = false;
};

/// All devices with Vulkan 1.1 and a compute queue, in the loader's order.
/// Throws NoDeviceError if there is no Vulkan loader or no driver.
GFNET_API std::vector<DeviceDescription> list_devices();

/// The devices that `want` selects to share a job, one entry for each share of the work.
/// "all": every GPU, or every software driver if there is no GPU. "0,1": devices 0 and 1.
/// "0,0,1": devices 0 and 1, with two thirds of the work for device 0. Part of a name may replace
/// an index, as in ClassifierOptions::device. Throws NoDeviceError, or ArgumentError for an empty
/// item in the list.
GFNET_API std::vector<DeviceDescription> select_devices(const std::string& want);

}  // namespace gfnet
