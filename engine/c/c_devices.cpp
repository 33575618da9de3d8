#include <string>
#include <vector>

#include "c/c_arguments.h"
#include "c/c_errors.h"
#include "c/c_structs.h"
#include "gfnet/c/devices.h"
#include "gfnet/device.h"

using namespace gfnet::c;

/// Never changes, so that threads can share it.
struct gfnet_devices {
  const std::vector<gfnet::DeviceDescription> of;
};

namespace gfnet::c {
namespace {

gfnet_device_info info_of(const DeviceDescription& device) {
  gfnet_device_info info{};
  info.name = device.name.c_str();
  info.driver = device.driver.c_str();
  info.type = device.type.c_str();
  info.api_version = device.api_version.c_str();
  info.memory_bytes = device.memory_bytes;
  info.max_buffer_bytes = device.max_buffer_bytes;
  info.index = device.index;
  info.subgroup_size = device.subgroup_size;
  info.is_default = device.is_default;
  info.fp16_storage = device.fp16_storage;
  info.fp16_arithmetic = device.fp16_arithmetic;
  info.matrix_units = device.matrix_units;
  info.auto_precision = static_cast<std::int32_t>(device.auto_precision);
  info.timestamps = device.timestamps;
  return info;
}

}  // namespace
}  // namespace gfnet::c

gfnet_error* gfnet_devices_list(gfnet_devices** devices, size_t* count) noexcept {
  return guarded([&] {
    gfnet_devices*& result = result_in(devices, "devices");
    required(count, "count") = 0;
    result = new gfnet_devices{gfnet::list_devices()};
    *count = result->of.size();
  });
}

gfnet_error* gfnet_devices_get(const gfnet_devices* devices, size_t position,
                               gfnet_device_info* info) noexcept {
  return guarded([&] {
    const std::vector<gfnet::DeviceDescription>& of = required(devices, "devices").of;
    if (position >= of.size()) {
      throw gfnet::ArgumentError("position is " + std::to_string(position) + ", but there are " +
                                 std::to_string(of.size()) + " devices");
    }
    give(info_of(of[position]), info, GFNET_SIZE_WITH(gfnet_device_info, timestamps), "info");
  });
}

void gfnet_devices_free(gfnet_devices* devices) noexcept { delete devices; }
