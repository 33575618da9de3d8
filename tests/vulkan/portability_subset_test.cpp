#include <doctest/doctest.h>

#include <string>

#include "vulkan/functions.h"

TEST_CASE("functions: none needs what VK_KHR_portability_subset leaves out") {
  // Devices on top of another API, such as MoltenVK's, may lack events. What else they may lack
  // concerns images, samplers and graphics pipelines (VkPhysicalDevicePortabilitySubsetFeatures).
  for (const std::string name : {
#define GFNET_NAME(name) #name,
           GFNET_DEVICE_FUNCTIONS(GFNET_NAME) GFNET_OPTIONAL_DEVICE_FUNCTIONS(GFNET_NAME)
#undef GFNET_NAME
       }) {
    CAPTURE(name);
    for (const char* left_out : {"Event", "Image", "Sampler", "GraphicsPipeline", "Draw"}) {
      CHECK(name.find(left_out) == std::string::npos);
    }
  }
}
