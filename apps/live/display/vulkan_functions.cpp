// The only source that compiles volk's implementation.
#define VOLK_IMPLEMENTATION
#include "display/vulkan_functions.h"

#include <volk.h>

namespace live {

void load_vulkan(const gfnet::SharedDevice& device) {
  volkInitialize();
  volkLoadInstance(device.instance());
}

}  // namespace live
