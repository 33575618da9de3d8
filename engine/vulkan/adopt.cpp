#include "vulkan/adopt.h"

#include <fmt/format.h>

#include <string>

#include "gfnet/error.h"
#include "vulkan/query/query_device.h"

namespace gfnet::vulkan {
namespace {

void require(const void* handle, const char* member) {
  if (handle == nullptr) {
    throw ArgumentError(fmt::format("AdoptedDevice::{} is null", member));
  }
}

/// Leaves out `feature` unless the program has enabled it (is_enabled). member: the member of
/// AdoptedDevice that says so, for the message. Throws ArgumentError if the program has enabled a
/// feature that the device lacks.
void keep_if_enabled(bool& feature, bool is_enabled, const char* member, const DeviceInfo& info) {
  if (is_enabled && !feature && !info.guaranteed_only) {
    throw ArgumentError(fmt::format("AdoptedDevice::{} is set, but {} does not have the feature",
                                    member, info.name));
  }
  feature = feature && is_enabled;
}

}  // namespace

std::shared_ptr<Instance> adopted_instance(const AdoptedDevice& adopted) {
  require(adopted.instance, "instance");
  require(adopted.physical_device, "physical_device");
  require(adopted.device, "device");
  require(adopted.queue, "queue");
  if (adopted.api_version == 0) throw ArgumentError("AdoptedDevice::api_version is 0");
  if (adopted.api_version < VK_API_VERSION_1_1) {
    throw UnsupportedError(
        "the adopted Vulkan instance was made for a version before 1.1 "
        "(AdoptedDevice::api_version)");
  }
  const auto get =
      adopted.get_instance_proc_addr == nullptr
          ? system_loader()
          : reinterpret_cast<PFN_vkGetInstanceProcAddr>(adopted.get_instance_proc_addr);
  if (get == nullptr) {
    throw NoDeviceError(
        "no Vulkan loader on this system, and AdoptedDevice::get_instance_proc_addr is null");
  }
  return std::make_shared<Instance>(adopted.instance, get);
}

DeviceInfo adopted_info(const Instance& instance, const AdoptedDevice& adopted) {
  DeviceInfo info = query_device_with_queue(instance.vk(), adopted.physical_device,
                                            adopted.queue_family, adopted.api_version);
  const auto keep = [&info](bool& feature, bool is_enabled, const char* member) {
    keep_if_enabled(feature, is_enabled, member, info);
  };
  keep(info.fp16_storage, adopted.storage_buffer_16bit_access, "storage_buffer_16bit_access");
  keep(info.fp16_arithmetic, adopted.shader_float16, "shader_float16");
  keep(info.int8_arithmetic, adopted.shader_int8, "shader_int8");
  keep(info.int64_arithmetic, adopted.shader_int64, "shader_int64");
  keep(info.int8_storage, adopted.storage_buffer_8bit_access, "storage_buffer_8bit_access");
  keep(info.pipeline_statistics, adopted.pipeline_executable_info, "pipeline_executable_info");
  keep(info.subgroup_size_control, adopted.subgroup_size_control && adopted.compute_full_subgroups,
       "subgroup_size_control");
  keep(info.cooperative_matrix, adopted.cooperative_matrix && adopted.vulkan_memory_model,
       "cooperative_matrix");
  // The kernels for matrix units compute in f16, too.
  if (!info.cooperative_matrix || !info.fp16_arithmetic) info.matrix_shapes.clear();
  return info;
}

}  // namespace gfnet::vulkan
