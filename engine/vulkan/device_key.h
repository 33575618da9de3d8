#pragma once

#include <string>

#include "vulkan/device_info.h"

namespace gfnet::vulkan {

/// Everything that compiled code of a device depends on, as text: vendor, device, driver and their
/// versions, pipeline-cache UUID. For the keys of files on disk.
std::string device_key(const DeviceInfo& info);

/// A short name for files of this device and driver: 16 hexadecimal digits of the key's hash.
std::string device_file_tag(const DeviceInfo& info);

}  // namespace gfnet::vulkan
