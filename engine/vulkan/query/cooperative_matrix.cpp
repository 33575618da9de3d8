#include "vulkan/query/cooperative_matrix.h"

#include <algorithm>
#include <cstdint>

namespace gfnet::vulkan::cooperative_matrix {
namespace {

/// The Vulkan struct VkCooperativeMatrixPropertiesKHR.
struct Properties {
  VkStructureType sType = static_cast<VkStructureType>(1000506001);
  void* pNext = nullptr;
  std::uint32_t MSize = 0;
  std::uint32_t NSize = 0;
  std::uint32_t KSize = 0;
  std::int32_t AType = 0;
  std::int32_t BType = 0;
  std::int32_t CType = 0;
  std::int32_t ResultType = 0;
  VkBool32 saturatingAccumulation = VK_FALSE;
  std::int32_t scope = 0;
};

/// The Vulkan function type PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR.
using GetProperties = VkResult(VKAPI_PTR*)(VkPhysicalDevice, std::uint32_t*, Properties*);

constexpr std::int32_t kFloat16 = 0;  // VK_COMPONENT_TYPE_FLOAT16_KHR
constexpr std::int32_t kFloat32 = 1;  // VK_COMPONENT_TYPE_FLOAT32_KHR
constexpr std::int32_t kSubgroup = 3;  // VK_SCOPE_SUBGROUP_KHR

}  // namespace

std::vector<MatrixShape> half_shapes(const InstanceFunctions& vk, VkPhysicalDevice device) {
  const auto get = reinterpret_cast<GetProperties>(
      vk.vkGetInstanceProcAddr(vk.instance, "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR"));
  if (get == nullptr) return {};
  std::uint32_t count = 0;
  check(get(device, &count, nullptr), "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR");
  std::vector<Properties> all(count);
  check(get(device, &count, all.data()), "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR");
  all.resize(count);
  std::vector<MatrixShape> shapes;
  for (const Properties& p : all) {
    if (p.AType != kFloat16 || p.BType != kFloat16 || p.CType != kFloat32 ||
        p.ResultType != kFloat32 || p.saturatingAccumulation != VK_FALSE || p.scope != kSubgroup) {
      continue;
    }
    const MatrixShape shape{p.MSize, p.NSize, p.KSize};
    if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end()) shapes.push_back(shape);
  }
  return shapes;
}

}  // namespace gfnet::vulkan::cooperative_matrix
