#pragma once

#include "gfnet/interop.h"
#include "runtime/device_context.h"

namespace gfnet {

struct SharedDevice::State {
  runtime::DeviceContext context;
};

}  // namespace gfnet
