#include "vulkan/vulkan_libraries.h"

#include <fmt/format.h>
#include <glslang/build_info.h>
#include <spirv_cross_c.h>

#include <initializer_list>
#include <string>

#include "vulkan/fft/vkfft_plan.h"
#include "vulkan/vk.h"

namespace gfnet::vulkan {
namespace {

std::string dotted(std::initializer_list<unsigned> numbers) {
  std::string text;
  for (const unsigned number : numbers) {
    text += fmt::format("{}{}", text.empty() ? "" : ".", number);
  }
  return text;
}

}  // namespace

std::vector<Library> libraries() {
  constexpr std::uint32_t kHeaders = VK_HEADER_VERSION_COMPLETE;
  return {
      {"Vulkan headers", dotted({VK_API_VERSION_MAJOR(kHeaders), VK_API_VERSION_MINOR(kHeaders),
                                 VK_API_VERSION_PATCH(kHeaders)})},
      {"VkFFT", vkfft_version()},
      {"glslang", dotted({GLSLANG_VERSION_MAJOR, GLSLANG_VERSION_MINOR, GLSLANG_VERSION_PATCH})},
      {"SPIRV-Cross C API",
       dotted({SPVC_C_API_VERSION_MAJOR, SPVC_C_API_VERSION_MINOR, SPVC_C_API_VERSION_PATCH})},
  };
}

}  // namespace gfnet::vulkan
