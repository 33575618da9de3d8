#include "gfnet/error.h"

#include <doctest/doctest.h>

#include "vulkan/vk.h"

using namespace gfnet;

TEST_CASE("a Vulkan error says whether memory ran out and whether the device is lost") {
  const auto error = [](VkResult result) { return VulkanError("vkCall", result, "NAME"); };
  for (const VkResult result : {VK_ERROR_OUT_OF_HOST_MEMORY, VK_ERROR_OUT_OF_DEVICE_MEMORY,
                                VK_ERROR_MEMORY_MAP_FAILED, VK_ERROR_TOO_MANY_OBJECTS}) {
    CHECK(error(result).is_out_of_memory());
    CHECK_FALSE(error(result).is_device_lost());
  }
  for (const VkResult result : {VK_ERROR_DEVICE_LOST, VK_TIMEOUT}) {
    CHECK(error(result).is_device_lost());
    CHECK_FALSE(error(result).is_out_of_memory());
  }
  for (const VkResult result : {VK_ERROR_UNKNOWN, VK_NOT_READY, VK_ERROR_INITIALIZATION_FAILED}) {
    CHECK_FALSE(error(result).is_device_lost());
    CHECK_FALSE(error(result).is_out_of_memory());
  }
  CHECK(error(VK_ERROR_DEVICE_LOST).on("a GPU").is_device_lost());
}
