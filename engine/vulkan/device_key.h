#pragma once

#include <string>

#include "vulkan/device_info.h"

namespace gfnet::vulkan {

/// Everything that code compiled for a device depends on, as text: device, vendor, driver and its
/// version, Vulkan version, pipeline-cache UUID. Part of the keys of cache files.
std::string device_key(const DeviceInfo& info);

/// A short tag for the names of cache files of this device and driver: the 64-bit hash of
/// device_key(), as 16 hexadecimal digits.
std::string device_file_tag(const DeviceInfo& info);

}  // namespace gfnet::vulkan
