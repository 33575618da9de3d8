#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gfnet/c/call.h"
#include "gfnet/c/error.h"

/// The Vulkan devices of a machine. gfnet/c.h has the rules for all calls.
GFNET_C_BEGIN

/// The Vulkan devices of this machine.
typedef struct gfnet_devices gfnet_devices;

/// Lists the devices with Vulkan 1.1 and a compute queue, and sets `count` to their number.
/// GFNET_ERROR_NO_DEVICE if there is no Vulkan loader or no driver.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_devices_list(gfnet_devices** devices,
                                                         size_t* count) GFNET_NOEXCEPT;

typedef struct gfnet_device_info {
  size_t struct_size;
  const char* name;
  const char* driver;
  /// "discrete", "integrated", "virtual", "cpu" or "other".
  const char* type;
  /// Vulkan version, such as "1.3.274".
  const char* api_version;
  /// Size of the largest device-local heap.
  uint64_t memory_bytes;
  uint64_t max_buffer_bytes;
  /// The number that selects this device: gfnet_classifier_options::device.
  uint32_t index;
  uint32_t subgroup_size;
  /// 1 or 0: the library uses this device if the caller names none.
  int32_t is_default;
  /// 1 or 0: buffers can store halves; shaders compute with halves; there are matrix units.
  int32_t fp16_storage;
  int32_t fp16_arithmetic;
  int32_t matrix_units;
  /// What GFNET_PRECISION_AUTO selects on this device, if the model's weights fit halves.
  int32_t auto_precision;
  /// 1 or 0: kernels can be timed, so that tuning is possible.
  int32_t timestamps;
} gfnet_device_info;

/// A device of the list. GFNET_ERROR_ARGUMENT if position is not below the list's count.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_devices_get(const gfnet_devices* devices,
                                                        size_t position,
                                                        gfnet_device_info* info) GFNET_NOEXCEPT;

GFNET_API void gfnet_devices_free(gfnet_devices* devices) GFNET_NOEXCEPT;

GFNET_C_END
