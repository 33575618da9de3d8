#pragma once

#include <memory>

#include "gfnet/adopted_device.h"
#include "vulkan/device.h"
#include "vulkan/instance.h"

namespace gfnet::vulkan {

/// Wraps the Vulkan instance of `adopted`, a device that the program made itself. Throws
/// ArgumentError if a handle in `adopted` is null or `api_version` is 0; UnsupportedError if the
/// instance is older than Vulkan 1.1; NoDeviceError if AdoptedDevice::get_instance_proc_addr is
/// null and the system has no Vulkan loader.
std::shared_ptr<Instance> adopted_instance(const AdoptedDevice& adopted);

/// Queries the device of `adopted` for the queue family of `adopted`. Leaves out the features that
/// the program has not enabled. Throws ArgumentError if the device has no such queue family, or if
/// the device lacks a feature that `adopted` says is enabled; UnsupportedError if the device lacks
/// Vulkan 1.1 or the queue family cannot compute; VulkanError.
DeviceInfo adopted_info(const Instance& instance, const AdoptedDevice& adopted);

}  // namespace gfnet::vulkan
