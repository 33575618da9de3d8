#pragma once

#include "gfnet/interop.h"
#include "tuning/tuned_device.h"

namespace gfnet::api {

struct SharedDeviceState {
  tuning::TunedDevice context;
};

}  // namespace gfnet::api
