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
  /// The number that selects this device in `--device N` and ClassifierOptions::device.
  std::uint32_t index = 0;
  std::string name;
  std::string driver;
  /// "discrete", "integrated", "virtual", "cpu" or "other".
  std::string type;
  /// PCI vendor, such as 0x10de for NVIDIA; for a software driver, another number of Vulkan's.
  std::uint32_t vendor_id = 0;
  /// Vulkan's identifier of the device, such as "3f2a81c4-09e1-4d1e-a6a3-2c5b7f0e9d12". nvidia-smi
  /// shows an NVIDIA GPU's with "GPU-" before it.
  std::string uuid;
  /// Address on the PCI bus, such as "0000:3b:00.0", as lspci and nvidia-smi show it. Empty for a
  /// software driver, and if the driver does not say.
  std::string pci_address;
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
  /// Whether the device has matrix units (VK_KHR_cooperative_matrix) for products of half matrices
  /// whose sums are in single precision.
  bool matrix_units = false;
  /// Rows, columns and inner size of each product that the matrix units offer. Empty if
  /// matrix_units is false.
  std::vector<std::array<std::uint32_t, 3>> matrix_shapes;
  /// The precision that Precision::kAuto selects on this device. A model whose weights do not fit
  /// halves runs in kFp32 instead.
  Precision auto_precision = Precision::kFp32;
  /// Whether the compute queue has timestamps, which are needed to time kernels.
  bool timestamps = false;
  /// Whether the engine uses this device if the caller names none.
  bool is_default = false;
};

/// All devices with Vulkan 1.1 and a compute queue, in the loader's order.
/// Throws NoDeviceError if there is no Vulkan loader or no driver.
GFNET_API std::vector<DeviceDescription> list_devices();

/// Selects devices that share a job. Returns one entry for each share of the work. want: "all" is
/// every GPU, or every software driver if there is no GPU. "0,1" is devices 0 and 1. "0,0,1" is
/// devices 0 and 1, with two thirds of the work for device 0. Part of a name may replace an index,
/// as in ClassifierOptions::device. Throws NoDeviceError if no device matches, and ArgumentError if
/// an item of the list is empty.
GFNET_API std::vector<DeviceDescription> select_devices(const std::string& want);

}  // namespace gfnet
