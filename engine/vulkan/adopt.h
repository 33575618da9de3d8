#pragma once

#include <memory>

#include "gfnet/adopted_device.h"
#include "vulkan/device.h"
#include "vulkan/instance.h"

namespace gfnet::vulkan {

/// The instance of an adopted device. Throws ArgumentError if a handle is missing, UnsupportedError
/// if the instance is older than Vulkan 1.1, NoDeviceError if no function to look up others is
/// given and the system has no Vulkan loader.
std::shared_ptr<Instance> adopted_instance(const AdoptedDevice& adopted);

/// Describes an adopted device: its given queue family, and of its features those that are said to
/// be enabled. Throws ArgumentError if the device has no such queue family or lacks a feature that
/// is said to be enabled, UnsupportedError if it lacks Vulkan 1.1 or the queue family cannot
/// compute, VulkanError.
DeviceInfo adopted_info(const Instance& instance, const AdoptedDevice& adopted);

}  // namespace gfnet::vulkan
