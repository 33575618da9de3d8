#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "gfnet/precision.h"

namespace gfnet {

/// A Vulkan device as a person would look at it.
struct DeviceDescription {
  /// What `--device N` and ClassifierOptions::device take.
  std::uint32_t index = 0;
  std::string name;
  std::string driver;
  /// "discrete", "integrated", "virtual", "cpu" or "other".
  std::string type;
  /// Vulkan version: "1.3.274".
  std::string api_version;
  /// Largest device-local heap.
  std::uint64_t memory_bytes = 0;
  std::uint64_t max_buffer_bytes = 0;
  std::uint32_t max_workgroup_invocations = 0;
  std::uint32_t shared_memory_bytes = 0;
  std::uint32_t subgroup_size = 0;
  /// Halves in buffers, and arithmetic on them.
  bool fp16_storage = false;
  bool fp16_arithmetic = false;
  /// VK_KHR_cooperative_matrix, with halves as factors and floats as sums.
  bool matrix_units = false;
  /// Rows, columns and inner size of such products; empty without matrix units.
  std::vector<std::array<std::uint32_t, 3>> matrix_shapes;
  /// What Precision::kAuto comes to here.
  Precision auto_precision = Precision::kFp32;
  /// Timestamps on the compute queue, without which no kernel can be timed.
  bool timestamps = false;
  /// The device that is used when none is named.
  bool is_default = false;
};

/// All devices with Vulkan 1.1 and a compute queue, in the loader's order.
/// Throws NoDeviceError if there is no Vulkan loader or no driver.
std::vector<DeviceDescription> list_devices();

/// The devices that a text stands for, to share a job; one entry a share. "all": every GPU or,
/// without one, every software driver. "0,1": devices 0 and 1. "0,0,1": the same, with two thirds
/// for device 0. In the place of an index part of a name will do, as in ClassifierOptions::device.
/// Throws NoDeviceError, or ArgumentError for an empty place in a list.
std::vector<DeviceDescription> select_devices(const std::string& want);

}  // namespace gfnet
