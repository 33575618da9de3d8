#include "compiler/describe_device.h"

#include <fmt/format.h>

#include "compiler/planner.h"
#include "vulkan/instance.h"

namespace gfnet {

namespace compiler {
namespace {

/// "3f2a81c4-09e1-4d1e-a6a3-2c5b7f0e9d12".
std::string uuid_text(const std::array<std::uint8_t, 16>& uuid) {
  std::string text;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
  }
  return text;
}

}  // namespace

DeviceDescription describe(const vulkan::DeviceInfo& info, bool is_default) {
  DeviceDescription d;
  d.index = info.index;
  d.name = info.name;
  d.driver = info.driver_version.empty() ? info.driver
                                         : fmt::format("{} {}", info.driver, info.driver_version);
  d.type = std::string(vulkan::name_of(info.type));
  d.vendor_id = info.vendor_id;
  d.uuid = uuid_text(info.device_uuid);
  d.pci_address = info.pci_address;
  d.api_version = info.api_version_text;
  d.memory_bytes = info.memory_bytes;
  d.max_buffer_bytes = info.max_storage_buffer_range;
  d.max_workgroup_invocations = info.max_workgroup_invocations;
  d.shared_memory_bytes = info.max_shared_memory;
  d.subgroup_size = info.subgroup_size;
  d.fp16_storage = info.fp16_storage;
  d.fp16_arithmetic = info.fp16_arithmetic;
  d.matrix_units = !info.matrix_shapes.empty();
  for (const vulkan::MatrixShape& shape : info.matrix_shapes) {
    d.matrix_shapes.push_back({shape.rows, shape.columns, shape.inner});
  }
  d.auto_precision = automatic_precision(info.type == vulkan::DeviceType::kCpu, info.fp16_storage);
  d.timestamps = info.timestamp_bits > 0;
  d.is_default = is_default;
  return d;
}

}  // namespace compiler

std::vector<DeviceDescription> list_devices() {
  const vulkan::Instance instance;
  std::vector<DeviceDescription> descriptions;
  if (instance.devices().empty()) return descriptions;
  const std::uint32_t preferred =
      vulkan::select_device(instance.devices(), "", instance.unusable()).index;
  for (const vulkan::DeviceInfo& info : instance.devices()) {
    descriptions.push_back(compiler::describe(info, info.index == preferred));
  }
  return descriptions;
}

std::vector<DeviceDescription> select_devices(const std::string& want) {
  const vulkan::Instance instance;
  const std::uint32_t preferred =
      vulkan::select_device(instance.devices(), "", instance.unusable()).index;
  std::vector<DeviceDescription> descriptions;
  for (const std::size_t place :
       vulkan::select_devices(instance.devices(), want, instance.unusable())) {
    const vulkan::DeviceInfo& info = instance.devices()[place];
    descriptions.push_back(compiler::describe(info, info.index == preferred));
  }
  return descriptions;
}

}  // namespace gfnet
