#pragma once

#include <string>

#include "vulkan/device_info.h"

namespace gfnet::vulkan {

/// Text that identifies a device and its driver: device, vendor, driver and driver version, Vulkan
/// version, pipeline-cache UUID, and whether GFNET_LIMITS reduced what it offers. The text is part
/// of the keys of cache files, because compiled code can be used only with the device and driver
/// that the code was made for.
std::string device_key(const DeviceInfo& info);

/// A short tag for the names of cache files of this device and driver: the 64-bit hash of
/// device_key(), as 16 hexadecimal digits.
std::string device_file_tag(const DeviceInfo& info);

}  // namespace gfnet::vulkan
