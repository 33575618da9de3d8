#pragma once

#include "gfnet/interop.h"
#include "tuning/tuned_device.h"

namespace gfnet {

struct SharedDevice::State {
  runtime::TunedDevice context;
};

}  // namespace gfnet
