#pragma once

#include "gfnet/interop.h"
#include "tuning/tuned_device.h"

namespace gfnet {

struct SharedDevice::State {
  tuning::TunedDevice context;
};

}  // namespace gfnet
