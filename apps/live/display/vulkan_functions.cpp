// The only source that compiles volk's implementation.
#define VOLK_IMPLEMENTATION
#include "display/vulkan_functions.h"

#include <volk.h>

namespace live {

void load_vulkan(const gfnet::SharedDevice& device) {
  volkInitializeCustom(
      reinterpret_cast<PFN_vkGetInstanceProcAddr>(device.get_instance_proc_addr()));
  volkLoadInstance(device.instance());
}

}  // namespace live
